"""Result download of the LZ-4000T on 7E frames (family C): one day at a time, counted first."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from protocols.codec import Broken
from protocols.exchange import Ask, Exchange, Fault, Script, answer, day_of
from protocols.frames import Check, Frame, FrameReader
from protocols.sevene import seven_e

REPLIES = MappingProxyType({0x01: (3, 3), 0x11: (20, 20), 0x13: (5, 5)})
_ANSWER = 2.0
_REQUEST = seven_e()


@dataclass(frozen=True, slots=True)
class Here:
    """The instrument answered the test with three bytes of its own."""

    numbers: bytes


@dataclass(frozen=True, slots=True)
class Count:
    """How many records the instrument holds of a day, which it names in three bytes."""

    day: bytes
    total: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the instrument framed it.

    Attributes:
        raw: the whole frame of 26 bytes.
        total: records of this day, as this frame says.
        index: which of them this is.
        offset: position of the frame in the stream.
        lenient: True when it was accepted under another check than its own.
    """

    raw: bytes
    total: int
    index: int
    offset: int
    lenient: bool = False


Event = Here | Count | Record


def day_download(lenient: tuple[Check, ...] = ()) -> Exchange[Frame, Event]:
    """Host side: `test`, or `day:2019-08-07` for the records of a day; `lenient` checks are accepted but marked."""
    reader = FrameReader(seven_e(kinds=REPLIES, also=lenient))
    return Exchange(reader, _events, _scripts)


def _events(frame: Frame) -> Sequence[Event | Broken]:
    body = frame.body
    match frame.raw[1]:
        case 0x01:
            return (Here(body),)
        case 0x13:
            return (Count(body[:3], int.from_bytes(body[3:], "little")),)
    total, index = (int.from_bytes(body[at : at + 2], "little") for at in (0, 2))
    return (Record(frame.raw, total, index, frame.offset, frame.lenient),)


def _scripts(command: str) -> Script[Event]:
    if command == "test":
        return _test()
    when = day_of(command)
    return _day(bytes((when.year - 2000, when.month, when.day)))


def _test() -> Script[Event]:
    yield from answer(Ask(_REQUEST.build(b"\x00", b"\0\0"), _ANSWER, 2), Here)


def _day(day: bytes) -> Script[Event]:
    count = yield from answer(Ask(_REQUEST.build(b"\x12", day), _ANSWER, 2), Count)
    if count is None or count.total == 0:
        return
    seen: set[int] = set()
    event = yield Ask(_REQUEST.build(b"\x10", day), _ANSWER, 2)
    while event is not None:
        seen |= {event.index} if isinstance(event, Record) else set()
        if len(seen) >= count.total:
            return
        event = yield Ask(b"", _ANSWER)
    yield Fault("missing", f"{len(seen)} of {count.total} records came")
