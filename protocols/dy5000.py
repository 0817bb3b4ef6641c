"""The plate reader DY-5000 (family J): `s`, absorbances, concentrations, a trailer, `e`, and no length anywhere.

The byte of the end, 65h, also occurs inside the figures. So an end is believed only where the count of bytes before it
is that of whole wells and the trailer before it can be one: a unit, a BCD time and an item.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from protocols.codec import Broken
from protocols.exchange import Ask, Exchange, Script, answer, day_of
from protocols.scan import Found, Lost, Scanner

WELLS = 96
TRAILER = 36
_SHORTEST, _LONGEST = 2 + TRAILER, 2 + TRAILER + 11 * WELLS
_BCD_TIME = re.compile(r"\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])[0-5]\d[0-5]\d")
_ANSWER = 15.0  # a full plate takes 4.6 s at 2400 baud, and the reader looks for it first
_STALLED = 2.0


@dataclass(frozen=True, slots=True)
class Well:
    """One well: its number from 0, down the columns, and both figures with the bytes whose meaning is unknown."""

    number: int
    absorbance: Decimal
    concentration: Decimal
    unknown: bytes


@dataclass(frozen=True, slots=True)
class Plate:
    """One answer: wells, then unit, BCD time and item as bytes.

    Attributes:
        wells: in the order of the frame.
        unit: ten bytes, ASCII.
        clock: six BCD bytes, year to second.
        item: twenty bytes, GB2312.
        raw: the whole frame.
        offset: its position in the stream.
    """

    wells: tuple[Well, ...]
    unit: bytes
    clock: bytes
    item: bytes
    raw: bytes
    offset: int


def plate_download() -> Exchange[Plate, Plate]:
    """Host side: `day:2019-08-07` asks for a day, twice, because nothing on this wire can be checked."""
    return Exchange(Scanner(_rule, _STALLED), _checked, _script)


def _script(command: str) -> Script[Plate]:
    day = day_of(command).strftime("%y%m%d").encode()
    return _twice(b"s" + day + day)


def _twice(request: bytes) -> Script[Plate]:
    for _pass in range(2):
        if (yield from answer(Ask(request, _ANSWER), Plate)) is None:
            return


def _rule(data: bytearray, offset: int) -> Found[Plate] | Lost | None:
    if data[0] != ord("s"):
        return Lost()
    for end in range(_SHORTEST - 1, min(len(data), _LONGEST), 11):
        if data[end] == ord("e") and _trailer(data[end - TRAILER : end]):
            return Found(end + 1, _plate(bytes(data[: end + 1]), offset))
    return None if len(data) < _LONGEST else Lost("end", "no end behind whole wells and a trailer", _LONGEST)


def _trailer(raw: bytearray) -> bool:
    unit, clock, item = raw[:10].rstrip(b"\0"), raw[10:16].hex(), raw[16:].rstrip(b"\0")
    try:
        text = item.decode("gb2312")
    except UnicodeDecodeError:
        return False
    printable = unit.isascii() and text.isprintable() and b"\0" not in unit + item
    return printable and (_BCD_TIME.fullmatch(clock) is not None)


def _plate(raw: bytes, offset: int) -> Plate:
    count = (len(raw) - 2 - TRAILER) // 11
    wells = tuple(
        _well(raw[1 + 5 * at : 6 + 5 * at], raw[1 + 5 * count + 6 * at :][:6]) for at in range(count)
    )
    trailer = raw[-1 - TRAILER : -1]
    return Plate(wells, trailer[:10], trailer[10:16], trailer[16:], raw, offset)


def _well(first: bytes, second: bytes) -> Well:
    absorbance = first[2] + Decimal(first[3] << 7 | first[4]).scaleb(-3)
    whole = int.from_bytes(second[2:4], "big")
    return Well(
        first[1], absorbance, whole + Decimal(second[4] << 7 | second[5]).scaleb(-3), first[:1] + second[:2]
    )


def _checked(plate: Plate) -> Sequence[Plate | Broken]:
    """The plate, or what in it cannot be: a well beyond the plate, or thousandths that are a thousand."""
    count = len(plate.wells)
    thousandths = [plate.raw[4 + 5 * at] << 7 | plate.raw[5 + 5 * at] for at in range(count)]
    thousandths += [
        plate.raw[5 + 5 * count + 6 * at] << 7 | plate.raw[6 + 5 * count + 6 * at] for at in range(count)
    ]
    numbers = [well.number for well in plate.wells]
    if max(thousandths, default=0) > 999 or max(numbers, default=0) >= WELLS or len(set(numbers)) < count:
        return (
            Broken(
                plate.offset,
                plate.raw,
                "content",
                "a well that is none or twice there, or a figure that is none",
            ),
        )
    return (plate,)


def build(wells: Sequence[Well], unit: bytes, clock: bytes, item: bytes) -> bytes:
    """Make an answer; figures are cut to thousandths."""
    first, second = b"", b""
    for well in wells:
        whole, thousandths = divmod(int(well.absorbance * 1000), 1000)
        first += well.unknown[:1] + bytes((well.number, whole, thousandths >> 7, thousandths & 0x7F))
        whole, thousandths = divmod(int(well.concentration * 1000), 1000)
        second += well.unknown[1:3] + whole.to_bytes(2, "big") + bytes((thousandths >> 7, thousandths & 0x7F))
    return b"s" + first + second + unit.ljust(10, b"\0") + clock + item.ljust(20, b"\0") + b"e"
