"""The record of a food business: its credit code, its grade by rules as data, numbers that are shown masked."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from stdnum.cn import uscc

from lims.rules import regulation


class CodeState(StrEnum):
    """What a unified social credit code is worth (GB 32100-2015)."""

    VALID = "valid"
    WRONG = "wrong"
    NONE = "none"


def code_state(code: str) -> CodeState:
    """Tell whether a credit code has its form and its check digit; "/" is none, which stalls may have."""
    if code in {"", "/"}:
        return CodeState.NONE
    return CodeState.VALID if uscc.is_valid(code) else CodeState.WRONG


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and what it takes: items tested, the rate of first positives, confirmed cases."""

    code: str
    least_items: int
    most_rate: Decimal
    most_confirmed: int


@cache
def grades() -> tuple[Grade, ...]:
    """Return the grades, the best first."""
    return tuple(
        Grade(row["code"], row["least_items"], Decimal(row["most_rate"]), row["most_confirmed"])
        for row in regulation.table("credit")["grade"]
    )


def years() -> int:
    """Return how many years, this one included, a grade looks back."""
    return int(regulation.table("credit")["years"])


def grade(items: int, positives: int, confirmed: int) -> str:
    """Return the grade of a record, empty where nothing was tested and so nothing can be said.

    Args:
        items: valid verdicts, one an item of a sample.
        positives: first verdicts that were positive or suspect.
        confirmed: cases that a laboratory confirmed.
    """
    if not items:
        return ""
    rate = Decimal(positives) / Decimal(items)
    return next(
        one.code
        for one in grades()
        if items >= one.least_items and rate <= one.most_rate and confirmed <= one.most_confirmed
    )


def masked(number: str) -> str:
    """Return an identity or telephone number with its middle hidden: 350122********1234."""
    if len(number) < 8:
        return number
    head = 6 if len(number) >= 15 else 3
    return f"{number[:head]}{'*' * (len(number) - head - 4)}{number[-4:]}"
