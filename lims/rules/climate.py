"""Where a sample was too warm or too cold, or nobody measured: rules over the loggers' readings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from lims.errors import Problem
from lims.rules import regulation
from lims.rules.custody import Gap, GapKind

Limits = tuple[Decimal | None, Decimal | None]
Reading = tuple[datetime, Decimal]


def storage_limits(storage: str) -> Limits:
    """Return the limits in degrees Celsius that a form's storage condition asks for; None where a side is free."""
    for row in regulation.table("custody")["storage"]:
        if row["code"] == storage:
            low, high = (Decimal(row[side]) if row[side] else None for side in ("low", "high"))
            return low, high
    return None, None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in a place with limits in degrees Celsius; None where a side is free."""

    place: str
    start: datetime
    end: datetime
    low: Decimal | None
    high: Decimal | None
    every: timedelta | None = None


def _outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def temperatures(span: Span, readings: Sequence[Reading]) -> Iterator[Gap]:
    """Yield each stretch in which a place was too warm or too cold: from the first such reading to the next good one.

    Args:
        span: the stretch and its limits.
        readings: moment and value, the earliest first, all within the span.
    """
    first: datetime | None = None
    worst, last = Decimal(0), span.start
    for at, value in readings:
        if _outside(value, span.low, span.high):
            worst = value if first is None else _worse(span, worst, value)
            first = first or at
        elif first is not None:
            yield _warm(span, first, at, worst)
            first = None
        last = at
    if first is not None:
        yield _warm(span, first, last, worst)


def _worse(span: Span, one: Decimal, other: Decimal) -> Decimal:
    def off(value: Decimal) -> Decimal:
        over = value - span.high if span.high is not None else Decimal(0)
        under = span.low - value if span.low is not None else Decimal(0)
        return max(over, under)

    return max(one, other, key=off)


def _warm(span: Span, start: datetime, end: datetime, worst: Decimal) -> Gap:
    values = {"place": span.place, "worst": worst, "low": _side(span.low), "high": _side(span.high)}
    return Gap(GapKind.TEMPERATURE, start, end, Problem("gap.temperature", "", values))


def _side(limit: Decimal | None) -> str:
    return "–" if limit is None else str(limit)


def silences(span: Span, readings: Sequence[Reading]) -> Iterator[Gap]:
    """Yield each stretch in which a place that has a logger was not read for twice its interval."""
    if span.every is None:
        return
    moments = [span.start, *(at for at, _ in readings), span.end]
    for before, after in pairwise(moments):
        if after - before > 2 * span.every:
            reason = Problem("gap.temperature_unread", "", {"place": span.place})
            yield Gap(GapKind.TEMPERATURE_UNREAD, before, after, reason)


def felt(at: datetime, value: Decimal | None, limits: Limits, storage: str) -> Gap | None:
    """Return a gap where the temperature taken at one moment is outside what the sample's storage asks for."""
    low, high = limits
    if value is None or not _outside(value, low, high):
        return None
    values = {"place": storage, "worst": value, "low": _side(low), "high": _side(high)}
    return Gap(GapKind.TEMPERATURE, at, at, Problem("gap.temperature", "", values))


def degrees(text: str) -> Decimal | None:
    """Return what a text such as `5 ℃` or `-18.5°C` says, or None where it cannot be told."""
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,3}(?:\.[0-9]{1,3})?)\s*(?:℃|°\s?C|C)?\s*", text.replace("−", "-"))
    return Decimal(found[1]) if found else None
