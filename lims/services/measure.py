"""At the bench: a run is bound and started, readings are taken in, strays assigned, the run judged."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from drivers import registry
from drivers.reading import Reading
from lims.door import verb
from lims.errors import Invalid, NotFound, Problem, RuleBroken
from lims.evidence.canonical import encode
from lims.queries import methods, readiness
from lims.queries.readiness import Planned
from lims.records import readings as kept
from lims.records.equipment import Instrument
from lims.records.runs import Position, Run
from lims.records.samples import Sample
from lims.records.storerooms import StorePlace, Temperature
from lims.rules import content, regulation
from lims.rules.identity import SERIAL
from lims.rules.match import Match, Unmatched
from lims.rules.visible import visible
from lims.services import gate, judging, placing
from lims.services.sample import moved
from lims.storage.unit import Unit, new_id

NO_SAMPLES = frozenset({"weight", "storage"})
"""What is measured without being a result of a sample, in the words of the drivers' areas."""
PLATE_ROWS = 8
DEGREES = frozenset({"℃", "°C"})


@dataclass(frozen=True, slots=True)
class Binding:
    """What stands at one position before a run starts; `sample` is None for blanks and controls."""

    position: str
    role: str
    sample: str | None = None


@verb(needs="technician")
def start_run(unit: Unit, *, instrument: str, method: str, lot: str, bindings: Sequence[Binding]) -> str:
    """Bind positions to samples and controls and start a run; return its id.

    A run with samples starts only when everything is ready (`lims.rules.readiness`), or the quality manager granted
    an override today that names all that is missing.

    Raises:
        NotReady: something is missing; its problems say what and the next step.
        RuleBroken: a run of this instrument is still open, a position or sample is bound twice, a sample was
            not received, or nothing is bound.
        NotFound: no such instrument, method or sample.
        Invalid: no lot, or a role outside its vocabulary.
    """
    unit.get(Instrument, instrument)
    methods.in_force_today(unit.view(), method)
    if not lot.strip():
        raise Invalid("form.problems", [Problem("form.missing", "lot")], count=1)
    if running := placing.open_run(unit, instrument):
        raise RuleBroken("run.open", instrument=instrument, run=running.id)
    _check_bindings(bindings)
    planned = Planned(
        instrument,
        method,
        lot.strip(),
        unit.actor.account,
        tuple(one.sample for one in bindings if one.sample is not None),
        tuple(one.role for one in bindings),
    )
    found = readiness.check(unit.view(), planned)
    run = Run(
        id=new_id(),
        instrument=instrument,
        method=method,
        lot=planned.lot,
        operator=unit.actor.account,
        started_at=unit.now,
        state="open",
        validity="",
        why="",
        closed_by=None,
        closed_at=None,
    )
    gate.start(unit, run, found, len(bindings))
    for binding in bindings:
        if binding.sample is not None:
            unit.put(moved(unit.get(Sample, binding.sample), "testing"))
        unit.put(Position(run=run.id, position=binding.position, role=binding.role, sample=binding.sample))
    return run.id


def _check_bindings(bindings: Sequence[Binding]) -> None:
    if not bindings:
        raise RuleBroken("run.empty")
    positions = [binding.position for binding in bindings]
    samples = [binding.sample for binding in bindings if binding.sample is not None]
    for twice in (*_doubles(positions), *_doubles(samples)):
        raise RuleBroken("run.twice", what=twice)
    for binding in bindings:
        if binding.role not in regulation.codes("position_role"):
            raise Invalid("form.problems", [Problem("form.option", "role", {"value": binding.role})], count=1)
        if (binding.role == "sample") != (binding.sample is not None):
            raise RuleBroken("run.role", position=binding.position)


def _doubles(texts: Sequence[str]) -> list[str]:
    return sorted({text for text in texts if texts.count(text) > 1})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reading came from: the instrument, the journal entry, the place in it, and when."""

    instrument: str
    entry: int
    place: int
    received_at: datetime
    real: bool = True


@verb(needs="station")
def take_in(unit: Unit, source: Source, reading: Reading) -> str:
    """Keep one reading, find where it belongs, and return its id.

    The same (station, instrument, entry, place) again changes nothing. The same record of the device again is
    counted as a repeat. What has no place becomes a stray with its reason. Nothing is refused.
    """
    if known := _known(unit, source):
        return known
    row = _kept(unit, source, reading)
    identified = reading.record is not None or reading.measured_at is not None
    earlier = _earlier(unit, row) if identified else _alike(unit, row)
    if earlier is not None and identified and earlier.digest == row.digest:
        return _repeat(unit, source, earlier)
    unit.put(row)
    _place(unit, row, earlier)
    return row.id


def _known(unit: Unit, source: Source) -> str | None:
    for kind in (kept.Reading, kept.Repeat):
        found = unit.one(
            select(kind.id).where(
                kind.site == unit.site,
                kind.station == unit.place.station,
                kind.instrument == source.instrument,
                kind.entry == source.entry,
                kind.place == source.place,
            )
        )
        if found is not None:
            return found
    return None


def _kept(unit: Unit, source: Source, reading: Reading) -> kept.Reading:
    said = {
        "position": visible(reading.position),
        "sample_text": visible(reading.sample),
        "item": visible(reading.item),
        "value": None if reading.value is None else str(reading.value),
        "unit": visible(reading.unit),
        "call": None if reading.call is None else reading.call.value,
        "flags": " ".join(flag.value for flag in reading.flags),
        "device_time": None if reading.measured_at is None else reading.measured_at.isoformat(),
        "device_record": visible(reading.record),
        "extra": {visible(name) or "": visible(text) or "" for name, text in reading.extra.items()},
    }
    named = {name: said[name] for name in ("position", "device_time", "device_record")}
    named |= {SERIAL: reading.extra[SERIAL]} if SERIAL in reading.extra else {}
    return kept.Reading(
        id=new_id(),
        station=unit.place.station,
        instrument=source.instrument,
        entry=source.entry,
        place=source.place,
        identity=hashlib.sha256(encode(named)).hexdigest()[:32],  # type: ignore[arg-type] # texts and None alone
        digest=hashlib.sha256(encode(said)).hexdigest()[:32],  # type: ignore[arg-type] # plain values alone
        received_at=source.received_at,
        real=source.real,
        **{**said, "value": reading.value},
    )


def _earlier(unit: Unit, row: kept.Reading) -> kept.Reading | None:
    query = (
        select(kept.Reading)
        .where(
            kept.Reading.site == unit.site,
            kept.Reading.instrument == row.instrument,
            kept.Reading.identity == row.identity,
        )
        .order_by(kept.Reading.id)
    )
    return unit.one(query)


def _alike(unit: Unit, row: kept.Reading) -> kept.Reading | None:
    """Return an equal reading of the present run (or the last hour): with no record number it may be a repeat."""
    run = placing.open_run(unit, row.instrument)
    since = run.started_at if run else unit.now - timedelta(hours=1)
    query = select(kept.Reading).where(
        kept.Reading.site == unit.site,
        kept.Reading.instrument == row.instrument,
        kept.Reading.digest == row.digest,
        kept.Reading.received_at >= since,
    )
    return unit.one(query.order_by(kept.Reading.id))


def _repeat(unit: Unit, source: Source, earlier: kept.Reading) -> str:
    unit.put(
        kept.Repeat(
            id=new_id(),
            reading=earlier.id,
            station=unit.place.station,
            instrument=source.instrument,
            entry=source.entry,
            place=source.place,
            received_at=source.received_at,
        )
    )
    stray = unit.find(kept.Stray, earlier.id)
    if stray is not None and stray.settled == "" and stray.reason == "needs_second_download":
        _place(unit, earlier, None, confirmed=True)
    return earlier.id


def _aside(unit: Unit, row: kept.Reading) -> bool:
    """Keep what is no result of a sample.

    A weight waits to be asked for, a temperature goes to its store place, and the wells of a plate wait for the plate
    that they are taken for, unless a run is open whose method has no standards on its plate.
    """
    instrument = unit.find(Instrument, row.instrument)
    profile = None if instrument is None else registry.profiles().get(instrument.profile)
    if instrument is None or profile is None:
        return False
    if not set(profile.measures) <= NO_SAMPLES:
        wells = any(row.position in line for line in profile.channels) and len(profile.channels) == PLATE_ROWS
        if not wells or row.item != "absorbance":
            return False
        run = placing.open_run(unit, row.instrument)
        return run is None or content.of_plates(methods.of_run(unit.view(), run))
    place = instrument.settings.get("store_places", {}).get(row.position or "")
    degrees = row.item == "temperature" and row.unit in DEGREES and row.value is not None
    if (
        place
        and degrees
        and unit.find(StorePlace, place)
        and not unit.find(Temperature, place, row.received_at)
    ):
        unit.put(Temperature(place=place, at=row.received_at, value=row.value, source=row.id))
    return True


def _place(unit: Unit, row: kept.Reading, earlier: kept.Reading | None, *, confirmed: bool = False) -> None:
    why = placing.estranged(unit, row)
    if not why and _aside(unit, row):
        return
    found = Unmatched(why) if why else placing.found(unit, row, earlier, confirmed=confirmed)
    if isinstance(found, Unmatched):
        unit.put(kept.Stray(id=row.id, reason=found.reason, settled="", why="", by=None, at=None))
        return
    run, matched = found
    if confirmed:
        unit.put(
            kept.Stray(
                id=row.id,
                reason="needs_second_download",
                settled="confirmed",
                why="",
                by=unit.actor.account,
                at=unit.now,
            )
        )
    unit.put(placing.result_row(unit, row, run, matched))


def again(unit: Unit, row: kept.Reading, stray: kept.Stray) -> bool:
    """Look once more for the place of a stray; True where it has one now."""
    identified = row.device_record is not None or row.device_time is not None
    first = _earlier(unit, row) if identified else None
    earlier = first if first is not None and first.id < row.id else None
    query = select(kept.Repeat.id).where(kept.Repeat.site == unit.site, kept.Repeat.reading == row.id)
    why = placing.estranged(unit, row)
    if why or not _aside(unit, row):
        confirmed = unit.one(query) is not None
        found = Unmatched(why) if why else placing.found(unit, row, earlier, confirmed=confirmed)
        if isinstance(found, Unmatched):
            if found.reason != stray.reason:
                stray.reason = found.reason
                unit.put(stray)
            return False
        unit.put(placing.result_row(unit, row, *found))
    unit.put(_settled(unit, stray, "retaken", ""))
    return True


@verb(needs="station")
def hold_broken(unit: Unit, source: Source, *, reason: str, detail: str, data: str) -> str:
    """Keep bytes that no rule of a wire accepted, in hex, with the reason; return the fault's id."""
    query = select(kept.Fault.id).where(
        kept.Fault.site == unit.site,
        kept.Fault.station == unit.place.station,
        kept.Fault.instrument == source.instrument,
        kept.Fault.entry == source.entry,
        kept.Fault.place == source.place,
    )
    if known := unit.one(query):
        return known
    fault = kept.Fault(
        id=new_id(),
        station=unit.place.station,
        instrument=source.instrument,
        entry=source.entry,
        place=source.place,
        reason=reason,
        detail=visible(detail) or "",
        data=data,
        received_at=source.received_at,
    )
    unit.put(fault)
    return fault.id


@verb(needs="technician")
def assign(unit: Unit, reading: str, *, run: str, position: str, reason: str) -> str:
    """Say to which position of an open run a stray belongs; return the result's id.

    Raises:
        RuleBroken: no reason, the stray is settled, the run is closed, the position is not bound or is taken.
    """
    stray = _open_stray(unit, reading, reason)
    row, place = unit.get(kept.Reading, reading), unit.get(Run, run)
    if place.state != "open" or place.instrument != row.instrument:
        raise RuleBroken("run.closed", run=run)
    bound, taken = placing.positions_of(unit, place)
    if position not in bound or position in taken:
        raise RuleBroken("run.position", position=position)
    here = bound[position]
    result = placing.result_row(unit, row, place, Match(position, here.role, here.sample, "person"))
    unit.put(_settled(unit, stray, "assigned", reason), result)
    return result.id


@verb(needs="technician")
def dismiss(unit: Unit, reading: str, *, reason: str) -> str:
    """Say why a stray belongs to no sample; it stays on record.

    Raises:
        RuleBroken: no reason, or it is settled already.
    """
    unit.put(_settled(unit, _open_stray(unit, reading, reason), "dismissed", reason))
    return reading


def _open_stray(unit: Unit, reading: str, reason: str) -> kept.Stray:
    if not reason.strip():
        raise RuleBroken("stray.reason")
    stray = unit.get(kept.Stray, reading)
    if stray.settled:
        raise RuleBroken("stray.settled", settled=stray.settled)
    return stray


def _settled(unit: Unit, stray: kept.Stray, how: str, reason: str) -> kept.Stray:
    unit.why = reason
    stray.settled, stray.why, stray.by, stray.at = how, reason, unit.actor.account, unit.now
    return stray


@verb(needs="technician", signs="检测")
def close_run(unit: Unit, run: str) -> str:
    """Close a run: judge its controls, then its samples; return `valid` or `invalid`.

    A run without a valid control gives no verdict: its samples go back to be tested again.

    Raises:
        RuleBroken: it is closed already.
        NotFound: no such run.
    """
    row = unit.get(Run, run)
    if row.state != "open":
        raise RuleBroken("run.closed", run=run)
    if row.operator != unit.actor.account and unit.find(Instrument, row.instrument) is None:
        raise NotFound("instrument.unknown", id=row.instrument)
    return judging.close(unit, row)
