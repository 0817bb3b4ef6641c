"""The `.wire` text: what a device and its host said, as journal entry, test case and simulator input at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from protocols.codec import ProtocolError

FIRST_LINE = "# kuaijian wire 1"
DEVICE = "<"
HOST = ">"

_HEADER = re.compile(r"([a-z][a-z0-9_.-]*): (\S(?:.*\S)?)")
_ENTRY = re.compile(r"(\d+)\.(\d{3}) ([<>]) ([0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2})*)(?:  ; (\S(?:.*\S)?))?")


def _no_header() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """Bytes that went one way at once.

    Attributes:
        milliseconds: time since the transcript began.
        direction: `<` the device said it, `>` the host said it.
        data: the bytes, at least one.
        comment: a remark for people, one line.
    """

    milliseconds: int
    direction: str
    data: bytes
    comment: str = ""

    @property
    def seconds(self) -> float:
        """Time since the transcript began, in seconds, for a codec's clock."""
        return self.milliseconds / 1000


@dataclass(frozen=True, slots=True)
class Transcript:
    """A talk with one instrument: its id, free header values such as settings, and the entries in order."""

    instrument: str
    header: Mapping[str, str] = field(default_factory=_no_header)
    entries: tuple[Entry, ...] = ()


def read(text: str) -> Transcript:
    """Read a `.wire` text: first line, `key: value` lines, an empty line, then one entry a line.

    Raises:
        ProtocolError: the text does not keep the format; the message names the line.
    """
    lines = text.split("\n")
    if lines[0] != FIRST_LINE:
        raise ProtocolError(f"line 1: {FIRST_LINE!r} expected")
    if lines.pop() != "":
        raise ProtocolError(f"line {len(lines) + 1}: the last line does not end")
    end = lines.index("") if "" in lines else len(lines)
    header = _read_header(lines[1:end])
    entries: list[Entry] = []
    for number, line in enumerate(lines[end + 1 :], end + 2):
        entry = _read_entry(line, number)
        if entries and entry.milliseconds < entries[-1].milliseconds:
            raise ProtocolError(f"line {number}: time runs backwards")
        entries.append(entry)
    return Transcript(header.pop("instrument"), MappingProxyType(header), tuple(entries))


def _read_header(lines: list[str]) -> dict[str, str]:
    header: dict[str, str] = {}
    for number, line in enumerate(lines, 2):
        match = _HEADER.fullmatch(line)
        if match is None or match[1] in header:
            raise ProtocolError(f"line {number}: a new 'key: value' expected, not {line!r}")
        header[match[1]] = match[2]
    if "instrument" not in header:
        raise ProtocolError("line 2: 'instrument: ID' expected in the header")
    return header


def _read_entry(line: str, number: int) -> Entry:
    match = _ENTRY.fullmatch(line)
    if match is None:
        raise ProtocolError(f"line {number}: 'seconds.mmm < or > HEX HEX' expected, not {line!r}")
    milliseconds = int(match[1]) * 1000 + int(match[2])
    return Entry(milliseconds, match[3], bytes.fromhex(match[4]), match[5] or "")


def write(transcript: Transcript) -> str:
    """Write a transcript so that `read` gives an equal one.

    Raises:
        ProtocolError: an entry, a header value or a comment cannot be written in this format.
    """
    header = {"instrument": transcript.instrument, **transcript.header}
    lines = [FIRST_LINE, *(f"{key}: {value}" for key, value in header.items()), ""]
    lines += [write_entry(entry) for entry in transcript.entries]
    text = "\n".join(lines) + "\n"
    if read(text) != transcript:
        raise ProtocolError("this transcript cannot be written: header and comments are single trimmed lines")
    return text


def write_entry(entry: Entry) -> str:
    """Write one entry's line without its line end, for a capture that appends as it listens."""
    seconds, milliseconds = divmod(entry.milliseconds, 1000)
    line = f"{seconds}.{milliseconds:03d} {entry.direction} {entry.data.hex(' ').upper()}"
    return f"{line}  ; {entry.comment}" if entry.comment else line


def received(transcript: Transcript) -> bytes:
    """All that the device said, in order."""
    return b"".join(entry.data for entry in transcript.entries if entry.direction == DEVICE)


def cut(data: bytes, positions: Iterable[int]) -> list[bytes]:
    """Cut bytes at the given positions (any order, out of range ignored) into non-empty pieces."""
    marks = sorted({0, len(data), *(place for place in positions if 0 < place < len(data))})
    return [data[start:stop] for start, stop in pairwise(marks)]


def recut(transcript: Transcript, positions: Iterable[int]) -> Transcript:
    """Cut the device's entries anew at positions of the whole device stream; the host's entries stay."""
    places = sorted(set(positions))
    entries: list[Entry] = []
    offset = 0
    for entry in _joined(transcript.entries):
        if entry.direction == HOST:
            entries.append(entry)
            continue
        pieces = cut(entry.data, (place - offset for place in places))
        entries += [replace(entry, data=piece) for piece in pieces]
        offset += len(entry.data)
    return replace(transcript, entries=tuple(entries))


def _joined(entries: Iterable[Entry]) -> list[Entry]:
    joined: list[Entry] = []
    for entry in entries:
        if joined and joined[-1].direction == entry.direction == DEVICE:
            joined[-1] = Entry(entry.milliseconds, DEVICE, joined[-1].data + entry.data)
        else:
            joined.append(entry)
    return joined
