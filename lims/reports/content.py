"""What a slip says, frozen as plain texts: the same content is rendered for ever to the same bytes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from lims.evidence.canonical import encode

FORM = "slip-1"
"""Name of this form of the content; another set of fields needs another name."""


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the content's canonical bytes, in hex."""
    return hashlib.sha256(encode(dict(content))).hexdigest()
