"""Pending orders in the codes of an analyser: what our items are called there stands in its settings."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def worklist(waiting: Mapping[str, Sequence[str]], settings: Mapping[str, Any]) -> str:
    """Return the pending orders as JSON, sample to codes; a sample whose items have no code there is left out.

    Args:
        waiting: sample to what devices call the items that are to be measured.
        settings: the instrument's; `items` maps its code to `{item, unit}`.
    """
    items: Mapping[str, Mapping[str, str]] = settings.get("items", {})
    coded = {
        sample: [code for code, entry in items.items() if entry["item"] in names]
        for sample, names in waiting.items()
    }
    return json.dumps(
        {sample: codes for sample, codes in coded.items() if codes}, ensure_ascii=False, sort_keys=True
    )
