"""Which device stands behind an instrument: seen by its line, bound by a person."""

from collections.abc import Mapping

from lims.door import verb
from lims.errors import Invalid, Problem, RuleBroken
from lims.records.equipment import Identity, Instrument, Sighting
from lims.storage.unit import Unit


@verb(needs="station")
def seen(unit: Unit, instrument: str, line: Mapping[str, str]) -> None:
    """Note the USB facts behind a line that was opened; the first ones are those that hold until a person says else."""
    row, last = unit.find(Instrument, instrument), unit.find(Sighting, instrument)
    if row is None or not line or (last is not None and last.line == dict(line)):
        return
    unit.put(Sighting(instrument=instrument, line=dict(line), at=unit.now))
    bound = unit.find(Identity, instrument)
    if bound is None or not bound.line:
        since = row.added_at if bound is None else bound.since
        unit.put(
            Identity(
                instrument=instrument,
                serial=row.serial,
                line=dict(line),
                since=since,
                why="" if bound is None else bound.why,
                by=unit.actor.account,
                at=unit.now,
            )
        )


@verb(needs="manager administrator")
def device(unit: Unit, instrument: str, serial: str, *, reason: str) -> str:
    """Say that another device, or the same on another line, stands behind an instrument; return its serial number.

    With another serial number the calibrations filed before count no more.

    Raises:
        NotFound: no such instrument.
        Invalid: no serial number; "/" says that it has none.
        RuleBroken: no reason.
    """
    row = unit.get(Instrument, instrument)
    number = serial.strip()
    if not number:
        raise Invalid("form.problems", [Problem("form.missing", "serial")], count=1)
    if not reason.strip():
        raise RuleBroken("instrument.rebind_reason", id=instrument)
    bound, last = unit.find(Identity, instrument), unit.find(Sighting, instrument)
    since = bound.since if bound is not None else row.added_at
    if number != row.serial:
        since = unit.now
        row.serial = number
        unit.put(row)
    unit.why = reason
    unit.put(
        Identity(
            instrument=instrument,
            serial=number,
            line=dict(last.line) if last is not None else {},
            since=since,
            why=reason.strip(),
            by=unit.actor.account,
            at=unit.now,
        )
    )
    return number
