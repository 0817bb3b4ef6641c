"""A figure as devices write it in text: an exact number, one beyond a limit, or a text that is none."""

import re
from dataclasses import dataclass
from decimal import Decimal

from drivers.reading import Flag

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_BEYOND = re.compile(r"([<>≤≥])\s*=?\s*[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_SIDES = {"<": Flag.BELOW_RANGE, "≤": Flag.BELOW_RANGE, ">": Flag.ABOVE_RANGE, "≥": Flag.ABOVE_RANGE}


@dataclass(frozen=True, slots=True)
class Figure:
    """An exact value without flags, or no value and the flag that says why."""

    value: Decimal | None
    flags: tuple[Flag, ...] = ()


def figure(text: str, *, comma: bool = False) -> Figure:
    """Read a figure digit for digit; `<2` and `>100` are flagged and carry no value.

    Args:
        text: as the device wrote it, without blanks around.
        comma: True where the device writes a decimal comma; a point is then no figure, for it could be a thousand.
    """
    written = text
    if comma:
        written = text.replace(",", ".") if "." not in text else ""
    if _NUMBER.fullmatch(written):
        return Figure(Decimal(written))
    if beyond := _BEYOND.fullmatch(written):
        return Figure(None, (_SIDES[beyond[1]],))
    return Figure(None, (Flag.NOT_A_NUMBER,))
