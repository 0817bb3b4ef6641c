"""Files that are there whole after a power cut or not at all, and folders that remember them."""

import os
import sys
from pathlib import Path


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside it first, synced, then in its place.

    Raises:
        OSError: the disk cannot keep it; what stood there before still stands.
    """
    draft = path.with_name(path.name + ".new")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    keep_folder(path.parent)


def keep_folder(folder: Path) -> None:
    """Have the disk remember what was renamed or removed in a folder; Windows keeps that by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
