"""What changes a device itself: its memory is erased, its clock or lamps are set. Each is an act of its own."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, RuleBroken
from lims.queries import equipment
from lims.queries.equipment import Kind
from lims.records import readings as kept
from lims.records.equipment import DeviceAct, Instrument
from lims.storage.unit import Unit, new_id

FRESH = timedelta(minutes=10)
"""How long ago a download may be for an erasure to stand on it."""
CLOCK_MAY_WAIT = timedelta(minutes=1)


@verb(needs="manager administrator")
def erase(unit: Unit, instrument: str, *, typed: str, after: int, reason: str) -> str:
    """Say that a device's memory is to be erased; return the command that does it.

    Args:
        unit: the act.
        instrument: its id.
        typed: the same id, typed by the person to confirm it.
        after: the journal's entry of a download of everything, whose readings were all taken in.
        reason: why.

    Raises:
        RuleBroken: the device knows no such command; no reason; or the download left something open.
        Invalid: what was typed is not the instrument.
        NotFound: no such instrument.
    """
    kind = _kind(unit, instrument)
    if not kind.erases:
        raise RuleBroken("alter.no_erase", id=instrument)
    if typed.strip() != instrument:
        raise Invalid("alter.typed", id=instrument, typed=typed.strip()[:40])
    count = _committed(unit, instrument, after)
    return _kept(unit, instrument, "erase", kind.erases, (after, str(count)), reason).command


@verb(needs="manager administrator")
def set_clock(unit: Unit, instrument: str, *, to: datetime, reason: str) -> str:
    """Say that a device's clock is set to this computer's time; return the command that does it.

    Raises:
        RuleBroken: the clock cannot be set over this wire; no reason; or the time is not that of now.
        NotFound: no such instrument.
    """
    if not _kind(unit, instrument).sets_clock:
        raise RuleBroken("alter.no_clock", id=instrument)
    if abs(unit.now - to) > CLOCK_MAY_WAIT:
        raise RuleBroken("alter.other_time", time=clock.local(to).isoformat(timespec="seconds"))
    local = clock.local(to).replace(tzinfo=None).isoformat(timespec="seconds")
    return _kept(unit, instrument, "set_clock", f"set_clock:{local}", (0, local), reason).command


@verb(needs="manager administrator")
def calibrate(unit: Unit, instrument: str, *, reason: str) -> str:
    """Say that a board is to set its lamps anew; return the command that does it.

    Raises:
        RuleBroken: this device has no such command, or no reason.
        NotFound: no such instrument.
    """
    if not _kind(unit, instrument).calibrates:
        raise RuleBroken("alter.no_calibrate", id=instrument)
    return _kept(unit, instrument, "calibrate", "calibrate", (0, ""), reason).command


def _kind(unit: Unit, instrument: str) -> Kind:
    profile = unit.get(Instrument, instrument).profile
    found = next((one for one in equipment.kinds() if one.id == profile), None)
    if found is None:
        raise RuleBroken("alter.no_profile", id=instrument, profile=profile)
    return found


def _committed(unit: Unit, instrument: str, after: int) -> int:
    """Return how many readings of a download stand in the tables; refuse when one of them may be missing."""
    (said, newest), (again, last) = (
        _since(unit, kept.Reading, instrument, after),
        _since(unit, kept.Repeat, instrument, after),
    )
    broken, _ = _since(unit, kept.Fault, instrument, after)
    if broken:
        raise RuleBroken("alter.broken", id=instrument, count=broken)
    at = max((one for one in (newest, last) if one is not None), default=None)
    if at is None or unit.now - at > FRESH:
        raise RuleBroken("alter.no_download", id=instrument)
    if _once(unit, instrument):
        raise RuleBroken("alter.once", id=instrument)
    return said + again


def _since(
    unit: Unit, kind: type[kept.Reading | kept.Repeat | kept.Fault], instrument: str, after: int
) -> tuple[int, datetime | None]:
    """Return how many rows of a kind came from a journal's entry on, and when the last did."""
    query = select(func.count(), func.max(kind.received_at)).where(
        kind.site == unit.site,
        kind.station == unit.place.station,
        kind.instrument == instrument,
        kind.entry >= after,
    )
    (count, last), *_ = unit.session.execute(query).all()
    return count, last


def _once(unit: Unit, instrument: str) -> bool:
    """Whether a reading still waits to be said a second time, for its wire has no check."""
    query = (
        select(kept.Stray.id)
        .join(kept.Reading, (kept.Reading.site == kept.Stray.site) & (kept.Reading.id == kept.Stray.id))
        .where(
            kept.Stray.site == unit.site,
            kept.Stray.settled == "",
            kept.Stray.reason == "needs_second_download",
            kept.Reading.instrument == instrument,
        )
    )
    return unit.one(query) is not None


def _kept(
    unit: Unit, instrument: str, act: str, command: str, about: tuple[int, str], reason: str
) -> DeviceAct:
    if not reason.strip():
        raise RuleBroken("alter.reason", id=instrument)
    unit.why = reason.strip()
    row = DeviceAct(
        id=new_id(),
        instrument=instrument,
        act=act,
        command=command,
        after=about[0],
        detail=about[1],
        why=reason.strip(),
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row
