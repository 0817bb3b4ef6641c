"""Positive cases and their clocks: what runs, how long it still has, what was told, what the repeats say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from lims import clock
from lims.door import question
from lims.errors import NotFound
from lims.queries import editions
from lims.queries.people import names
from lims.queries.sites import answered_for, telling
from lims.records.cases import CalendarDay, Case, CaseFact
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.rules import cases, clocks, workdays
from lims.rules.cases import Repeat, Repeated
from lims.rules.clocks import Clock, Deadline, Standing, Told
from lims.rules.workdays import Calendar, Day
from lims.storage.unit import View

CLOCKS = "clocks"
"""Name of the edition that holds the clocks."""
WORKDAYS = "workdays"
"""Name of the edition that holds the holiday arrangements."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a case, with the names behind what is kept apart."""

    kind: str
    at: datetime
    detail: Mapping[str, str]
    by: str
    entered_at: datetime


@dataclass(frozen=True)
class Standings:
    """A case with its clocks as they stand now."""

    row: Case
    deadlines: tuple[Deadline, ...]

    @property
    def next_due(self) -> Deadline | None:
        """The running clock that runs out first, else a lapsed one."""
        for wanted in (Standing.RUNNING, Standing.LAPSED, Standing.UNKNOWN):
            for one in self.deadlines:
                if one.standing is wanted:
                    return one
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list; the first positive stands in it for good."""

    id: str
    number: str
    food: str
    business: str
    item: str
    word: str
    value: str
    state: str
    outcome: str
    regime: str
    farm: bool
    opened_at: datetime
    version: int
    clock: Deadline | None


@dataclass(frozen=True, slots=True)
class Whole:
    """A case with everything told of it, its clocks, its repeats, and what may be told now, what moves it first."""

    line: Line
    facts: tuple[Fact, ...]
    deadlines: tuple[Deadline, ...]
    repeats: Repeated
    may: tuple[str, ...]


def calendar(view: View) -> Calendar:
    """Return the working-day calendar: the shipped arrangements, each day replaced by what was entered."""
    return workdays.calendar(clock.ZONE, every_day(view))


def every_day(view: View) -> list[Day]:
    """Return the arrangements in force, the edition published last or the shipped ones, then each day entered alone."""
    own = view.all(select(CalendarDay).where(CalendarDay.site == view.site))
    entered = {one.day: Day(one.day, one.works, one.name, one.source, verified=True) for one in own}
    text = editions.text(view, WORKDAYS) or workdays.shipped()
    return [*(day for day in workdays.read(text) if day.day not in entered), *entered.values()]


def rules(view: View) -> tuple[Clock, ...]:
    """Return the clocks in force: the edition published last, else the shipped ones; confirmed ones are verified."""
    found = clocks.read(editions.text(view, CLOCKS) or clocks.shipped(), frozenset(cases.kinds()))
    confirmed = editions.confirmations(view)
    return tuple(replace(one, verified=one.verified or one.mark in confirmed) for one in found)


def _facts(view: View, case: str) -> Sequence[CaseFact]:
    query = select(CaseFact).where(CaseFact.site.in_(answered_for(view)), CaseFact.positive_case == case)
    return sorted(view.all(query.order_by(CaseFact.at, CaseFact.id)), key=_by_minute)


def _by_minute(one: CaseFact) -> tuple[datetime, str]:
    """Order by minute and within one as they were told: a notice has no seconds, what the program opens has."""
    return one.at.replace(second=0, microsecond=0), one.id


def told(view: View, case: str) -> list[tuple[str, Mapping[str, str]]]:
    """Return kind and detail of every fact of a case, the earliest first."""
    return [(one.kind, one.detail) for one in _facts(view, case)]


def of_case(view: View, row: Case) -> Standings:
    """Return a case with its clocks."""
    return _standing(view, row, rules(view), calendar(view))


def _standing(view: View, row: Case, known: Sequence[Clock], days: Calendar) -> Standings:
    facts = [Told(one.kind, one.at) for one in _facts(view, row.id)]
    found = clocks.deadlines(known, facts, days, view.now, regime=row.regime, farm=row.farm)
    return Standings(row, tuple(found))


def open_case(view: View, sample: str, item: str) -> Case | None:
    """Return the case of a sample and item that is not closed, or None."""
    query = select(Case).where(
        Case.site == view.site, Case.sample == sample, Case.item == item, Case.state != cases.CLOSED
    )
    return next(iter(view.all(query)), None)


def open_items(view: View, sample: str) -> list[str]:
    """Return the items of a sample whose case is not closed, at the site too that handed it over here."""
    query = select(Case.item).where(
        Case.site.in_(telling(view, sample)), Case.sample == sample, Case.state != cases.CLOSED
    )
    return sorted(set(view.all(query)))


def open_cases(view: View) -> list[Standings]:
    """Return every case that is not closed, with its clocks."""
    known, days = rules(view), calendar(view)
    query = select(Case).where(Case.site == view.site, Case.state != cases.CLOSED).order_by(Case.opened_at)
    return [_standing(view, row, known, days) for row in view.all(query)]


def repeats(view: View, row: Case) -> Repeated:
    """Weigh the verdicts that followed the first one of a case."""
    first = view.find(Verdict, row.verdict)
    query = select(Verdict).where(
        Verdict.site == view.site,
        Verdict.sample == row.sample,
        Verdict.item == row.item,
        Verdict.id != row.verdict,
        Verdict.at >= row.opened_at,
        Verdict.state != "rejected",
    )
    later = [Repeat(one.word, one.tester, one.method) for one in view.all(query)]
    return cases.repeated(row.format, first.tester if first else "", row.method, later)


def _line(view: View, found: Standings) -> Line:
    row = found.row
    sample, verdict = view.find(Sample, row.sample), view.find(Verdict, row.verdict)
    value = (
        "" if verdict is None or verdict.value is None else f"{verdict.value} {verdict.unit or ''}".strip()
    )
    return Line(
        row.id, row.sample, sample.food if sample else "", sample.business_name if sample else "", row.item,
        verdict.word if verdict else "", value, row.state, row.outcome, row.regime, row.farm, row.opened_at,
        row.version, found.next_due,
    )  # fmt: skip


def _urgency(one: Line) -> tuple[int, datetime]:
    """Order by what runs out first, then what ran out first, then what no clock runs for."""
    due, rank = (one.clock.due, _RANKS.get(one.clock.standing)) if one.clock else (None, None)
    return (len(_RANKS), one.opened_at) if due is None or rank is None else (rank, due)


_RANKS = {Standing.RUNNING: 0, Standing.LAPSED: 1}


@question()
def listed(view: View, *, closed: bool = False) -> list[Line]:
    """Return the open cases, the clock that runs out first at the top; with `closed` the closed ones, newest first."""
    if not closed:
        return sorted((_line(view, one) for one in open_cases(view)), key=_urgency)
    query = select(Case).where(Case.site == view.site, Case.state == cases.CLOSED).order_by(Case.id.desc())
    return [_line(view, Standings(row, ())) for row in view.all(query.limit(500))]


def of_samples(view: View, *which: ColumnElement[bool]) -> list[Line]:
    """Return every case of some samples that this site answers for, open ones first, in the order of `listed`."""
    known, days = rules(view), calendar(view)
    query = (
        select(Case)
        .join(Sample, (Sample.site == Case.site) & (Sample.id == Case.sample))
        .where(Case.site.in_(answered_for(view)), *which)
    )
    rows = view.all(query.order_by(Case.id.desc()))
    running = [_standing(view, row, known, days) for row in rows if row.state != cases.CLOSED]
    over = [Standings(row, ()) for row in rows if row.state == cases.CLOSED]
    opened = sorted((_line(view.at(one.row.site), one) for one in running), key=_urgency)
    return [*opened, *(_line(view.at(one.row.site), one) for one in over)]


@question()
def case(view: View, id_: str) -> Whole:
    """Return everything of one case.

    Raises:
        NotFound: no such case.
    """
    row = view.find(Case, id_)
    if row is None:
        raise NotFound("case.unknown", id=id_)
    called, found = names(view), of_case(view, row)
    facts = tuple(_said(view, one, called(one.by)) for one in _facts(view, id_))
    roles = view.actor.roles
    fitting = [
        kind for kind in cases.kinds().values() if kind.fits(row.state) and not kind.by.isdisjoint(roles)
    ]
    may = tuple(kind.code for kind in sorted(fitting, key=lambda one: not (one.to or one.branch)))
    return Whole(_line(view, found), facts, found.deadlines, repeats(view, row), may)


def _said(view: View, one: CaseFact, by: str) -> Fact:
    kind = cases.kinds()[one.kind]
    personal = {field.name for field in kind.fields if field.kind == "personal"}
    detail = {name: view.personal(text) if name in personal else text for name, text in one.detail.items()}
    return Fact(one.kind, one.at, detail, by, one.entered_at)


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline of a case as a list of deadlines shows it; `left` is negative when it ran out."""

    case: str
    number: str
    food: str
    state: str
    deadline: Deadline
    left: timedelta | None


@question()
def deadlines(view: View) -> list[Running]:
    """Return every clock of the open cases that was not met yet, the one that runs out first at the top."""
    found = []
    for one in open_cases(view):
        sample = view.find(Sample, one.row.sample)
        for deadline in one.deadlines:
            if deadline.met_at is None:
                left = deadline.due - view.now if deadline.due else None
                food = sample.food if sample else ""
                found.append(Running(one.row.id, one.row.sample, food, one.row.state, deadline, left))
    return sorted(found, key=lambda one: (one.left is None, one.left or timedelta()))
