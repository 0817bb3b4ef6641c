"""Where a kept reading belongs: the device it must come from, the run that is open, the position in it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from lims import clock
from lims.queries import methods
from lims.records import readings as kept
from lims.records.equipment import DeviceName, Identity, Instrument, Sighting
from lims.records.results import Result
from lims.records.runs import Position, Run
from lims.records.samples import Sample
from lims.rules import foods, identity, naming
from lims.rules.identity import Known
from lims.rules.match import Bound, Match, Unmatched, contradiction, match
from lims.storage.unit import Unit, new_id


def open_run(unit: Unit, instrument: str) -> Run | None:
    """Return the open run of an instrument, or None."""
    query = select(Run).where(Run.site == unit.site, Run.instrument == instrument, Run.state == "open")
    return unit.one(query)


def estranged(unit: Unit, row: kept.Reading) -> str:
    """Return why a reading is not of the device that stands behind its instrument, or nothing."""
    instrument = unit.find(Instrument, row.instrument)
    if instrument is None:
        return ""
    bound, seen = unit.find(Identity, row.instrument), unit.find(Sighting, row.instrument)
    return identity.against(
        bound=Known(instrument.serial, bound.line if bound else {}),
        seen=Known(row.extra.get(identity.SERIAL, ""), seen.line if seen else {}),
    )


def found(
    unit: Unit, row: kept.Reading, earlier: kept.Reading | None, *, confirmed: bool
) -> Unmatched | tuple[Run, Match]:
    """Return the open run and the place in it that a reading belongs to, or why it waits for a person.

    The reading is one of the device behind its instrument: who asks has seen that `estranged` has nothing to say.
    """
    if earlier is not None:
        same = earlier.digest == row.digest
        return Unmatched("suspected_repeat" if same else "record_conflict")
    if "unverifiable" in row.flags.split() and not confirmed:
        return Unmatched("needs_second_download")
    run = open_run(unit, row.instrument)
    if run is None:
        return Unmatched("no_run")
    bound, taken = positions_of(unit, run)
    matched = match(row.position, row.sample_text, bound, taken, control="control" in row.flags.split())
    if isinstance(matched, Unmatched):
        return matched
    against = _against(unit, row, run, matched.sample)
    return Unmatched(against) if against else (run, matched)


def _against(unit: Unit, row: kept.Reading, run: Run, sample: str | None) -> str:
    """Return why a reading cannot belong to a run although its position fits, or nothing."""
    if _other_food(unit, row, sample):
        return "other_food"
    method = methods.of_run(unit.view(), run)
    named = naming_of(unit, row)
    return contradiction(
        flags=row.flags.split(),
        item=row.item,
        items=method.device_items,
        named=None if not named else named == method.analyte,
        measured_at=datetime.fromisoformat(row.device_time) if row.device_time else None,
        started_at=clock.local(run.started_at).replace(tzinfo=None),
        received_at=clock.local(row.received_at).replace(tzinfo=None),
    )


def naming_of(unit: Unit, row: kept.Reading) -> str:
    """Return the code of the analyte that the laboratory says the device's item is, or nothing."""
    return _named(unit, row, naming.ITEM, naming.said_item(row.item, row.extra))


def _other_food(unit: Unit, row: kept.Reading, sample: str | None) -> bool:
    """Whether the device names a food that the laboratory knows for another one than the sample is."""
    told = _named(unit, row, naming.SAMPLE, row.sample_text or "")
    if not told or sample is None:
        return False
    here = foods.named(unit.get(Sample, sample).food)
    return (
        here is not None and told not in foods.ancestry(here.code) and here.code not in foods.ancestry(told)
    )


def _named(unit: Unit, row: kept.Reading, kind: str, said: str) -> str:
    instrument = unit.find(Instrument, row.instrument)
    if instrument is None or not said:
        return ""
    found = unit.find(DeviceName, instrument.profile, kind, said)
    return found.ours if found is not None else ""


def positions_of(unit: Unit, run: Run) -> tuple[Mapping[str, Bound], frozenset[str]]:
    """Return what is bound in a run, and the positions that have their result."""
    bound = {
        row.position: Bound(row.role, row.sample)
        for row in unit.all(select(Position).where(Position.site == unit.site, Position.run == run.id))
    }
    query = select(Result.position).where(Result.site == unit.site, Result.run == run.id)
    return bound, frozenset(unit.all(query))


def result_row(unit: Unit, row: kept.Reading, run: Run, matched: Match) -> Result:
    """Return the result that a matched reading becomes."""
    return Result(
        id=new_id(),
        reading=row.id,
        run=run.id,
        position=matched.position,
        role=matched.role,
        sample=matched.sample,
        matched_by=matched.by,
        at=unit.now,
    )
