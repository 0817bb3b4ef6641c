"""How a year's count went month by month, and the fan of what it will come to at the pace so far."""

from collections import Counter
from dataclasses import dataclass
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
    target = lines[township].target if township in lines else None if township else found.total.target
    share = quota.elapsed(year, clock.local(view.now).date())
    by_month = _by_month(view, year, {township} if township else set(lines), frozenset(found.counts))
    today = float(share * MONTHS)
    done, count = [(0.0, 0)], 0
    for month in range(1, MONTHS + 1):
        if month - 1 < today:
            count += by_month[month]
            done.append((min(float(month), today), count))
    ends = [Decimal(month) / MONTHS for month in range(1, MONTHS + 1) if month > today] if share else []
    fan = [
        (float(end * MONTHS), forecast)
        for end in ends
        if (forecast := counting.forecast(count, share, until=end))
    ]
    return Course(year, target, tuple(done), tuple(fan))


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
