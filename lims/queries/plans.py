"""What a year's plan asks for: its head, what a day still owes, complete coverage, standard equipment."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import ledger, places
from lims.queries.figures import UNCOUNTED
from lims.queries.sites import once
from lims.records.plans import HighRisk, PlanCell, RequiredEquipment, YearPlan
from lims.records.samples import Sample
from lims.rules import quota
from lims.rules.counting import Counts
from lims.storage.unit import View

RECENT_DAYS = 60
"""Days in which the same food of the same business is a duplicate that warns."""


@dataclass(frozen=True, slots=True)
class Head:
    """A year's plan: made for how many people of which year, how many samples, and how that sum comes about.

    `county` is what the county owes as one, rounded up once; `samples` is the sum of what its units owe, each
    rounded up, and what was set by hand.
    """

    year: int
    per_thousand: Decimal
    base_year: int
    people: int
    source: str
    county: int
    samples: int
    version: int


@question()
def head(view: View, year: int) -> Head | None:
    """Return a year's plan, or None while it has none."""
    row = view.find(YearPlan, year)
    if row is None:
        return None
    cells = view.all(select(PlanCell.samples).where(PlanCell.site == view.site, PlanCell.year == year))
    owed = quota.target(row.people, row.per_thousand)
    return Head(year, row.per_thousand, row.base_year, row.people, row.source, owed, sum(cells), row.version)


@dataclass(frozen=True, slots=True)
class Task:
    """What one place still owes by the end of a day's month, by group and stage."""

    unit: str
    name: str
    product_group: str
    stage: str
    department: str
    owed: int


@question()
def tasks(view: View, day: date, *, station: str = "") -> list[Task]:
    """Return what is owed by the end of the month of a day, place after place in the order of their codes.

    Args:
        view: the snapshot.
        day: of the work.
        station: only cells of this station; empty for all.
    """
    done: Counter[tuple[str, str, str]] = Counter()
    for one in ledger.entries(view, day.year):
        if one.why is Counts.YES and int(one.month) <= day.month:
            done[one.township, one.group, one.stage] += 1
    query = select(PlanCell).where(
        PlanCell.site == view.site, PlanCell.year == day.year, PlanCell.month <= day.month
    )
    if station:
        query = query.where(PlanCell.station == station)
    asked: Counter[tuple[str, str, str]] = Counter()
    departments: dict[tuple[str, str, str], str] = {}
    for cell in view.all(query):
        key = (cell.unit, cell.product_group, cell.stage)
        asked[key] += cell.samples
        departments[key] = cell.department
    names = places.names(view)
    return [
        Task(key[0], names.get(key[0], key[0]), key[1], key[2], departments[key], count - done[key])
        for key, count in sorted(asked.items())
        if count > done[key]
    ]


@question()
def duplicates(view: View, business: str, food: str, *, days: int = RECENT_DAYS) -> list[str]:
    """Return numbers of the valid samples of the same food at the same business in the last days, the newest first."""
    since = clock.local(view.now).date() - timedelta(days=days)
    query = select(Sample.id).where(
        Sample.site == view.site,
        Sample.business_name == business,
        Sample.food == food,
        Sample.drawn_on > since,
        Sample.state.not_in(UNCOUNTED),
    )
    return list(view.all(query.order_by(Sample.id.desc())))


@dataclass(frozen=True, slots=True)
class Coverage:
    """A high-risk variety in one stage: how many samples are wanted and there, and where that is written."""

    food: str
    stage: str
    at_least: int
    done: int
    source: str

    @property
    def covered(self) -> bool:
        """Whether enough samples are there."""
        return self.done >= self.at_least


@question()
def coverage(view: View, year: int) -> list[Coverage]:
    """Return the complete coverage of a year, variety by variety and stage by stage; empty without a list."""
    counted = {one.number for one in ledger.entries(view, year) if one.why is Counts.YES}
    query = select(Sample.id, Sample.food, Sample.stage).where(
        once(view),
        Sample.drawn_on >= date(year, 1, 1),
        Sample.drawn_on <= date(year, 12, 31),
    )
    done = Counter((food, stage) for number, food, stage in view.rows(query) if number in counted)
    rows = view.all(
        select(HighRisk).where(HighRisk.site == view.site, HighRisk.year == year).order_by(HighRisk.food)
    )
    return [
        Coverage(one.food, stage, one.at_least, done[one.food, stage], one.source)
        for one in rows
        for stage in one.stages.split()
    ]


@dataclass(frozen=True, slots=True)
class Standard:
    """How far a body has what its list requires; more than required counts as required."""

    unit: str
    required: int
    met: int
    lacking: tuple[str, ...]

    @property
    def rate(self) -> Decimal:
        """The standardisation rate, from 0 to 1."""
        return Decimal(self.met) / Decimal(self.required)


@question()
def standard(view: View) -> list[Standard]:
    """Return the standardisation rate of each body of the entered list; empty without a list."""
    query = select(RequiredEquipment).where(RequiredEquipment.site == view.site)
    found: dict[str, list[RequiredEquipment]] = {}
    for row in view.all(query.order_by(RequiredEquipment.unit, RequiredEquipment.item)):
        found.setdefault(row.unit, []).append(row)
    return [
        Standard(
            body,
            sum(row.required for row in rows),
            sum(min(row.present, row.required) for row in rows),
            tuple(row.item for row in rows if row.present < row.required),
        )
        for body, rows in found.items()
    ]
