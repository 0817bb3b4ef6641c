"""Where samples lie: places with their limits, moves, and the files of the loggers that measure there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from lims.config import Folder
from lims.door import Lims, verb
from lims.errors import Invalid, NotFound, Problem, RuleBroken
from lims.records.attachments import Attachment
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.records.storerooms import Move, StorePlace, Temperature, TemperatureImport
from lims.rules import logger, regulation
from lims.rules.climate import Reading
from lims.services import attach
from lims.services.attach import Subject
from lims.storage.unit import Unit, new_id

AT_ONCE = 5000
"""Readings of one act; a longer file makes several, and reading it again completes what was broken off."""

_DEEPEST = 12
_AHEAD = timedelta(minutes=5)
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Room:
    """A room, fridge, freezer, shelf or box.

    Attributes:
        id: short name that stands on its label, such as `F1` or `F1-2`.
        kind: a code of the vocabulary `store_kind`.
        name: name for people.
        parent: the place it is in; empty for none.
        low: lowest temperature in degrees Celsius that may be in it; None for no limit.
        high: highest one; None for no limit.
        every_minutes: how often its logger measures; None where it has none.
    """

    id: str
    kind: str
    name: str
    parent: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    every_minutes: int | None = None


@verb(needs="manager")
def place(unit: Unit, room: Room, *, active: bool = True) -> str:
    """Set up a place or change it; return its id. What was stored in it stays on record.

    Raises:
        Invalid: an empty field, a kind outside its vocabulary, limits that contradict, or a logger's interval
            that is not 1 to 1440 minutes.
        NotFound: no such place around it.
        RuleBroken: it would lie inside itself, or too deep.
    """
    problems = [Problem("form.missing", name) for name in ("id", "name") if not getattr(room, name).strip()]
    if room.kind not in regulation.codes("store_kind"):
        problems.append(Problem("form.option", "kind", {"value": room.kind}))
    if room.low is not None and room.high is not None and room.low > room.high:
        problems.append(Problem("store.limits", "low"))
    if room.every_minutes is not None and not 1 <= room.every_minutes <= 1440:
        problems.append(Problem("store.interval", "every_minutes"))
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    _check_tree(unit, room)
    unit.put(
        StorePlace(
            id=room.id,
            parent=room.parent or None,
            kind=room.kind,
            name=room.name,
            low=room.low,
            high=room.high,
            every_minutes=room.every_minutes,
            active=active,
            set_by=unit.actor.account,
            set_at=unit.now,
        )
    )
    return room.id


def _check_tree(unit: Unit, room: Room) -> None:
    above, depth = room.parent, 0
    while above:
        if above == room.id or depth > _DEEPEST:
            raise RuleBroken("store.inside", place=room.id)
        above, depth = unit.get(StorePlace, above).parent or "", depth + 1


@verb(needs="sampler technician manager")
def move(unit: Unit, sample: str, place: str, *, portion: str = "", reason: str = "") -> str:
    """Put a sample, or a portion of it, into a place, or take it out; return the move's id.

    Args:
        unit: the act.
        sample: its number.
        place: where to; empty to take it out.
        portion: the part that is moved; empty for the whole.
        reason: why; needed to take it out.

    Raises:
        NotFound: no such sample, portion or place.
        RuleBroken: the place is out of use, the portion is not here, or it is taken out without a reason.
    """
    unit.get(Sample, sample)
    if portion:
        part = unit.get(Portion, portion)
        if part.sample != sample or part.state != "held":
            raise RuleBroken("portion.gone", portion=portion, state=part.state)
    if place and not unit.get(StorePlace, place).active:
        raise RuleBroken("store.inactive", place=place)
    if not place and not reason.strip():
        raise RuleBroken("store.reason", number=portion or sample)
    unit.why = reason
    row = Move(
        id=new_id(),
        sample=sample,
        portion=portion or None,
        place=place or None,
        reason=reason,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


# Loggers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Imported:
    """What reading in a logger's file did: its attachment, readings that are new, and those known before."""

    attachment: str
    added: int
    repeated: int


def read_logger(lims: Lims, folder: Folder, place: str, source: Path, *, zone: str = "") -> Imported:
    """Keep a logger's CSV file and take in its readings for a place; reading it twice adds nothing.

    Args:
        lims: the door of who reads it in.
        folder: the laboratory's folder.
        place: where the logger lay.
        source: a file whose first line names the columns of time and temperature.
        zone: of times without one, such as `+08:00`.

    Raises:
        Invalid: the file may not be kept, or some of its lines cannot be read; then no reading is taken in.
        NotFound: no such place.
    """
    kept = attach.file(lims, folder, source, Subject("store_place", place, "logger_file"))
    found = logger.parse(logger.decoded(attach.read(lims, folder, kept)), zone)
    if found.problems or not found.readings:
        raise Invalid("logger.file", found.problems[:_SHOWN], count=len(found.problems))
    added = repeated = 0
    for start in range(0, len(found.readings), AT_ONCE):
        part = found.readings[start : start + AT_ONCE]
        new = lims.do(temperatures, place, kept, part)
        added, repeated = added + new, repeated + len(part) - new
    return Imported(kept, added, repeated)


@verb(needs="technician manager")
def temperatures(unit: Unit, place: str, attachment: str, readings: Sequence[Reading]) -> int:
    """Take readings of a place's logger in; return how many are new. A known moment is never replaced.

    Raises:
        NotFound: no such place or attachment.
        Invalid: none or too many, one in the future, or one that contradicts what is known of its moment.
    """
    unit.get(StorePlace, place)
    if unit.find(Attachment, attachment) is None:
        raise NotFound("attachment.unknown", id=attachment)
    if not 0 < len(readings) <= AT_ONCE:
        raise Invalid("logger.count", most=AT_ONCE)
    first, last = min(at for at, _ in readings), max(at for at, _ in readings)
    if last > unit.now + _AHEAD:
        raise Invalid("logger.future", time=last.isoformat(timespec="minutes"))
    query = select(Temperature).where(
        Temperature.site == unit.site,
        Temperature.place == place,
        Temperature.at >= first,
        Temperature.at <= last,
    )
    known = {row.at: row.value for row in unit.all(query)}
    odd = [
        Problem("logger.differs", "", {"time": at.isoformat(), "known": known[at], "value": value})
        for at, value in readings
        if at in known and known[at] != value
    ]
    if odd:
        raise Invalid("logger.file", odd[:_SHOWN], count=len(odd))
    new = {at: value for at, value in readings if at not in known}
    noted = TemperatureImport(
        id=new_id(),
        place=place,
        attachment=attachment,
        added=len(new),
        repeated=len(readings) - len(new),
        first_at=first,
        last_at=last,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(
        noted,
        *(Temperature(place=place, at=at, value=value, source=noted.id) for at, value in new.items()),
    )
    return len(new)
