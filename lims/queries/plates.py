"""Plates as they were laid out, the reads that wait for one, and what was calculated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lims.door import question
from lims.errors import NotFound
from lims.queries import methods
from lims.records.plates import Plate, PlateFigure, PlateOutcome, PlateRead
from lims.records.readings import Reading
from lims.records.results import Result
from lims.records.runs import Position, Run
from lims.rules import content
from lims.rules.plate import Well, groups
from lims.storage.unit import View

UNVERIFIABLE = "unverifiable"
"""The drivers' flag on a reading whose bytes nothing on the wire vouches for."""
RECENT = 5000
"""Readings that are looked through for reads of plates; about fifty plates."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One plate in the list; `state` is `laid_out`, `read`, `counts` or `gated`."""

    id: str
    name: str
    item: str
    kit: str
    lot: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A read that an instrument handed over: its journal entry, the part of it, and how much it holds."""

    instrument: str
    entry: int
    part: str
    at: datetime
    wells: int
    unverifiable: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """The run of a plate: where it stands, and once it is closed whether it counts and why not."""

    id: str
    instrument: str
    method: str
    state: str
    validity: str
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A plate with its newest read and what was calculated from it.

    Attributes:
        id: of the plate.
        name: of the plate.
        item: what is measured.
        unit: of the standards.
        kit: of reagents.
        lot: of the kit.
        fit: `4pl` or `logit_log`.
        layout: well to what stands in it.
        figures: well to the absorbance of the newest read; None where the device gave none.
        read: id of that read, empty without one.
        outcome: the newest calculation of that read, empty without one.
        counts: True where that calculation kept all gates.
        run: the run that its samples are tested in, or None.
    """

    id: str
    name: str
    item: str
    unit: str
    kit: str
    lot: str
    fit: str
    layout: Mapping[str, Well]
    figures: Mapping[str, Decimal | None]
    read: str
    outcome: Mapping[str, Any]
    counts: bool
    run: Stands | None

    @property
    def samples(self) -> int:
        """How many samples stand in its wells."""
        return len({well.name for well in self.layout.values() if well.role == "sample"})


def well_of(stored: Mapping[str, str]) -> Well:
    """Read a well back from a plate's layout."""
    level = Decimal(stored["level"]) if stored["level"] else None
    return Well(stored["role"], stored["name"], level, Decimal(stored["dilution"]))


@question(needs="technician reviewer manager signatory")
def listed(view: View) -> Sequence[Listed]:
    """Return the plates, the newest first."""
    reads = set(view.all(select(PlateRead.plate).where(PlateRead.site == view.site)))
    query = select(PlateOutcome).where(PlateOutcome.site == view.site).order_by(PlateOutcome.at)
    counts = {row.plate: row.counts for row in view.all(query)}
    plates = view.all(select(Plate).where(Plate.site == view.site).order_by(Plate.at.desc()))
    return [
        Listed(row.id, row.name, row.item, row.kit, row.lot, row.at, _state(row.id, reads, counts))
        for row in plates
    ]


def _state(plate: str, reads: set[str], counts: Mapping[str, bool]) -> str:
    if plate in counts:
        return "counts" if counts[plate] else "gated"
    return "read" if plate in reads else "laid_out"


@question(needs="technician reviewer manager signatory")
def waiting(view: View) -> Sequence[Waiting]:
    """Return the latest reads of plates, the newest first, taken for a plate or not."""
    query = (
        select(Reading)
        .where(Reading.site == view.site, Reading.item == "absorbance", Reading.position.is_not(None))
        .order_by(Reading.received_at.desc())
        .limit(RECENT)
    )
    found: dict[tuple[str, int, str], list[Reading]] = {}
    for row in view.all(query):
        found.setdefault((row.instrument, row.entry, part_of(row.extra)), []).append(row)
    return [
        Waiting(*key, rows[0].received_at, len(rows), any(_unverifiable(row) for row in rows))
        for key, rows in found.items()
    ]


def part_of(extra: Mapping[str, str]) -> str:
    """Which of several plates or wavelengths of one entry a reading belongs to; empty where there is one."""
    return " ".join(extra[name] for name in ("plate", "read") if extra.get(name))


def _unverifiable(row: Reading) -> bool:
    return UNVERIFIABLE in row.flags.split()


@question(needs="technician reviewer manager signatory")
def plate(view: View, id_: str) -> Seen:
    """Return one plate.

    Raises:
        NotFound: there is none.
    """
    row = view.find(Plate, id_)
    if row is None:
        raise NotFound("plate.unknown", id=id_)
    reads = select(PlateRead).where(PlateRead.site == view.site, PlateRead.plate == id_)
    read = next(iter(view.all(reads.order_by(PlateRead.at.desc(), PlateRead.id.desc()))), None)
    figures: Mapping[str, Decimal | None] = {}
    outcome = None
    if read is not None:
        query = select(PlateFigure).where(PlateFigure.site == view.site, PlateFigure.read == read.id)
        figures = {one.well: one.value for one in view.all(query)}
        made = select(PlateOutcome).where(PlateOutcome.site == view.site, PlateOutcome.read == read.id)
        newest = made.order_by(PlateOutcome.at.desc(), PlateOutcome.id.desc())
        outcome = next(iter(view.all(newest)), None)
    return Seen(
        row.id,
        row.name,
        row.item,
        row.unit,
        row.kit,
        row.lot,
        row.fit,
        {name: well_of(well) for name, well in row.layout.items()},
        figures,
        read.id if read else "",
        dict(outcome.figures) if outcome else {},
        bool(outcome and outcome.counts),
        _stands(view, row),
    )


def _stands(view: View, plate: Plate) -> Stands | None:
    run = next(runs(view, plate), None)
    return Stands(run.id, run.instrument, run.method, run.state, run.validity, run.why) if run else None


def runs(view: View, plate: Plate) -> Iterator[Run]:
    """Yield the runs of this lot in whose positions the plate's samples and controls stand, the newest first."""
    bound = placed(plate)
    started = select(Run).where(Run.site == view.site, Run.lot == plate.lot, Run.started_at >= plate.at)
    for run in view.all(started.order_by(Run.id.desc())) if bound else ():
        if content.of_plates(methods.of_run(view, run)) and _stands_in(view, run, bound):
            yield run


def placed(plate: Plate) -> dict[str, tuple[str, str | None]]:
    """Return the first well of every sample and control of a plate, with its role and sample."""
    found = groups({name: well_of(well) for name, well in plate.layout.items()})
    return {
        group.wells[0]: (group.role, group.name if group.role == "sample" else None)
        for group in found
        if group.role in ("sample", "control")
    }


def _stands_in(view: View, run: Run, bound: Mapping[str, tuple[str, str | None]]) -> bool:
    """Tell whether a run binds exactly these wells."""
    query = select(Position).where(Position.site == view.site, Position.run == run.id)
    return {row.position: (row.role, row.sample) for row in view.all(query)} == bound


def of_run(view: View, run: str) -> content.Plate:
    """Return what was calculated of the read that the results of a run stand in; an empty one without any."""
    query = (
        select(PlateOutcome, Plate.unit)
        .join(PlateFigure, (PlateFigure.site == PlateOutcome.site) & (PlateFigure.read == PlateOutcome.read))
        .join(Result, (Result.site == PlateFigure.site) & (Result.reading == PlateFigure.reading))
        .join(Plate, (Plate.site == PlateOutcome.site) & (Plate.id == PlateOutcome.plate))
        .where(PlateOutcome.site == view.site, Result.run == run)
        .order_by(PlateOutcome.at.desc(), PlateOutcome.id.desc())
        .limit(1)
    )
    for outcome, unit in view.rows(query):
        return content.Plate(outcome.id, outcome.fit, unit, outcome.counts, outcome.figures)
    return content.Plate()
