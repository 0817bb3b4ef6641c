"""Early warning: where positives came more often lately than elsewhere, with the false-alarm rate stated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOWS = (7, 14, 28, 56)
"""Days that are looked back over; each is a test of its own."""
FALSE_ALARMS = 0.05
"""Probability that a look at everything raises any alarm although nothing changed (Bonferroni over all tests)."""
LEAST = 2
"""Positives below which nothing is a cluster."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One verdict: its day, whether it was positive, and what it belongs to, dimension by dimension."""

    on: date
    positive: bool
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A cluster.

    Attributes:
        dimension: such as `food` or `business`.
        value: which one.
        days: the window.
        positives: in the window.
        tested: in the window.
        expected: positives that the rate outside the cluster lets one expect.
        probability: of so many or more by chance, for this one test.
        adjusted: the same for the whole look (times the number of tests, at most 1).
    """

    dimension: str
    value: str
    days: int
    positives: int
    tested: int
    expected: float
    probability: float
    adjusted: float


def tail(positives: int, tested: int, rate: float) -> float:
    """Return the probability of at least so many positives among the tested at a rate (binomial)."""
    from scipy.special import bdtrc  # noqa: PLC0415 - a fifth of a second that only a look needs

    return float(bdtrc(positives - 1, tested, rate)) if positives > 0 else 1.0


def alarms(
    seen: Sequence[Seen],
    today: date,
    dimensions: Iterable[str],
    windows: Sequence[int] = WINDOWS,
    level: float = FALSE_ALARMS,
) -> list[Alarm]:
    """Return the clusters of a day, the least likely first; of one value only its most telling window.

    The rate to compare with is that of every verdict outside the cluster, with half a positive added so that
    it is never zero. An alarm is a cluster whose probability times the number of tests stays below `level`.

    Args:
        seen: the verdicts of the comparison period, in any order.
        today: the last day of every window.
        dimensions: which of `Seen.of` are looked at.
        windows: days looked back over.
        level: the false-alarm rate of the whole look.
    """
    found = [
        (dimension, value, days, counted)
        for dimension in dimensions
        for days in windows
        for value, counted in _counted(seen, dimension, today - timedelta(days=days - 1), today).items()
    ]
    all_positive, all_tested = sum(one.positive for one in seen), len(seen)
    best: dict[tuple[str, str], Alarm] = {}
    for dimension, value, days, (positives, tested) in found:
        if positives < LEAST:
            continue
        rate = (all_positive - positives + 0.5) / (all_tested - tested + 1)
        probability = tail(positives, tested, min(rate, 1.0))
        adjusted = min(1.0, probability * len(found))
        alarm = Alarm(dimension, value, days, positives, tested, rate * tested, probability, adjusted)
        before = best.get((dimension, value))
        if adjusted <= level and (before is None or probability < before.probability):
            best[dimension, value] = alarm
    return sorted(best.values(), key=lambda one: (one.probability, one.dimension, one.value))


def _counted(seen: Sequence[Seen], dimension: str, first: date, last: date) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for one in seen:
        value = one.of.get(dimension, "")
        if value and first <= one.on <= last:
            positives, tested = found.get(value, (0, 0))
            found[value] = positives + one.positive, tested + 1
    return found
