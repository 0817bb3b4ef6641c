"""How a year's count went month by month, and the fan of what it will come to at the pace so far."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from lims import clock
from lims.door import question
from lims.queries import figures
from lims.queries.sites import answered_for
from lims.records.tally import SampleTally
from lims.rules import counting, quota
from lims.rules.counting import Forecast
from lims.storage.unit import View

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Course:
    """A year of one township or of the county.

    Attributes:
        year: of the samples.
        target: of the year, or None without a basis.
        done: what was counted by the end of each month, in months since the year began; the last is today.
        fan: what it will come to by the end of each month still to come; empty when the year is over.
    """

    year: int
    target: int | None
    done: tuple[tuple[float, int], ...]
    fan: tuple[tuple[float, Forecast], ...]


@question()
def course(view: View, year: int, *, township: str = "") -> Course:
    """Return the course of a year: of one township, or of all that the quota counts."""
    found = figures.quota(view, year)
    lines = {one.code: one.line for one in found.towns}
    sums = found.total if not township else lines.get(township)
    by_month = _by_month(view, year, {township} if township else set(lines), frozenset(found.counts))
    day = clock.local(view.now).date()
    share, last = quota.elapsed(year, day), _begun(year, day)
    today = float(share * MONTHS)
    done, count = [(0.0, 0)], 0
    for month in range(1, last + 1):
        count += by_month[month]
        done.append((today if month == last else min(float(month), today), count))
    ends = (
        [Decimal(month) / MONTHS for month in range(max(last, 1), MONTHS + 1) if month > today]
        if share
        else []
    )
    fan = [
        (float(end * MONTHS), forecast)
        for end in ends
        if (forecast := counting.forecast(count, share, until=end))
    ]
    return Course(year, sums.target if sums else None, tuple(done), tuple(fan))


def _begun(year: int, day: date) -> int:
    """Return how many months of a year have begun on a day; months are not of one length, a share of them is."""
    return min(MONTHS, max(0, (day.year - year) * MONTHS + day.month))


def _by_month(view: View, year: int, towns: set[str], kinds: frozenset[str]) -> Counter[int]:
    query = (
        select(SampleTally.month, func.sum(SampleTally.samples))
        .where(
            SampleTally.site.in_(answered_for(view)),
            SampleTally.month >= f"{year}-01",
            SampleTally.month <= f"{year}-12",
            SampleTally.township.in_(towns),
            SampleTally.kind.in_(kinds),
        )
        .group_by(SampleTally.month)
    )
    return Counter({int(str(month)[5:7]): int(count) for month, count in view.columns(query)})
