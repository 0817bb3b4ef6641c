"""The quota: what each township owes and has, and the samples behind every number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from lims import clock
from lims.door import question
from lims.queries.samples import Row, row
from lims.queries.sites import answered_for, once
from lims.records.places import Population, Township
from lims.records.samples import Sample
from lims.records.settings import Setting
from lims.records.tally import SampleTally
from lims.rules import quota as arithmetic
from lims.rules.quota import Line
from lims.storage.unit import View

UNCOUNTED = ("rejected", "void")
"""States whose samples count for nothing."""

BOTH = frozenset({"laboratory", "rapid"})


@dataclass(frozen=True, slots=True)
class Town:
    """One township's line, with its name, the source of its population, and who is without one."""

    code: str
    name: str
    source: str
    line: Line


@dataclass(frozen=True, slots=True)
class Quota:
    """A year's quota: per thousand people, which kinds count, the townships, and the county's sum.

    The sum has no target while any counted township has no population: `without_basis` names them.
    """

    year: int
    today: date
    per_thousand: Decimal
    counts: tuple[str, ...]
    towns: tuple[Town, ...]
    total: Line
    without_basis: tuple[str, ...]


def counted_kinds(view: View) -> frozenset[str]:
    """Return which kinds of samples count by the laboratory's setting; both until it decides."""
    found = view.find(Setting, "quota.counts")
    return frozenset(found.value.split()) if found else BOTH


def done(view: View, year: int) -> Counter[tuple[str, str]]:
    """Return the valid samples of a year by township and kind, from the counts kept beside them."""
    query = (
        select(SampleTally.township, SampleTally.kind, func.sum(SampleTally.samples))
        .where(
            SampleTally.site.in_(answered_for(view)),
            SampleTally.month >= f"{year}-01",
            SampleTally.month <= f"{year}-12",
        )
        .group_by(SampleTally.township, SampleTally.kind)
    )
    return Counter({(town, kind): int(count) for town, kind, count in view.columns(query)})


@question()
def quota(view: View, year: int) -> Quota:
    """Return the quota of a year as it stands today."""
    today = clock.local(view.now).date()
    share, counts, made = arithmetic.elapsed(year, today), counted_kinds(view), done(view, year)
    people = {
        one.township: one
        for one in view.all(select(Population).where(Population.site == view.site, Population.year == year))
    }
    query = select(Township).where(Township.site == view.site, Township.counted).order_by(Township.code)
    towns = [_town(place, people.get(place.code), made, counts, share) for place in view.all(query)]
    without = tuple(town.code for town in towns if not town.line.basis)
    return Quota(
        year,
        today,
        arithmetic.PER_THOUSAND,
        tuple(sorted(counts)),
        tuple(towns),
        _total(towns, counts, share, complete=not without),
        without,
    )


def _town(
    place: Township,
    people: Population | None,
    done: Counter[tuple[str, str]],
    counts: frozenset[str],
    share: Decimal,
) -> Town:
    found = arithmetic.line(
        people.people if people else None,
        done[place.code, "laboratory"],
        done[place.code, "rapid"],
        counts=counts,
        share=share,
    )
    return Town(place.code, place.name, people.source if people else "", found)


def _total(towns: Sequence[Town], counts: frozenset[str], share: Decimal, *, complete: bool) -> Line:
    people = sum(town.line.people or 0 for town in towns) if complete else None
    return arithmetic.line(
        people,
        sum(town.line.laboratory for town in towns),
        sum(town.line.rapid for town in towns),
        counts=counts,
        share=share,
    )


@question()
def behind(view: View, year: int, *, township: str = "", kind: str = "") -> list[Row]:
    """Return the samples behind a number of the quota, the newest first."""
    query = select(Sample).where(
        once(view),
        Sample.drawn_on >= date(year, 1, 1),
        Sample.drawn_on <= date(year, 12, 31),
        Sample.state.not_in(UNCOUNTED),
    )
    if township:
        query = query.where(Sample.township == township)
    if kind:
        query = query.where(Sample.kind == kind)
    return [row(sample) for sample in view.all(query.order_by(Sample.id.desc()))]
