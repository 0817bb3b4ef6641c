"""Is a run ready: everything that the rules ask for, read from the records of the laboratory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.errors import Problem
from lims.queries import limits as known_limits
from lims.queries import methods
from lims.queries.people import names
from lims.queries.supplies import stocked
from lims.records.equipment import Identity
from lims.records.quality import Calibration, Climate, Nonconformity, Override, Training
from lims.records.runs import Position, Run
from lims.records.samples import Sample
from lims.records.supplies import Kit, Lot
from lims.rules import foods, limits, readiness
from lims.rules.limits import Limit
from lims.rules.methods import Method
from lims.rules.readiness import Calibrated, Case, Competence, Felt, Finding, Wanted
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Planned:
    """A run before it starts, or one that is about to be closed.

    Attributes:
        instrument: its id.
        method: its id.
        lot: the number that was entered.
        operator: account of who tests.
        samples: numbers of the samples bound.
        roles: of every position bound.
    """

    instrument: str
    method: str
    lot: str
    operator: str
    samples: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found before a run.

    Attributes:
        blockers: why it may not start; empty when it may.
        warnings: what to heed.
        lot: id of the lot's row, None where it is unknown.
        calibration: id of the calibration that stands behind it.
        authorisation: id of the person's authorisation.
        override: id of a granted override that covers every blocker.
    """

    blockers: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    lot: str | None
    calibration: str | None
    authorisation: str | None
    override: str | None

    @property
    def ready(self) -> bool:
        """Whether the run may start."""
        return not self.blockers or self.override is not None


@question()
def check(view: View, planned: Planned) -> Readiness:
    """Return whether a run may start now, and if not, why; a run of controls alone is never blocked.

    Raises:
        NotFound: no such method.
    """
    method = methods.current(view, planned.method)
    today = clock.local(view.now).date()
    calibrated, competent = calibrations(view, planned.instrument), trainings(view, planned)
    lot, kit, others = lot_of(view, planned.method, planned.lot)
    found = [
        *readiness.calibration(planned.instrument, calibrated, today),
        *readiness.operator(names(view)(planned.operator), planned.method, competent, today),
        *readiness.lot(Wanted(planned.lot, need(kit, len(planned.roles))), lot, others, view.now, today),
        *readiness.environment(_felt(view), view.now),
        *readiness.control(method, planned.roles, earlier_today=control_today(view, planned)),
        *(readiness.nonconformity(row.id, row.detail) for row in _against(view, planned)),
    ]
    for case in cases(view, planned, kit):
        found += readiness.suitability(method, case)
    blockers = tuple(one for one in found if one.blocks) if planned.samples else ()
    return Readiness(
        blockers,
        tuple(one for one in found if one not in blockers),
        lot.id if lot else None,
        calibrated["calibration"].id if "calibration" in calibrated else None,
        competent["authorisation"].id if "authorisation" in competent else None,
        _override(view, planned, blockers, today),
    )


COUNTED = frozenset({"test", "strip"})
"""Units of kits of which each position of a run uses up one."""


def need(kit: Kit | None, positions: int) -> Decimal:
    """Return how much of a kit a run of so many positions uses; 0 where that is not counted by the run."""
    return Decimal(positions) if kit is not None and kit.unit in COUNTED else Decimal(0)


def of_run(view: View, run: Run) -> Planned:
    """Return a run that has started as it would be planned."""
    rows = view.all(select(Position).where(Position.site == view.site, Position.run == run.id))
    samples = tuple(row.sample for row in rows if row.sample is not None)
    return Planned(
        run.instrument, run.method, run.lot, run.operator, samples, tuple(row.role for row in rows)
    )


def calibrations(view: View, instrument: str) -> dict[str, Calibrated]:
    """Return the newest calibration or check of each kind of the device that stands behind an instrument."""
    bound = view.find(Identity, instrument)
    since = () if bound is None else (Calibration.at >= bound.since,)
    query = (
        select(Calibration)
        .where(Calibration.site == view.site, Calibration.instrument == instrument, *since)
        .order_by(Calibration.done_on, Calibration.id)
    )
    return {row.kind: Calibrated(row.id, row.kind, row.due_on, row.passed) for row in view.all(query)}


def trainings(view: View, planned: Planned) -> dict[str, Competence]:
    """Return the newest record of each kind of a person's competence for a method."""
    query = (
        select(Training)
        .where(
            Training.site == view.site,
            Training.account == planned.operator,
            Training.method == planned.method,
        )
        .order_by(Training.done_on, Training.id)
    )
    return {row.kind: Competence(row.id, row.kind, row.expires_on, row.passed) for row in view.all(query)}


def lot_of(
    view: View, method: str, number: str
) -> tuple[readiness.Stocked | None, Kit | None, list[readiness.Stocked]]:
    """Return the lot of a number whose kit serves a method, its kit, and the kit's other lots."""
    query = (
        select(Lot, Kit)
        .join(Kit, (Kit.site == Lot.site) & (Kit.id == Lot.kit))
        .where(Lot.site == view.site, Lot.number == number.strip())
        .order_by(Lot.id)
    )
    for _, kit in view.rows(query):
        if method in kit.methods.split():
            lots = view.all(select(Lot).where(Lot.site == view.site, Lot.kit == kit.id))
            facts = stocked(view, kit, lots)
            mine = next(one for one in facts if one.number == number.strip())
            return mine, kit, [one for one in facts if one.id != mine.id]
    return None, None, []


def _felt(view: View) -> Felt | None:
    query = select(Climate).where(Climate.site == view.site).order_by(Climate.at.desc()).limit(1)
    found = view.all(query)
    return Felt(found[0].at, found[0].temperature) if found else None


def control_today(view: View, planned: Planned) -> bool:
    """Tell whether the newest control of the same instrument, method and lot is of this day and valid."""
    found = last_controls(view, planned)
    today = clock.local(view.now).date()
    return bool(found) and found[0].validity == "valid" and _closed_on(found[0]) == today


def _closed_on(run: Run) -> date | None:
    return None if run.closed_at is None else clock.local(run.closed_at).date()


def last_controls(view: View, planned: Planned) -> Sequence[Run]:
    """Return the closed runs with a control on the same instrument, method and lot, the newest first."""
    bound = select(Position.run).where(Position.site == view.site, Position.role != "sample")
    query = (
        select(Run)
        .where(
            Run.site == view.site,
            Run.instrument == planned.instrument,
            Run.method == planned.method,
            Run.lot == planned.lot,
            Run.state == "closed",
            Run.id.in_(bound),
        )
        .order_by(Run.closed_at.desc(), Run.id.desc())
    )
    return view.all(query)


def _against(view: View, planned: Planned) -> Iterator[Nonconformity]:
    """Yield the open nonconforming work that touches a run."""
    query = select(Nonconformity).where(
        Nonconformity.site == view.site, Nonconformity.state != "closed", Nonconformity.blocks
    )
    for row in view.all(query.order_by(Nonconformity.id)):
        if touches(row, planned.instrument, planned.method, planned.lot):
            yield row


def touches(row: Nonconformity, instrument: str, method: str, lot: str) -> bool:
    """Tell whether nonconforming work concerns a run; what it leaves empty it leaves open."""
    pairs = ((row.instrument, instrument), (row.method, method), (row.lot, lot))
    return all(own in ("", other) for own, other in pairs)


# Foods and limits -----------------------------------------------------------------------------------------


def cases(view: View, planned: Planned, kit: Kit | None) -> list[Case]:
    """Return each sample with its food, the limit in force on its day, and what the kit finds."""
    method = methods.current(view, planned.method)
    rows = view.all(select(Sample).where(Sample.site == view.site, Sample.id.in_(planned.samples)))
    judging = Limits(view, method)
    return [
        Case(
            row.id,
            row.food,
            judging.food(row),
            judging.limit(row),
            kit.detection if kit else None,
            (kit.detection_unit or "") if kit else "",
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]


class Limits:
    """The limits of a method's analyte, read once for many samples."""

    def __init__(self, view: View, method: Method) -> None:
        self._names = known_limits.food_names(view)
        wanted = method.analyte and not method.class_screen
        self._known = known_limits.known(view, method.analyte).get(method.analyte, []) if wanted else []

    def food(self, sample: Sample) -> foods.Food | None:
        """Return what a sample is, None where its name is not known."""
        return foods.named(sample.food, self._names)

    def limit(self, sample: Sample) -> Limit | None:
        """Return the limit in force for a sample on the day it was produced or, without one, drawn."""
        food = self.food(sample)
        return limits.applying(self._known, food.code, day_of(sample)) if food else None


def day_of(sample: Sample) -> date:
    """Return the day whose edition judges a sample: of production where the form tells it, else of sampling."""
    if sample.form.get("date_kind") == "produced":
        try:
            return date.fromisoformat(str(sample.form["dated_on"]))
        except ValueError:
            return sample.drawn_on
    return sample.drawn_on


# Overrides ------------------------------------------------------------------------------------------------


def _override(view: View, planned: Planned, blockers: Sequence[Finding], today: date) -> str | None:
    """Return a granted override of this day that names every blocker, None without one."""
    if not blockers:
        return None
    query = select(Override).where(
        Override.site == view.site,
        Override.state == "granted",
        Override.instrument == planned.instrument,
        Override.method == planned.method,
        Override.lot == planned.lot,
    )
    needed = {one.key for one in blockers}
    for row in view.all(query.order_by(Override.id.desc())):
        if row.decided_at and clock.local(row.decided_at).date() == today and needed <= set(row.blockers):
            return row.id
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """An override that was asked for, as people see it."""

    id: str
    instrument: str
    method: str
    lot: str
    blockers: tuple[Problem, ...]
    asked_by: str
    asked_at: datetime
    state: str
    reason: str
    decided_by: str
    decided_at: datetime | None
    run: str


@question()
def overrides(view: View, *, waiting: bool = False) -> list[Asked]:
    """Return the overrides that were asked for, the newest first; with `waiting` those nobody decided."""
    query = select(Override).where(Override.site == view.site).order_by(Override.id.desc())
    called = names(view)
    return [
        Asked(
            row.id,
            row.instrument,
            row.method,
            row.lot,
            tuple(Problem(**said) for said in row.blockers.values()),
            called(row.asked_by),
            row.asked_at,
            row.state,
            row.reason,
            called(row.decided_by) if row.decided_by else "",
            row.decided_at,
            row.run or "",
        )
        for row in view.all(query.where(Override.state == "asked") if waiting else query)
    ]
