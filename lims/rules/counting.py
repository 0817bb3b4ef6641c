"""Why a sample counts for the quota or does not: one reason a sample, the first that applies, as data."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Counts(StrEnum):
    """What a sample counts as, or why it counts for nothing."""

    YES = "yes"
    VOID = "void"
    REJECTED = "rejected"
    OUTSIDE = "outside"
    ENDED = "ended"
    REPEAT = "repeat"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about one sample.

    Attributes:
        state: of the sample.
        kind: `laboratory` or `rapid`.
        drawn_on: day.
        counted_town: whether the quota counts its township.
        town_until: last day of the township's code, or None.
        repeat_of: the earlier sample of the same business, food and batch on the same day; empty when there is none.
    """

    state: str
    kind: str
    drawn_on: date
    counted_town: bool
    town_until: date | None = None
    repeat_of: str = ""


def counts(facts: Facts, kinds: frozenset[str]) -> Counts:
    """Return whether a sample counts, or the first reason against it.

    Args:
        facts: about the sample.
        kinds: which kinds count by the laboratory's setting.
    """
    checks = (
        (facts.state == "void", Counts.VOID),
        (facts.state == "rejected", Counts.REJECTED),
        (not facts.counted_town, Counts.OUTSIDE),
        (facts.town_until is not None and facts.drawn_on > facts.town_until, Counts.ENDED),
        (bool(facts.repeat_of), Counts.REPEAT),
        (facts.kind not in kinds, Counts.KIND),
    )
    return next((why for applies, why in checks if applies), Counts.YES)


LEVEL = 0.95
"""Probability that the interval of a forecast holds, if the year goes on as it began."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a year will come to: the likeliest figure and the interval of `LEVEL`."""

    expected: int
    low: int
    high: int


def forecast(done: int, share: Decimal, level: float = LEVEL, until: Decimal = Decimal(1)) -> Forecast | None:
    """Tell what a count will be at the year's end, or before it, when it goes on at the pace so far.

    Counts are taken as a Poisson stream with an unknown rate (Jeffreys' prior): what is still to come is then
    negative-binomial. None before anything of the year has passed.

    Args:
        done: counted so far.
        share: of the year that has passed, from 0 to 1.
        level: probability of the interval.
        until: share of the year at which the count is asked for.
    """
    if share <= 0:
        return None
    if share >= until:
        return Forecast(done, done, done)
    tail = (1 - level) / 2
    low, high = (_still_to_come(done + 0.5, float(share / until), q) for q in (tail, 1 - tail))
    expected = int((Decimal(done) * until / share).to_integral_value())
    return Forecast(expected, done + low, done + high)


def _still_to_come(shape: float, share: float, level: float) -> int:
    """Return the least count that a negative binomial of that shape does not exceed with the probability `level`."""
    from scipy.special import betainc  # noqa: PLC0415 - a fifth of a second that only a forecast needs

    def reached(count: int) -> bool:
        return bool(betainc(shape, count + 1, share) >= level)

    most = 1
    while not reached(most):
        most *= 2
    return bisect_left(range(most), 1, key=reached)
