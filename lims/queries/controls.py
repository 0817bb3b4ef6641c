"""Controls over time: every reading of a control with its distance from the target and the rules it breaks."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import methods
from lims.queries.people import names
from lims.records.quality import Calibration, Climate, ControlTarget, QualityCheck, Training
from lims.records.readings import Reading
from lims.records.results import Result
from lims.records.runs import Run
from lims.rules import regulation, westgard
from lims.rules.methods import Method
from lims.rules.verdict import Facts, judge
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a control; `score` is its distance from the target in deviations, None without a target."""

    run: str
    at: datetime
    value: Decimal
    lot: str
    operator: str
    validity: str
    score: Decimal | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A Levey-Jennings chart.

    Attributes:
        method: its id.
        instrument: its id.
        role: `blank` or `control`.
        unit: of the values.
        points: the earliest first.
        mean: of the target, None while there is none.
        sd: of the target.
        source: where the target comes from.
        provisional: the target was worked out here from the first points, nobody set it.
        low: least value of the method's own limits, None without one.
        high: greatest value of them.
    """

    method: str
    instrument: str
    role: str
    unit: str
    points: tuple[Point, ...]
    mean: Decimal | None
    sd: Decimal | None
    source: str
    provisional: bool
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Read:
    """One reading of a control as it is on record."""

    run: str
    at: datetime
    value: Decimal
    lot: str
    operator: str
    validity: str


def control_value(method: Method, reading: Reading) -> Decimal | None:
    """Return the figure by which a method judges a reading, None where it holds none."""
    facts = Facts(reading.value, reading.unit, reading.call, frozenset(reading.flags.split()), reading.extra)
    return judge(method, facts).value


def readings(view: View, method: Method, instrument: str, role: str, lot: str = "") -> list[Read]:
    """Return every reading of a control in closed runs, the earliest first; without a lot of every lot."""
    query = (
        select(Reading, Run)
        .join(Result, (Result.site == Reading.site) & (Result.reading == Reading.id))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .where(
            Reading.site == view.site,
            Run.instrument == instrument,
            Run.method == method.id,
            Result.role == role,
            Run.state == "closed",
        )
        .order_by(Run.closed_at, Result.id)
    )
    found = []
    for reading, run in view.rows(query.where(Run.lot == lot) if lot else query):
        value = control_value(method, reading)
        if value is not None:
            found.append(Read(run.id, reading.received_at, value, run.lot, run.operator, run.validity))
    return found


def target_of(view: View, method: str, instrument: str, role: str, lot: str) -> ControlTarget | None:
    """Return the newest target of a control: one for its lot before one for every lot."""
    query = (
        select(ControlTarget)
        .where(
            ControlTarget.site == view.site,
            ControlTarget.method == method,
            ControlTarget.instrument == instrument,
            ControlTarget.role == role,
            ControlTarget.lot.in_(["", lot]),
        )
        .order_by(ControlTarget.lot.desc(), ControlTarget.id.desc())
    )
    found = view.all(query)
    return found[0] if found else None


def provisional(values: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Return mean and deviation of the first points, None while they are too few or all alike."""
    count = int(regulation.table("quality")["westgard"]["points"])
    if len(values) < count:
        return None
    sd = statistics.stdev(values[:count])
    return (
        (statistics.mean(values[:count]).quantize(Decimal("0.001")), sd.quantize(Decimal("0.001")))
        if sd
        else None
    )


@question()
def chart(view: View, method: str, instrument: str, role: str, *, lot: str = "", most: int = 200) -> Chart:
    """Return the chart of a control: its latest points against the target that is set, or a provisional one.

    Raises:
        NotFound: no such method.
    """
    rule = methods.current(view, method)
    found = readings(view, rule, instrument, role, lot)
    own = target_of(view, method, instrument, role, lot)
    guessed = None if own else provisional([one.value for one in found])
    mean, sd = (own.mean, own.sd) if own else guessed or (None, None)
    called = names(view)
    scores = [westgard.score(one.value, mean, sd) for one in found] if mean is not None and sd else []
    points = tuple(
        Point(
            one.run,
            one.at,
            one.value,
            one.lot,
            called(one.operator),
            one.validity,
            scores[at] if scores else None,
            westgard.broken(scores[max(0, at - 9) : at + 1]) if scores else (),
        )
        for at, one in enumerate(found)
    )
    blank = role == "blank"
    return Chart(
        method,
        instrument,
        role,
        rule.unit,
        points[-most:],
        mean,
        sd,
        own.source if own else "",
        guessed is not None,
        rule.blank_low if blank else None,
        rule.blank_high if blank else None,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """One control that was ever read: what a chart can be drawn of."""

    method: str
    instrument: str
    role: str
    count: int


@question()
def series(view: View) -> list[Series]:
    """Return every control that was read, by instrument and method."""
    query = (
        select(Run.method, Run.instrument, Result.role, Result.id)
        .join(Result, (Result.site == Run.site) & (Result.run == Run.id))
        .where(Run.site == view.site, Result.role != "sample")
    )
    counted: dict[tuple[str, str, str], int] = {}
    for method, instrument, role, _ in view.rows(query):
        counted[method, instrument, role] = counted.get((method, instrument, role), 0) + 1
    return [Series(*key, count) for key, count in sorted(counted.items())]


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check beside routine as people see it."""

    id: str
    kind: str
    method: str
    instrument: str
    lot: str
    sample: str
    operator: str
    expected: str
    found: str
    figure: Decimal | None
    passed: bool
    why: str
    at: datetime


@question()
def checks(view: View, *, most: int = 500) -> list[CheckView]:
    """Return the latest checks beside routine, the newest first."""
    called = names(view)
    query = (
        select(QualityCheck)
        .where(QualityCheck.site == view.site)
        .order_by(QualityCheck.id.desc())
        .limit(most)
    )
    return [
        CheckView(
            row.id,
            row.kind,
            row.method,
            row.instrument,
            row.lot,
            row.sample or "",
            called(row.operator),
            str(row.expected.get("value", "")),
            str(row.found.get("value", "")),
            row.figure,
            row.passed,
            row.why,
            row.at,
        )
        for row in view.all(query)
    ]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a check agreed, for one value of a dimension such as a lot, a method or a person."""

    of: str
    passed: int
    count: int

    @property
    def rate(self) -> Decimal:
        """The share that agreed, between 0 and 1."""
        return (Decimal(self.passed) / self.count).quantize(Decimal("0.001"))


@question()
def agreement(view: View, by: str, *, kind: str = "comparison") -> list[Agreement]:
    """Return the rate of agreement of a kind of check by `method`, `lot` or `operator`, the worst first."""
    found: dict[str, list[bool]] = {}
    for one in checks(view, most=100_000):
        if one.kind == kind:
            found.setdefault(str(getattr(one, by)), []).append(one.passed)
    rows = [Agreement(of, sum(each), len(each)) for of, each in found.items()]
    return sorted(rows, key=lambda row: (row.rate, row.of))


# What stands behind an instrument and a person ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """One calibration or check as people see it; `days` until it is due, below zero when it is over."""

    id: str
    instrument: str
    kind: str
    done_on: str
    due_on: str
    days: int
    passed: bool
    body: str
    certificate: str


@question()
def calibrations(view: View) -> list[CalibrationView]:
    """Return the newest calibration of each kind of every instrument, the one due first at the head."""
    today = clock.local(view.now).date()
    query = (
        select(Calibration).where(Calibration.site == view.site).order_by(Calibration.done_on, Calibration.id)
    )
    newest = {(row.instrument, row.kind): row for row in view.all(query)}
    return [
        CalibrationView(
            row.id,
            row.instrument,
            row.kind,
            row.done_on.isoformat(),
            row.due_on.isoformat(),
            (row.due_on - today).days,
            row.passed,
            row.body,
            row.certificate,
        )
        for row in sorted(newest.values(), key=lambda row: (row.due_on, row.instrument))
    ]


@dataclass(frozen=True, slots=True)
class TrainingView:
    """One step of a person's competence as people see it."""

    id: str
    account: str
    person: str
    method: str
    kind: str
    passed: bool
    score: str
    done_on: str
    expires_on: str
    days: int
    trainer: str


@question()
def trainings(view: View) -> list[TrainingView]:
    """Return the newest record of each person, method and kind, the one that ends first at the head."""
    today, called = clock.local(view.now).date(), names(view)
    query = select(Training).where(Training.site == view.site).order_by(Training.done_on, Training.id)
    newest = {(row.account, row.method, row.kind): row for row in view.all(query)}
    return [
        TrainingView(
            row.id,
            row.account,
            called(row.account),
            row.method,
            row.kind,
            row.passed,
            row.score,
            row.done_on.isoformat(),
            row.expires_on.isoformat(),
            (row.expires_on - today).days,
            row.trainer,
        )
        for row in sorted(
            newest.values(), key=lambda row: (row.expires_on, row.account, row.method, row.kind)
        )
    ]


@question()
def climate_now(view: View) -> tuple[str, Decimal, Decimal | None, datetime] | None:
    """Return the newest reading of a room: its name, degrees Celsius, percent humidity, when; None without one."""
    query = select(Climate).where(Climate.site == view.site).order_by(Climate.at.desc()).limit(1)
    found = view.all(query)
    return (found[0].room, found[0].temperature, found[0].humidity, found[0].at) if found else None
