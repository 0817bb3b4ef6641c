"""What came in, as people look at it: bundles taken, bundles that wait, forks, entries in quarantine."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question
from lims.queries.people import names
from lims.records.peers import BundleHeld, BundleTaken, Fork, Quarantined
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Taken:
    """A bundle that was taken: from which site, which arrivals, when."""

    id: str
    of: str
    origin: str
    first: int
    last: int
    at: datetime


@question()
def taken(view: View, *, count: int = 200) -> list[Taken]:
    """Return the bundles that were taken, the newest first."""
    query = select(BundleTaken).where(BundleTaken.site == view.site)
    rows = view.all(query.order_by(BundleTaken.seq.desc(), BundleTaken.at.desc()).limit(count))
    return [Taken(row.id, row.of, row.origin, row.first, row.last, row.at) for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """A bundle that lies beside the database: why, and which arrival is asked for."""

    id: str
    of: str
    first: int
    last: int
    wanted: int
    why: str
    state: str
    at: datetime


@question()
def held(view: View) -> list[Held]:
    """Return the bundles that still wait, the earliest first."""
    query = select(BundleHeld).where(BundleHeld.site == view.site, BundleHeld.state == "waiting")
    return [
        Held(row.id, row.of, row.first, row.last, row.wanted, row.why, row.state, row.at)
        for row in view.all(query.order_by(BundleHeld.at))
    ]


@dataclass(frozen=True, slots=True)
class ForkView:
    """Two histories of one log, and what a person decided about them; `by` and `reason` are `/` before."""

    id: str
    of: str
    station: str
    seq: int
    held_leaf: str
    offered_leaf: str
    bundle: str
    state: str
    decision: str
    reason: str
    by: str
    at: datetime


@question()
def forks(view: View) -> list[ForkView]:
    """Return every fork that was ever seen, the newest first; a decided one stays."""
    known = names(view)
    rows = view.all(select(Fork).where(Fork.site == view.site).order_by(Fork.id.desc()))
    return [
        ForkView(
            row.id,
            row.of,
            row.station,
            row.seq,
            row.held_leaf,
            row.offered_leaf,
            row.bundle,
            row.state,
            row.decision,
            row.reason,
            known(row.by),
            row.at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class QuarantinedView:
    """An entry of another site that is not in the tables, and why."""

    of: str
    station: str
    seq: int
    fault: str
    state: str
    at: datetime


@question()
def quarantined(view: View) -> list[QuarantinedView]:
    """Return the entries in quarantine, settled ones too, in the order of their sites and logs."""
    query = select(Quarantined).where(Quarantined.site == view.site)
    rows = view.all(query.order_by(Quarantined.of, Quarantined.station, Quarantined.seq))
    return [QuarantinedView(row.of, row.station, row.seq, row.fault, row.state, row.at) for row in rows]
