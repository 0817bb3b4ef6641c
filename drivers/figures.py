"""Results as devices write them in text: an exact number, one beyond a limit, a word, or what is none of these."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from drivers.reading import Call, Flag

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_BEYOND = re.compile(r"([<>≤≥])\s*=?\s*[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_SIDES = {"<": Flag.BELOW_RANGE, "≤": Flag.BELOW_RANGE, ">": Flag.ABOVE_RANGE, "≥": Flag.ABOVE_RANGE}

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "阴性": "negative",
        "阳性": "positive",
        "可疑": "suspect",
        "无效": "invalid",
        "NEG": "negative",
        "NEGATIVE": "negative",
        "POS": "positive",
        "POSITIVE": "positive",
        "SUSPECT": "suspect",
        "INVALID": "invalid",
        "NA": "not_applicable",
    }
)
"""Words of devices for their own conclusion; a laboratory adds its own in the setting `words`."""
CALLS: Mapping[str, Call] = MappingProxyType({call.value: call for call in Call})


def call_of(text: str, own: Mapping[str, str]) -> Call | None:
    """The device's conclusion behind a word, by the laboratory's words first; None for any other text."""
    words = {**WORDS, **own}
    return CALLS.get(words.get(text, words.get(text.upper(), "")))


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
