"""The ATP meter DY-6100(S) on USB HID (family O): reports of 64 bytes, three records a page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from protocols.checks import sum8
from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer
from protocols.frames import Frame, FrameReader, FrameShape, Objection

REPORT, RECORD, A_PAGE = 64, 18, 3
OPEN, STORE = 0x30, 0x31
_PAGE, _COUNT = 0x00, 0x01
_ANSWER = 1.0
_PAGES = 2000


@dataclass(frozen=True, slots=True)
class Opened:
    """The meter answered the opening."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many records the meter holds, as far as one byte can say it."""

    value: int


@dataclass(frozen=True, slots=True)
class Page:
    """Three places of the store; a record whose year is 0 is an empty place.

    Attributes:
        raws: the records that are none such, 18 bytes each.
        full: False where a place was empty, so that nothing follows.
        checked: True where the report's sum was verified.
        offset: position in the stream.
    """

    raws: tuple[bytes, ...]
    full: bool
    checked: bool
    offset: int


Event = Opened | Count | Page


def _known(raw: bytes) -> Objection:
    known = raw[2] == OPEN or (raw[2] == STORE and raw[3] in (_PAGE, _COUNT))
    return None if known else ("command", f"no answer of this meter has {raw[2]:02X} {raw[3]:02X}")


def _summed(raw: bytes) -> Objection:
    size = raw[1]
    if not 6 <= size <= REPORT or raw[size - 1] != 0xFE:
        return "end", f"no FE ends the {size} bytes that the report says it has"
    wanted = sum8(raw[1 : size - 2])
    if raw[size - 2] != wanted:
        return "check", f"sum8 of the report is {wanted:02X}, it carries {raw[size - 2]:02X}"
    return _known(raw)


SHAPE = FrameShape(
    b"\xff", None, width=0, length_at=0, plus=REPORT, head=4, least=REPORT, most=REPORT, rule=_known
)


def request(command: int, *arguments: int) -> bytes:
    """A request of eight bytes, under the sum of its bytes 1 to 5."""
    covered = bytes((8, command, *arguments))
    return b"\xff" + covered + bytes((sum8(covered), 0xFE))


def page_request(index: int) -> bytes:
    """The request for the page that begins at a record, counted from 0."""
    return request(STORE, _PAGE, index >> 8, index & 0xFF)


def reply(command: int, what: int, data: bytes) -> bytes:
    """A report of the meter's as the one derived example has it: no sum and no end behind the data."""
    return (bytes((0xFF, 0x3C, command, what)) + data).ljust(REPORT, b"\0")


def download(*, summed: bool) -> Exchange[Frame, Event]:
    """Host side: `read` fetches page after page until one has an empty place, twice where no sum is checked.

    Args:
        summed: whether the meter's reports carry a sum and an end as its requests do; then both are demanded.
    """
    reader = FrameReader(replace(SHAPE, rule=_summed) if summed else SHAPE)

    def events(frame: Frame) -> Sequence[Event]:
        if frame.raw[2] == OPEN:
            return (Opened(),)
        if frame.raw[3] == _COUNT:
            return (Count(frame.raw[5]),)
        places = [frame.raw[at : at + RECORD] for at in range(4, 4 + A_PAGE * RECORD, RECORD)]
        raws = tuple(raw for raw in places if raw[5])
        return (Page(raws, len(raws) == A_PAGE, summed, frame.offset),)

    def scripts(command: str) -> Script[Event]:
        if command != "read":
            raise ProtocolError(f"this meter knows read, not {command!r}")
        return _read(1 if summed else 2)

    return Exchange(reader, events, scripts)


def _read(passes: int) -> Script[Event]:
    yield Ask(request(OPEN, 0, 0, 0), _ANSWER)  # whether it answers the opening is not known
    for _pass in range(passes):
        count = yield from answer(Ask(request(STORE, _COUNT, 0, 0), _ANSWER, 2), Count)
        if count is None:
            return
        came, full = 0, True
        for index in range(0, A_PAGE * _PAGES, A_PAGE):
            page = yield from answer(Ask(page_request(index), _ANSWER, 2), Page)
            if page is None:
                return
            came, full = came + len(page.raws), page.full
            if not full:
                break
        if came % 256 != count.value:
            yield Fault("missing", f"the meter counts {count.value} records, {came} came")
