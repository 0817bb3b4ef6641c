"""Uploads of comma separated records that no line end divides, until a closing word (families K and P).

A record begins with its letter and a comma and ends where its last field does; `TRANSFERFINISH` or `FINISH` closes the
upload. Commas are no part of any GB2312 character, so fields can be cut as bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from protocols.exchange import Ask, Exchange, Script, answer
from protocols.scan import Found, Lost, Scanner

_TIME = frozenset(b"0123456789-/:. ")
_ENDS = (b"TRANSFERFINISH", b"FINISH")
_BLANK = b"\r\n "
_LONGEST = 400
_ANSWER = 10.0
_STALLED = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its letter and its fields as bytes, and where it began in the stream."""

    letter: str
    fields: tuple[bytes, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The device said that everything is sent."""


Event = Row | Finished


def upload(
    shapes: Mapping[str, int], request: Callable[[str], bytes], between: bytes = _BLANK
) -> Exchange[Event, Event]:
    """Host side: sends the request and takes records until the closing word, twice where it must be compared.

    Args:
        shapes: letter of a record to how many fields follow it; the last one is a time.
        request: what makes the device send, of a command; raises `ProtocolError` where there is no such command.
        between: bytes that may stand between two records.
    """

    def scripts(command: str) -> Script[Event]:
        return _twice(request(command))

    rule = partial(_rule, {f"{letter},".encode(): count for letter, count in shapes.items()}, between)
    return Exchange(Scanner(rule, _STALLED), lambda event: (event,), scripts)


def _twice(request: bytes) -> Script[Event]:
    for _pass in range(2):
        if (yield from answer(Ask(request, _ANSWER), Finished)) is None:
            return


def _rule(
    shapes: Mapping[bytes, int], between: bytes, data: bytearray, offset: int
) -> Found[Event] | Lost | None:
    if data[0] in between:
        return Found(1, None)
    for end in _ENDS:
        if data.startswith(end):
            return Found(len(end), Finished())
        if end.startswith(bytes(data)):
            return None
    if len(data) < 2:
        return None if any(start[0] == data[0] for start in shapes) else Lost()
    count = shapes.get(bytes(data[:2]))
    return Lost() if count is None else _row(data, count, offset)


def _row(data: bytearray, count: int, offset: int) -> Found[Event] | Lost | None:
    """A record of `count` fields, which ends where a byte is no part of its time."""
    fields = bytes(data[:_LONGEST]).split(b",", count)[1:]
    too_long = Lost("length", f"no record of {count} fields within {_LONGEST} bytes", _LONGEST)
    if len(fields) < count:
        return too_long if len(data) >= _LONGEST else None
    rest = fields[-1]
    size = next((at for at, byte in enumerate(rest) if byte not in _TIME), None)
    if size is None:
        return too_long if len(data) >= _LONGEST else None
    last = rest[:size]
    whole = 2 + sum(len(field) + 1 for field in fields[:-1]) + size
    return Found(whole, Row(chr(data[0]), (*fields[:-1], last.rstrip()), offset))


def build(rows: Sequence[tuple[str, Sequence[bytes]]], end: bytes = _ENDS[0], behind: bytes = b"") -> bytes:
    """Make an upload of these records, each with what stands behind it."""
    return b"".join(letter.encode() + b"," + b",".join(fields) + behind for letter, fields in rows) + end
