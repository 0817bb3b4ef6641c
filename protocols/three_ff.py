"""The `03 FF` wire of the Dayuan meters (family A): item lists, counts by date and records under two XORs.

Records name their item by its place in a list, so a download begins with the list, and a record carries the entry
that it names. The older units' dialect `81 04` has no check and no request that is known; it is only listened to.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from protocols.checks import xor8
from protocols.codec import Broken, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer, day_of, listen_only
from protocols.frames import Frame, FrameReader, FrameShape, Objection

KINDS = MappingProxyType({"wet": 0x40, "strip": 0x60, "dry": 0x70})
"""Kind of measurement to the upper half of its three commands: items, count, record."""
ITEMS, COUNT, RECORD = 0x02, 0x03, 0x05
TEST, CLEAR = 0x20, 0x46
ITEM_SIZE = 128
_LONGEST = 4096
_REPLIES = {TEST: (0, 512), CLEAR: (0, 256)} | {
    upper | lower: room
    for upper in KINDS.values()
    for lower, room in ((ITEMS, (0, 2 * ITEM_SIZE)), (COUNT, (12, 12)), (RECORD, (1, _LONGEST)))
}
_ANSWER = 2.0


def _head(head: bytes) -> Objection:
    wanted = xor8(head[:10])
    return (
        None
        if head[10] == wanted
        else ("check", f"XOR of the head is {wanted:02X}, it carries {head[10]:02X}")
    )


def _data(raw: bytes) -> Objection:
    wanted = xor8(raw[12:])
    return (
        None if raw[11] == wanted else ("check", f"XOR of the data is {wanted:02X}, it carries {raw[11]:02X}")
    )


def shape(second: int, kinds: dict[int, tuple[int, int]]) -> FrameShape:
    """Frames of one direction: `second` is FF from the host and FE from the device."""
    return FrameShape(
        bytes((0x03, second)), None, length_at=8, plus=12, head=12, least=12, most=12 + _LONGEST,
        kinds=MappingProxyType(kinds), head_rule=_head, rule=_data,
    )  # fmt: skip


def build(second: int, command: int, parameter: int = 0, data: bytes = b"") -> bytes:
    """Make a frame; `parameter` has 32 bits."""
    head = (
        bytes((0x03, second, command, 0)) + parameter.to_bytes(4, "little") + len(data).to_bytes(2, "little")
    )
    return head + bytes((xor8(head), xor8(data))) + data


def packed(when: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """A date and time in the 32 bits of this wire: two digits of the year, two seconds the finest step."""
    day = when.year % 100 << 25 | when.month << 21 | when.day << 16
    return day | hour << 11 | minute << 5 | second >> 1


def unpacked(clock: int) -> tuple[int, int, int, int, int, int]:
    """Year from 2000, month, day, hour, minute, second of a packed clock; they need not be a possible time."""
    first = (2000 + (clock >> 25), clock >> 21 & 15, clock >> 16 & 31)
    return *first, clock >> 11 & 31, clock >> 5 & 63, (clock & 31) * 2


@dataclass(frozen=True, slots=True)
class Here:
    """The device answered the test."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """The device said that it has cleared its records."""


@dataclass(frozen=True, slots=True)
class Items:
    """A piece of a kind's item list: up to two entries of 128 bytes from place `2 * index` on; fewer end the list."""

    kind: str
    index: int
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """The records of the days that were asked for: from `first` up to, and without, `stop`."""

    kind: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        kind: `wet`, `strip` or `dry`.
        number: its number in the device.
        data: its bytes behind the head.
        item: the 128 bytes of the list entry that byte 1 names, or None where that list has not come.
        offset: position of its frame in the stream.
    """

    kind: str
    number: int
    data: bytes
    item: bytes | None
    offset: int


@dataclass(frozen=True, slots=True)
class Rates:
    """A frame of the dialect `81 04`: records of ten bytes, and the byte behind them."""

    records: tuple[bytes, ...]
    last: int
    offset: int


Event = Here | Cleared | Items | Count | Record | Rates


class _Meaning:
    """Says what a frame means, with the item lists that have come so far."""

    def __init__(self) -> None:
        self._lists: dict[str, dict[int, bytes]] = {}

    def __call__(self, frame: Frame) -> Sequence[Event | Broken]:
        command, parameter = frame.raw[2], int.from_bytes(frame.raw[4:8], "little")
        if command == TEST:
            return (Here(frame.body),)
        if command == CLEAR:
            return (Cleared(),)
        kind = next(name for name, upper in KINDS.items() if upper == command & 0xF0)
        match command & 0x0F:
            case 2:
                return (self._items(kind, parameter >> 8 & 0xFF, frame.body),)
            case 3:
                first, stop = (int.from_bytes(frame.body[at : at + 2], "little") for at in (8, 10))
                return (Count(kind, first, stop),)
        item = self._lists.get(kind, {}).get(frame.body[1]) if len(frame.body) > 1 else None
        return (Record(kind, parameter, frame.body, item, frame.offset),)

    def _items(self, kind: str, index: int, body: bytes) -> Items:
        starts = range(0, len(body) - ITEM_SIZE + 1, ITEM_SIZE)
        entries = tuple(body[at : at + ITEM_SIZE] for at in starts)
        known = self._lists.setdefault(kind, {})
        if index == 0:
            known.clear()
        known |= {2 * index + place: entry for place, entry in enumerate(entries)}
        return Items(kind, index, entries)


def download(kinds: Sequence[str], *, text: bool) -> Exchange[Frame, Event]:
    """Host side: `test`, `clear`, or `day:2019-08-07` for the records of a day.

    Args:
        kinds: which kinds of measurement are asked for, names of `KINDS`.
        text: True for the DY-7200, which sends all its records after one request.

    Raises:
        ProtocolError: a kind is unknown.
    """
    if not set(kinds) <= set(KINDS):
        raise ProtocolError(f"kinds of measurement are {', '.join(KINDS)}, not {', '.join(kinds)}")
    fetch = _all_at_once if text else _one_by_one
    reader = FrameReader(shape(0xFE, _REPLIES))
    return Exchange(reader, _Meaning(), lambda command: _script(command, kinds, fetch))


def listener() -> Exchange[Frame, Event]:
    """Host side of the dialect `81 04`, in which nothing can be asked."""
    reader = FrameReader(
        FrameShape(b"\x81\x04", None, b"\x81", head=4, least=6, most=6 + 250, rule=_whole_records)
    )
    return Exchange(reader, _rates, listen_only)


def _whole_records(raw: bytes) -> Objection:
    return ("length", "the records are not of ten bytes each") if (len(raw) - 6) % 10 else None


def _rates(frame: Frame) -> Sequence[Rates]:
    *records, last = (frame.body[at : at + 10] for at in range(0, len(frame.body), 10))
    return (Rates(tuple(records), last[0], frame.offset),)


Fetch = Callable[[str, Count], Script[Event]]


def _script(command: str, kinds: Sequence[str], fetch: Fetch) -> Script[Event]:
    if command == "test":
        return _asked(build(0xFF, TEST, 0, b"DEVICE??"), Here)
    if command == "clear":
        return _asked(build(0xFF, CLEAR), Cleared)
    return _day(day_of(command), kinds, fetch)


def _asked(data: bytes, kind: type[Event]) -> Script[Event]:
    yield from answer(Ask(data, _ANSWER), kind)


def _day(when: date, kinds: Sequence[str], fetch: Fetch) -> Script[Event]:
    """For each kind the list, the count and the records; a kind that does not answer keeps no other from coming."""
    days = packed(when).to_bytes(4, "little") + (packed(when) | 0xFFFF).to_bytes(4, "little")
    for kind in kinds:
        if fetch is _one_by_one and not (yield from _list(kind)):
            continue
        count = yield from answer(Ask(build(0xFF, KINDS[kind] | COUNT, 0, days), _ANSWER, 2), Count)
        if count is not None:
            yield from fetch(kind, count)


def _list(kind: str) -> Generator[Ask | Fault, Event | None, bool]:
    """Fetch the item list of a kind; False where it did not come whole."""
    for index in range(256):
        asked = Ask(build(0xFF, KINDS[kind] | ITEMS, index << 8), _ANSWER, 2)
        items = yield from answer(asked, Items)
        if items is None:
            return False
        if items.index != index:
            yield Fault("sequence", f"asked for the item pair {index}, the answer says {items.index}")
            return False
        if len(items.entries) < 2:
            break
    return True


def _one_by_one(kind: str, count: Count) -> Script[Event]:
    for number in range(count.first, count.stop):
        asked = Ask(build(0xFF, KINDS[kind] | RECORD, number), _ANSWER, 2)
        if (yield from answer(asked, Record)) is None:
            yield Fault(
                "missing", f"{number - count.first} of {count.stop - count.first} {kind} records came"
            )
            return


def _all_at_once(kind: str, count: Count) -> Script[Event]:
    total, came = count.stop - count.first, 0
    event = (yield Ask(build(0xFF, KINDS[kind] | RECORD, 1), _ANSWER, 2)) if total > 0 else None
    while event is not None:
        came += isinstance(event, Record)
        if came >= total:
            return
        event = yield Ask(b"", _ANSWER)
    if total > 0:
        yield Fault("missing", f"{came} of {total} {kind} records came")
