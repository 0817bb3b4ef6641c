"""Which program and which form of the tables this is; both stand in every log entry."""

import hashlib
import json
import sys
from functools import cache
from pathlib import Path

BUILD = "0.1.0"
SCHEMA = 1
PACKAGES = ("protocols", "drivers", "lims", "gui")


@cache
def fingerprint() -> str:
    """Return the SHA-256 over the program's own files: of its sources, or of the frozen executable."""
    digest = hashlib.sha256()
    if getattr(sys, "frozen", False):
        digest.update(Path(sys.executable).read_bytes())
        return digest.hexdigest()
    root = Path(__file__).parents[1]
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def statement() -> dict[str, object]:
    """Return what the build said of itself: commit, time of the commit (seconds since 1970), hash of the lock.

    Empty in a clone, which was not built.
    """
    laid = Path(__file__).with_name("build.json")
    found: dict[str, object] = json.loads(laid.read_text("utf-8")) if laid.exists() else {}
    return found
