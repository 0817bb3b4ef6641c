"""The form of a journal on disk: framed records with a number, both clocks and a check, in numbered files."""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise
from pathlib import Path

MAGIC = b"\xabKJ1"
SUFFIX = ".journal"
_HEAD = struct.Struct("<4sII")  # magic, length of the body, CRC-32 over length and body
_BODY = struct.Struct("<QQqdB")  # number, session, microseconds since 1970 UTC, monotonic seconds, kind
_LONGEST = 1 << 24
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(Enum):
    """What an entry records."""

    OPENED = 1  # a line was opened; data is JSON of its port, settings and identity
    RECEIVED = 2  # the device said `data`
    SENT = 3  # `data` goes to the device
    ASKED = 4  # the request named in `data` begins
    TICK = 5  # the codec was told that its deadline has passed
    CLOSED = 6  # the line is gone or was closed; data is JSON with the reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered record of a journal.

    Attributes:
        number: counts up by one through the life of the journal.
        session: number of the OPENED entry it belongs to (its own number for OPENED itself).
        wall: aware UTC time of the computer.
        monotonic: seconds on the computer's steady clock, the codec's `now`.
        kind: what it records.
        data: raw bytes, or UTF-8 text by the kind.
    """

    number: int
    session: int
    wall: datetime
    monotonic: float
    kind: Kind
    data: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of a file that are no whole record: a torn end, or damage that was found later."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and where it ends in its file."""

    entry: Entry
    end: int


def encode(entry: Entry) -> bytes:
    """Return the bytes of one record."""
    micros = (entry.wall - _EPOCH) // timedelta(microseconds=1)
    body = _BODY.pack(entry.number, entry.session, micros, entry.monotonic, entry.kind.value) + entry.data
    return _HEAD.pack(MAGIC, len(body), _check(body)) + body


def scan(data: bytes, file: str = "") -> Iterator[Placed | Gap]:
    """Yield the whole records of `data` in order, and as a gap every stretch that is none; nothing is guessed."""
    at = 0
    while at < len(data):
        placed = _record(data, at)
        if placed is None:
            start, at = at, _next(data, at + 1)
            yield Gap(file, start, at - start)
        else:
            yield placed
            at = placed.end


def path_of(folder: Path, first: int) -> Path:
    """Return the file whose first entry has this number."""
    return folder / f"{first:020d}{SUFFIX}"


def files(folder: Path) -> list[tuple[int, Path]]:
    """Return the files of a journal with the number each begins at, in order."""
    return sorted((int(path.stem), path) for path in folder.glob("*" + SUFFIX))


def cursor(folder: Path) -> int:
    """Return the number up to which a journal was taken in, 0 where nothing was yet.

    Raises:
        ValueError: the mark cannot be read.
    """
    try:
        return int(json.loads((folder / "cursor").read_bytes())["entry"])
    except FileNotFoundError:
        return 0
    except (KeyError, TypeError) as fault:
        raise ValueError("cursor") from fault


def finished(folder: Path) -> list[tuple[int, int, Path]]:
    """Return the files that nothing is added to any more and that were taken in whole: first, last number, path."""
    try:
        taken = cursor(folder)
    except ValueError:
        return []
    return [
        (first, following - 1, path)
        for (first, path), (following, later) in pairwise(files(folder))
        if following - 1 <= taken and later.stat().st_size
    ]


def keep_folder(folder: Path) -> None:
    """Make names in `folder` durable; systems that cannot open a folder keep names by themselves."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check(body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(len(body).to_bytes(4, "little")))


def _record(data: bytes, at: int) -> Placed | None:
    if len(data) - at < _HEAD.size + _BODY.size:
        return None
    magic, length, check = _HEAD.unpack_from(data, at)
    start = at + _HEAD.size
    body = data[start : start + length] if magic == MAGIC and _BODY.size <= length <= _LONGEST else b""
    if len(body) != length or _check(body) != check:
        return None
    number, session, micros, monotonic, kind = _BODY.unpack_from(body)
    wall = _EPOCH + timedelta(microseconds=micros)
    entry = Entry(number, session, wall, monotonic, Kind(kind), body[_BODY.size :])
    return Placed(entry, start + length)


def _next(data: bytes, at: int) -> int:
    """Find where the next whole record begins, or the end of the data."""
    while (found := data.find(MAGIC, at)) >= 0:
        if _record(data, found) is not None:
            return found
        at = found + 1
    return len(data)
