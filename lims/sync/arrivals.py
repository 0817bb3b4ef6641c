"""What came in, as people look at it: bundles taken, bundles that wait, forks, entries in quarantine."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lims.door import question
from lims.queries.people import names
from lims.records.peers import BundleHeld, BundleTaken, Fork, Quarantined
from lims.storage.unit import View
from lims.sync import members


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A station of another site as the county sees it: entries of its site held here, its last bundle, its troubles."""

    station: str
    of: str
    name: str
    state: str
    reason: str
    held: int
    last: datetime | None
    troubles: int


@question()
def standings(view: View) -> list[Standing]:
    """Return every station that this county founded with what last came from its site, by code."""
    newest = dict(
        view.rows(
            select(BundleTaken.of, func.max(BundleTaken.at))
            .where(BundleTaken.site == view.site)
            .group_by(BundleTaken.of)
        )
    )
    troubles = Counter(one.of for one in matters(view) if one.open)
    return [
        Standing(
            one.station,
            one.of,
            one.name,
            one.state,
            "" if one.reason == "/" else one.reason,
            one.held,
            newest.get(one.of),
            troubles[one.of],
        )
        for one in members.members(view)
    ]


@dataclass(frozen=True, slots=True)
class Matter:
    """Something of another site that does not fit.

    Attributes:
        kind: `fork`, `gap` or `stopped` (a bundle that waits), `quarantined` (an entry).
        key: unique among all of them.
        id: of the fork or the bundle; the site for an entry in quarantine.
        of: the site.
        station: whose log; empty for a bundle that waits.
        where: number of the entry, or the arrival that is asked for.
        detail: the fault of an entry, the arrivals of a bundle, the decision about a fork.
        open: whether it still waits.
        at: when it was seen.
    """

    kind: str
    key: str
    id: str
    of: str
    station: str
    where: int
    detail: str
    open: bool
    at: datetime


@question()
def matters(view: View) -> list[Matter]:
    """Return all that does not fit, what is open first; forks stay for ever."""
    found = [
        Matter("fork", f"fork {one.id}", one.id, one.of, one.station, one.seq,
               "" if one.decision == "/" else one.decision, one.state == "open", one.at)
        for one in forks(view)
    ]  # fmt: skip
    found += [
        Matter(one.why, f"held {one.id}", one.id, one.of, "", one.wanted, f"{one.first}-{one.last - 1}",
               open=True, at=one.at)
        for one in held(view)
        if one.why != "fork"
    ]  # fmt: skip
    found += [
        Matter("quarantined", f"entry {one.station} {one.seq}", one.of, one.of, one.station, one.seq, one.fault,
               one.state == "open", one.at)
        for one in quarantined(view)
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.open)
