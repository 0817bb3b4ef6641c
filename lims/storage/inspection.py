"""Looks into one file from outside in a process of its own: what it is, and whether it may be kept.

The process has caps of memory (not on Windows, where the caps of size and pixels must do), of processor time and of
wall time; it opens no database and answers in JSON. Whatever happens to it there, the laboratory goes on.
"""

import contextlib
import json
import multiprocessing
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

MEGABYTE = 1024 * 1024
KINDS = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".pdf": "pdf",
    ".txt": "txt",
    ".csv": "csv",
    ".xlsx": "xlsx",
}
"""Extension to kind: nothing else is kept."""

LARGEST = {
    "jpeg": 30 * MEGABYTE,
    "png": 30 * MEGABYTE,
    "pdf": 50 * MEGABYTE,
    "txt": 20 * MEGABYTE,
    "csv": 20 * MEGABYTE,
    "xlsx": 20 * MEGABYTE,
}
"""Bytes that a file of a kind may have."""

PIXELS, SIDE = 60_000_000, 16_000
UNPACKED, MEMBERS = 100 * MEGABYTE, 2000
MEMORY, SECONDS = 1024 * MEGABYTE, 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What the process found: a `fault` (a code) or, where that is empty, the size of an image."""

    fault: str
    width: int | None = None
    height: int | None = None


# In the process of its own --------------------------------------------------------------------------------


class _Unfit(Exception):  # noqa: N818 - it never leaves this file
    """The file may not be kept; its text is the code of the reason."""


def _image(path: Path, kind: str) -> Looked:
    from PIL import Image  # noqa: PLC0415 - decoders are loaded in this process alone

    Image.MAX_IMAGE_PIXELS = None  # the caps stand below, before anything is decoded
    with Image.open(path, formats=[kind.upper()]) as image:
        width, height = image.size
        if width * height > PIXELS or max(width, height) > SIDE:
            raise _Unfit("attachment.pixels")
        image.load()
    return Looked("", width, height)


def _pdf(path: Path, _kind: str) -> Looked:
    data = path.read_bytes()
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise _Unfit("attachment.broken")
    return Looked("")


def _plain(path: Path, _kind: str) -> Looked:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if any(c < " " and c not in "\r\n\t" for c in text):
                break
            return Looked("")
    raise _Unfit("attachment.not_text")


def _sheet(path: Path, _kind: str) -> Looked:
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
        if len(members) > MEMBERS or sum(one.file_size for one in members) > UNPACKED:
            raise _Unfit("attachment.unpacked")
        names = [one.filename for one in members]
        if any(name.startswith("/") or "\\" in name or ":" in name or ".." in name for name in names):
            raise _Unfit("attachment.path")
        low = {name.lower() for name in names}
        if not {"[content_types].xml", "xl/workbook.xml"} <= low:
            raise _Unfit("attachment.kind")
        if any("vbaproject" in name or "externallink" in name for name in low):
            raise _Unfit("attachment.active")
        left = UNPACKED
        for one in members:
            left -= _unpacked(packed, one, left)
    return Looked("")


def _unpacked(packed: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    size = 0
    with packed.open(member) as stream:
        while part := stream.read(MEGABYTE):
            size += len(part)
            if size > left:
                raise _Unfit("attachment.unpacked")
    return size


_MAGIC = {
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-",
    "txt": b"",
    "csv": b"",
    "xlsx": b"PK\x03\x04",
}
_LOOKS: dict[str, Callable[[Path, str], Looked]] = {
    "jpeg": _image,
    "png": _image,
    "pdf": _pdf,
    "txt": _plain,
    "csv": _plain,
    "xlsx": _sheet,
}


def look(path: Path, kind: str) -> Looked:
    """Look into a file; meant to be called in a process that may die of it.

    Args:
        path: the file.
        kind: what its extension claims it is.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
        if not head or not head.startswith(_MAGIC[kind]):
            return Looked("attachment.kind" if head else "attachment.empty")
        return _LOOKS[kind](path, kind)
    except _Unfit as unfit:
        return Looked(str(unfit))
    except MemoryError:
        return Looked("attachment.memory")
    except Exception:  # noqa: BLE001 - decoders raise whatever they like; the file is broken all the same
        return Looked("attachment.broken")


def _limit(memory: int, seconds: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(answer: Connection, path: str, kind: str, caps: tuple[int, int]) -> None:
    _limit(*caps)
    found = look(Path(path), kind)
    answer.send_bytes(json.dumps([found.fault, found.width, found.height]).encode())


# In the laboratory's process ------------------------------------------------------------------------------


def inspect(path: Path, kind: str, *, memory: int = MEMORY, seconds: int = SECONDS) -> Looked:
    """Look into a file in a new process and return what it found.

    Args:
        path: the file.
        kind: what its extension claims it is, a value of `KINDS`.
        memory: bytes of address space that the process may take.
        seconds: of processor time and of wall time; then it is killed.
    """
    spawn = multiprocessing.get_context("spawn")
    mine, its = spawn.Pipe(duplex=False)
    process = spawn.Process(
        target=_child, args=(its, str(path), kind, (memory, seconds)), name="inspection", daemon=True
    )
    try:
        process.start()
        its.close()
        return _answer(mine, seconds)
    finally:
        mine.close()
        process.kill()
        process.join()
        process.close()


def _answer(mine: Connection, seconds: int) -> Looked:
    try:
        if not mine.poll(seconds):
            return Looked("attachment.slow")
        fault, width, height = json.loads(mine.recv_bytes(4096))
    except (EOFError, OSError, ValueError):
        return Looked("attachment.memory")
    return Looked(str(fault), width, height)
