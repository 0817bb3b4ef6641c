"""The way back of a sample that a van handed over: the county gives it back with a reason, and the van writes again.

Both are facts in their own site's log, bound to the one handing over that they answer: a word about an older one
changes nothing, however often and however late it comes.
"""

from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question, verb
from lims.errors import NotFound, RuleBroken
from lims.evidence.entry import from_bytes
from lims.queries import sites
from lims.records.custody import GivenBack
from lims.records.log import LogEntry
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.records.storerooms import Move
from lims.services import handing
from lims.services.sample import moved
from lims.storage.unit import Unit, View


@verb(needs="technician sampler manager", cli="give-back")
def give_back(unit: Unit, sample: str, *, reason: str) -> str:
    """Give a sample back to the van that handed it over, which alone writes about it again; return the fact's id.

    It need not have been received; one that was must be as it came.

    Args:
        unit: the act, at the county.
        sample: its number.
        reason: why, in words for the van.

    Raises:
        NotFound: no van of ours drew it.
        RuleBroken: no reason, the van keeps it, it was given back before, or something was done to it here.
    """
    if not reason.strip():
        raise RuleBroken("sample.reason", number=sample)
    there = sites.drawn_by(unit.view(), sample)
    if there is None:
        raise NotFound("sample.unknown", id=sample)
    fact = handing.answered(unit, there.get(Sample, sample), reason)
    unit.why = fact.reason
    ours = unit.find(Sample, sample)
    if ours is not None and ours.state != "returned":
        _as_it_came(unit, there, ours)
        unit.put(moved(ours, "returned"))
    unit.put(fact)
    return fact.id


def _as_it_came(unit: Unit, there: View, ours: Sample) -> None:
    """Make sure that nothing was done to a received sample here, so that the van's rows still tell all of it.

    Raises:
        RuleBroken: something was.
    """
    query = select(Portion.id, Portion.state, Portion.version).where(Portion.sample == ours.id)
    portions = [set(view.rows(query.where(Portion.site == view.site))) for view in (unit.view(), there)]
    places = select(Move.place).where(Move.site == unit.site, Move.sample == ours.id)
    lies = unit.all(places.order_by(Move.id.desc()).limit(1))
    same = ours.version == there.get(Sample, ours.id).version + 1 and portions[0] == portions[1]
    if ours.state not in {"received", "rejected"} or not same or any(lies):
        raise RuleBroken("returns.worked", number=ours.id)


@dataclass(frozen=True, slots=True)
class Back:
    """What the county says of a sample that it gave back; `id` names the handing over that it answers."""

    id: str
    sample: str
    reason: str
    by: str
    at: datetime


@question(needs="station")
def owed(view: View, site: str) -> list[Back]:
    """Return what was given back to a site of ours and what it has not said to have taken, as far as its log came."""
    query = select(GivenBack).where(GivenBack.site == view.site, GivenBack.to == site).order_by(GivenBack.id)
    there = view.at(site)
    found = [(row, there.find(Sample, row.sample)) for row in view.all(query)]
    return [
        Back(row.id, row.sample, row.reason, row.by, row.at)
        for row, held in found
        if held is not None and held.state == "handed" and row.id == sites.handover_id(held)
    ]


@verb(needs="station")
def take_back(unit: Unit, told: Back) -> str:
    """Take back what the county gave back, as it was before it was handed over; return its number.

    Returns nothing when that handing over was answered before, or another one came since.
    """
    row = unit.find(Sample, told.sample)
    if row is None or row.state != "handed" or sites.handover_id(row) != told.id:
        return ""
    row.state, row.version = before(unit, row.id), row.version + 1
    unit.why = told.reason
    unit.put(row, GivenBack(to=unit.site, **asdict(told)))
    return row.id


def before(unit: Unit, number: str) -> str:
    """Return the state in which a sample was handed over, as this site's log says."""
    query = select(LogEntry.data).where(LogEntry.site == unit.site).order_by(LogEntry.arrival.desc())
    with closing(unit.session.scalars(query.execution_options(yield_per=200))) as newest_first:
        for data in newest_first:
            if number.encode() not in bytes(data):
                continue
            for change in reversed(from_bytes(bytes(data)).changes):
                mine = (change.table, change.row.get("id")) == ("sample", number)
                if mine and change.row["state"] != "handed":
                    return str(change.row["state"])
    raise NotFound("sample.unknown", id=number)
