"""The bench as it stands: open runs with what is bound and read, strays, faults, and the latest results."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lims.door import question
from lims.queries import methods, plates
from lims.queries.people import names
from lims.records.readings import Fault, Reading, Repeat, Stray
from lims.records.results import Result, Verdict
from lims.records.runs import Position, Run
from lims.records.samples import Sample
from lims.rules import content
from lims.rules.content import Plate
from lims.rules.methods import Method
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Said:
    """A reading as people see it: what the device said, untouched."""

    id: str
    instrument: str
    entry: int
    place: int
    position: str
    sample_text: str
    item: str
    value: str
    unit: str
    call: str
    flags: tuple[str, ...]
    device_time: str
    device_record: str
    received_at: datetime
    extra: dict[str, str]
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """One position of a run: what is bound there, and its reading and verdict when they are there."""

    position: str
    role: str
    sample: str
    food: str
    said: Said | None
    word: str
    verdict: str


NO_PLATE = Plate()


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with its positions and the edition of the method that judges it; `validity` is empty while it is open."""

    id: str
    instrument: str
    method: str
    lot: str
    operator: str
    started_at: datetime
    state: str
    validity: str
    why: str
    places: tuple[Place, ...]
    rule: Method
    plate: Plate = NO_PLATE


def said(reading: Reading, repeats: int = 0) -> Said:
    """Return a kept reading as people see it."""
    return Said(
        reading.id,
        reading.instrument,
        reading.entry,
        reading.place,
        reading.position or "",
        reading.sample_text or "",
        reading.item or "",
        "" if reading.value is None else str(reading.value),
        reading.unit or "",
        reading.call or "",
        tuple(reading.flags.split()),
        reading.device_time or "",
        reading.device_record or "",
        reading.received_at,
        dict(reading.extra),
        repeats,
    )


def _run(view: View, run: Run) -> RunView:
    query = (
        select(Position, Sample.food, Reading, Verdict)
        .outerjoin(Sample, (Sample.site == Position.site) & (Sample.id == Position.sample))
        .outerjoin(
            Result,
            (Result.site == Position.site)
            & (Result.run == Position.run)
            & (Result.position == Position.position),
        )
        .outerjoin(Reading, (Reading.site == Result.site) & (Reading.id == Result.reading))
        .outerjoin(Verdict, (Verdict.site == Result.site) & (Verdict.result == Result.id))
        .where(Position.site == view.site, Position.run == run.id)
    )
    places = [
        Place(
            position.position,
            position.role,
            position.sample or "",
            food or "",
            said(reading) if reading else None,
            verdict.word if verdict else "",
            verdict.id if verdict else "",
        )
        for position, food, reading, verdict in view.rows(query)
    ]
    places.sort(key=lambda place: (len(place.position), place.position))
    method = methods.of_run(view, run)
    return RunView(
        run.id,
        run.instrument,
        run.method,
        run.lot,
        names(view)(run.operator),
        run.started_at,
        run.state,
        run.validity,
        run.why,
        tuple(places),
        method,
        plates.of_run(view, run.id) if content.of_plates(method) else NO_PLATE,
    )


@question()
def current(view: View, instrument: str) -> RunView | None:
    """Return the open run of an instrument or else its last one, or None."""
    query = (
        select(Run)
        .where(Run.site == view.site, Run.instrument == instrument)
        .order_by(Run.id.desc())
        .limit(1)
    )
    found = view.all(query)
    return _run(view, found[0]) if found else None


@question()
def runs(view: View, *, count: int = 50) -> list[RunView]:
    """Return the latest runs of all instruments, the newest first."""
    query = select(Run).where(Run.site == view.site).order_by(Run.id.desc()).limit(count)
    return [_run(view, run) for run in view.all(query)]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stray: what came, and why it waits."""

    said: Said
    reason: str


@question()
def strays(view: View) -> list[Waiting]:
    """Return every reading that waits for a person, the newest first."""
    query = (
        select(Stray, Reading)
        .join(Reading, (Reading.site == Stray.site) & (Reading.id == Stray.id))
        .where(Stray.site == view.site, Stray.settled == "")
        .order_by(Stray.id.desc())
    )
    return [Waiting(said(reading), stray.reason) for stray, reading in view.rows(query)]


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that no rule of a wire accepted."""

    id: str
    instrument: str
    entry: int
    reason: str
    detail: str
    data: str
    received_at: datetime


@question()
def faults(view: View, *, count: int = 200) -> list[Broken]:
    """Return the latest broken bytes of all instruments, the newest first."""
    query = select(Fault).where(Fault.site == view.site).order_by(Fault.id.desc()).limit(count)
    return [
        Broken(row.id, row.instrument, row.entry, row.reason, row.detail, row.data, row.received_at)
        for row in view.all(query)
    ]


@question()
def readings(view: View, *, instrument: str = "", count: int = 200) -> list[Said]:
    """Return the latest readings with how often each was repeated, the newest first."""
    repeats = (
        select(func.count())
        .where(Repeat.site == Reading.site, Repeat.reading == Reading.id)
        .scalar_subquery()
    )
    query = select(Reading, repeats).where(Reading.site == view.site)
    if instrument:
        query = query.where(Reading.instrument == instrument)
    return [said(row, count_) for row, count_ in view.rows(query.order_by(Reading.id.desc()).limit(count))]
