"""The trail under watch: the check of the whole log once a day, and the signed review of what the rules found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lims.actor import STATION
from lims.door import Lims, verb
from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.evidence.entry import from_bytes
from lims.queries import audit
from lims.queries import oversight as questions
from lims.queries.audit import Audit
from lims.records.log import LogEntry
from lims.records.oversight import LogCheck, TrailReview
from lims.storage.unit import Unit, new_id

OUTCOMES = ("accepted", "followed_up")
"""What a review of a finding can end in: it is in order, or something was done about it."""


@verb(needs="station manager reviewer signatory administrator")
def checked(unit: Unit, *, ok: bool, size: int, root: str, fault: str) -> str:
    """Note the outcome of a check of the whole log; return the note's id."""
    row = LogCheck(
        id=new_id(),
        station=unit.place.station,
        ok=ok,
        size=size,
        root=root,
        fault=fault[:2000],
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def check(lims: Lims, progress: Callable[[int], None] | None = None) -> Audit:
    """Check the whole log, rebuild the tables beside the present ones, and note what came out.

    Args:
        lims: the door of whoever checks.
        progress: told the number of entries rebuilt so far; it may raise to stop.
    """
    found = lims.ask(audit.verify, progress=progress)
    own = next(one for one in found.logs if one.station == lims.store.place.station)
    if lims.store.writer.barred is None:
        lims.do(checked, ok=found.ok, size=own.size, root=own.root, fault=_fault(found))
    return found


def daily(lims: Lims, progress: Callable[[int], None] | None = None) -> Audit | None:
    """Check the whole log at the first start of a day; None when that was done already."""
    station = lims.acting(STATION)
    return check(station, progress) if station.ask(questions.check_due) else None


def _fault(found: Audit) -> str:
    bad = next((one for one in found.logs if not one.ok), None)
    if bad is not None:
        return f"{bad.origin} {bad.first_bad} {bad.reason}"
    first = next(iter(found.differences), None)
    return f"{first.table} {first.key} {first.how}" if first else ""


@dataclass(frozen=True, slots=True)
class Point:
    """One finding as it is named in a review: whose log, which entry, which kind."""

    station: str
    seq: int
    kind: str


def point(text: str) -> Point:
    """Read a finding's name, such as `LJ01:15:overridden`.

    Raises:
        Invalid: it is none.
    """
    station, _, rest = text.partition(":")
    seq, _, kind = rest.partition(":")
    if not (station and seq.isdecimal() and seq.isascii() and kind in questions.KINDS):
        raise Invalid("oversight.point", text=text, kinds=" ".join(questions.KINDS))
    return Point(station, int(seq), kind)


@verb(needs="manager reviewer", signs="复核")
def settle(unit: Unit, points: Sequence[Point], *, outcome: str, remarks: str) -> tuple[str, ...]:
    """Note that findings of the trail were looked at, and what came of it; return the notes' ids.

    Raises:
        Invalid: nothing is named, or an unknown kind or outcome.
        RuleBroken: no remarks, or one was settled before.
        NotAllowed: one is an act of the very person who reviews.
        NotFound: there is no such entry.
    """
    if not points or outcome not in OUTCOMES or any(one.kind not in questions.KINDS for one in points):
        raise Invalid("oversight.outcome", outcome=outcome)
    if not remarks.strip():
        raise RuleBroken("oversight.remarks")
    unit.why = remarks
    return tuple(_settled(unit, one, outcome, remarks) for one in points)


def _settled(unit: Unit, point: Point, outcome: str, remarks: str) -> str:
    if _actor(unit, point) == unit.actor.account:
        raise NotAllowed("oversight.own", seq=point.seq)
    query = select(TrailReview.id).where(
        TrailReview.site == unit.site,
        TrailReview.station == point.station,
        TrailReview.seq == point.seq,
        TrailReview.kind == point.kind,
    )
    if unit.one(query) is not None:
        raise RuleBroken("oversight.settled", seq=point.seq)
    row = TrailReview(
        id=new_id(),
        station=point.station,
        seq=point.seq,
        kind=point.kind,
        outcome=outcome,
        remarks=remarks,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


def _actor(unit: Unit, point: Point) -> str:
    query = select(LogEntry.data).where(
        LogEntry.site == unit.site, LogEntry.station == point.station, LogEntry.seq == point.seq
    )
    data = unit.one(query)
    if data is None:
        raise NotFound("log.entry", station=point.station, seq=point.seq)
    try:
        return from_bytes(bytes(data)).actor
    except Invalid:
        return ""
