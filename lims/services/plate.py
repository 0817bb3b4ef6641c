"""Plates: laid out, given a read of the reader, and calculated; each calculation stays with its figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from lims.door import verb
from lims.errors import Invalid, Problem, RuleBroken
from lims.queries import methods
from lims.queries.plates import UNVERIFIABLE, part_of, placed, runs, well_of
from lims.records.plates import Plate, PlateFigure, PlateOutcome, PlateRead
from lims.records.readings import Reading
from lims.records.results import Result
from lims.records.runs import Run
from lims.rules import calibration, content, curves, regulation
from lims.rules.calibration import Calibration, Line, NoCurve
from lims.rules.methods import Method
from lims.rules.plate import FITS, Well, problems
from lims.services import measure
from lims.services.measure import Binding
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Plan:
    """A plate as a person lays it out.

    Attributes:
        name: what people call this plate.
        item: what is measured.
        unit: of the standards, such as `ng/mL`.
        kit: of reagents.
        lot: of the kit.
        fit: `4pl` or `logit_log`.
        layout: well to what stands in it.
    """

    name: str
    item: str
    unit: str
    kit: str
    lot: str
    fit: str = "4pl"
    layout: Mapping[str, Well] = field(default_factory=dict)


@verb(needs="technician")
def lay_out(unit: Unit, plan: Plan, *, plate: str = "") -> str:
    """Lay a plate out, or change one that has no calculation yet; return its id. It may be incomplete meanwhile.

    Raises:
        Invalid: a name, item, unit, kit or lot is empty, or the fit is unknown.
        NotFound: no such plate.
        RuleBroken: it was calculated already, or its run is open: lay out another one.
    """
    named = {name: getattr(plan, name) for name in ("name", "item", "unit", "kit", "lot")}
    found = [Problem("form.missing", name) for name, text in named.items() if not text.strip()]
    if plan.fit not in FITS:
        found.append(Problem("plate.fit", "fit", {"fit": plan.fit, "known": " ".join(FITS)}))
    if found:
        raise Invalid("form.problems", found, count=len(found))
    before = unit.get(Plate, plate) if plate else None
    if before is not None and _calculated(unit, plate):
        raise RuleBroken("plate.calculated", plate=before.name)
    if before is not None and (run := _open_run(unit, before)) is not None:
        raise RuleBroken("plate.run_open", plate=before.name, instrument=run.instrument)
    row = Plate(
        id=plate or new_id(),
        **named,
        fit=plan.fit,
        layout={name: _stored(well) for name, well in sorted(plan.layout.items())},
        by=unit.actor.account,
        at=before.at if before else unit.now,
        version=before.version + 1 if before else 1,
    )
    unit.put(row)
    return row.id


def _stored(well: Well) -> dict[str, str]:
    level = "" if well.level is None else f"{well.level:f}"
    return {"role": well.role, "name": well.name.strip(), "level": level, "dilution": f"{well.dilution:f}"}


def _calculated(unit: Unit, plate: str) -> bool:
    query = select(PlateOutcome.id).where(PlateOutcome.site == unit.site, PlateOutcome.plate == plate)
    return bool(unit.all(query))


@verb(needs="technician")
def start(unit: Unit, plate: str, *, instrument: str, method: str) -> str:
    """Start the run of a plate: its samples and controls are bound to their first wells; return the run's id.

    Raises:
        NotFound: no such plate, instrument, method or sample.
        Invalid: the layout cannot be calculated or is not the method's, the problems say where; or the units do not
            fit together.
        RuleBroken: the method has no standards on a plate or another curve, or as `measure.start_run`.
        NotReady: as `measure.start_run`.
    """
    row, rule = unit.get(Plate, plate), methods.in_force_today(unit.view(), method)
    layout = {name: well_of(well) for name, well in row.layout.items()}
    if found := problems(layout, row.fit):
        raise Invalid("form.problems", found, count=len(found))
    if not content.of_plates(rule):
        raise RuleBroken("plate.method", method=method)
    if rule.curve is not None and rule.curve.fit != row.fit:
        raise RuleBroken(
            "plate.method_fit", plate=row.name, fit=row.fit, method=method, wanted=rule.curve.fit
        )
    content.content(Decimal(1), row.unit, rule.unit)
    if rule.curve is not None and (other := curves.departs(rule.curve, row.unit, layout)):
        raise Invalid("form.problems", other, count=len(other))
    bindings = [Binding(well, role, sample) for well, (role, sample) in placed(row).items()]
    return measure.start_run(unit, instrument=instrument, method=method, lot=row.lot, bindings=bindings)


def _open_run(unit: Unit, row: Plate) -> Run | None:
    return next((run for run in runs(unit.view(), row) if run.state == "open"), None)


@verb(needs="technician")
def take_read(
    unit: Unit, plate: str, *, instrument: str, entry: int, part: str = "", compared: bool = False
) -> str:
    """Take a read that the instrument handed over for a plate; return the read's id. The newest one counts.

    Args:
        unit: the act.
        plate: its id.
        instrument: whose read it is.
        entry: its journal entry.
        part: which plate or wavelength, where the entry holds several.
        compared: True where a person has held it against the reader's display; needed where nothing on the wire
            vouches for its bytes.

    Raises:
        NotFound: no such plate.
        RuleBroken: there is no such read, or it was not compared and has to be.
    """
    unit.get(Plate, plate)
    wells = _wells(unit, instrument, entry, part)
    if not wells:
        raise RuleBroken("plate.no_read", instrument=instrument, entry=entry)
    if not compared and any(UNVERIFIABLE in row.flags.split() for row in wells.values()):
        raise RuleBroken("plate.compare", instrument=instrument)
    read = PlateRead(
        id=new_id(),
        plate=plate,
        instrument=instrument,
        entry=entry,
        part=part,
        compared=compared,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(read)
    for well, row in wells.items():
        unit.put(PlateFigure(read=read.id, well=well, reading=row.id, value=row.value))
    return read.id


def _wells(unit: Unit, instrument: str, entry: int, part: str) -> dict[str, Reading]:
    """Return what a part of an instrument's entry says of each well."""
    query = select(Reading).where(
        Reading.site == unit.site,
        Reading.instrument == instrument,
        Reading.entry == entry,
        Reading.item == "absorbance",
    )
    return {row.position: row for row in unit.all(query) if row.position and part_of(row.extra) == part}


@verb(needs="technician")
def calculate(unit: Unit, plate: str) -> str:
    """Fit the newest read of a plate and keep everything that came of it; return the calculation's id.

    A calculation that does not keep its gates is kept too, and does not count. While the plate's run is open, its
    figures become the results of that run, which is judged when it is closed.

    Raises:
        NotFound: no such plate.
        Invalid: the layout cannot be calculated; the problems say where.
        RuleBroken: it has no read, no curve goes through its standards, or its run is open on another reader.
    """
    row = unit.get(Plate, plate)
    layout = {name: well_of(well) for name, well in row.layout.items()}
    if found := problems(layout, row.fit):
        raise Invalid("form.problems", found, count=len(found))
    query = select(PlateRead).where(PlateRead.site == unit.site, PlateRead.plate == plate)
    reads = unit.all(query.order_by(PlateRead.at.desc(), PlateRead.id.desc()))
    if not reads:
        raise RuleBroken("plate.unread", plate=row.name)
    query_ = select(PlateFigure).where(PlateFigure.site == unit.site, PlateFigure.read == reads[0].id)
    values = {one.well: one.value for one in unit.all(query_) if one.value is not None}
    rule = _rule(unit, row)
    gates = calibration.gates(rule.curve if rule else None)
    try:
        made = calibration.calibrate(layout, values, row.fit, gates)
    except NoCurve as error:
        raise RuleBroken(f"plate.curve_{error.code}", plate=row.name) from None
    outcome = PlateOutcome(
        id=new_id(),
        plate=plate,
        read=reads[0].id,
        fit=row.fit,
        counts=not made.faults,
        layout=dict(row.layout),
        figures=figures_of(made, rule),
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(outcome)
    _bind(unit, row, reads[0])
    return outcome.id


def _rule(unit: Unit, row: Plate) -> Method | None:
    """Return the edition of the method by which the newest run of a plate is judged, or None without a run."""
    run = next(runs(unit.view(), row), None)
    return methods.of_run(unit.view(), run) if run else None


def _bind(unit: Unit, row: Plate, read: PlateRead) -> None:
    """Make the figures of a read the results of the plate's run while it is open; the newest calculation counts."""
    run = _open_run(unit, row)
    if run is None:
        return
    if run.instrument != read.instrument:
        raise RuleBroken(
            "plate.other_reader", plate=row.name, instrument=run.instrument, other=read.instrument
        )
    earlier = {
        one.position: one
        for one in unit.all(select(Result).where(Result.site == unit.site, Result.run == run.id))
    }
    for well, (role, sample) in placed(row).items():
        figure = unit.find(PlateFigure, read.id, well)
        if figure is None:
            continue
        before = earlier.get(well)
        unit.put(
            Result(
                id=before.id if before else new_id(),
                reading=figure.reading,
                run=run.id,
                position=well,
                role=role,
                sample=sample,
                matched_by="plate",
                at=unit.now,
            )
        )


def figures_of(made: Calibration, rule: Method | None = None) -> dict[str, Any]:
    """Write a calibration as texts of six significant digits, as it is kept for ever, with the method that asked it."""
    return {
        "parameters": {name: calibration.text(value) for name, value in made.parameters.items()},
        "r2": calibration.text(made.r2),
        "blank": _text(made.blank),
        "b0": _text(made.b0),
        "lines": [_line(one) for one in made.lines],
        "faults": [
            {"code": one.code, "where": one.where, "found": one.found, "gate": one.gate}
            for one in made.faults
        ],
        "gates": _gates(rule),
        "rule": rule.rule if rule else "",
        "curve": [[calibration.text(level), calibration.text(up)] for level, up in made.curve],
    }


def _gates(rule: Method | None) -> dict[str, Any]:
    """Return the gates with their source: the method's where it says any, the program's own for the rest."""
    shipped = regulation.table("plates")["gates"]
    told = {name: value if isinstance(value, list) else str(value) for name, value in shipped.items()}
    curve = rule.curve if rule else None
    own = {name: f"{value:f}" for name in curves.GATES if (value := getattr(curve, name, None)) is not None}
    if rule is None or not own:
        return told
    whole = len(own) == len(curves.GATES)
    source = (
        [rule.source, rule.source]
        if whole
        else [f"{rule.source}；{told['source'][0]}", f"{rule.source}; {told['source'][1]}"]
    )
    return {**told, **own, "verified": str(whole and rule.verified), "source": source}


def _line(one: Line) -> dict[str, str]:
    group = one.group
    figures = ("mean", "cv", "bound", "residual", "concentration", "limit", "recovery")
    return {
        "role": group.role,
        "name": group.name,
        "level": "" if group.level is None else f"{group.level:f}",
        "dilution": f"{group.dilution:f}",
        "wells": " ".join(group.wells),
        "read": str(one.read),
        "mark": one.mark,
        **{name: _text(getattr(one, name)) for name in figures},
    }


def _text(number: float | None) -> str:
    return "" if number is None else calibration.text(number)
