"""The log under examination: every entry checked, the tables rebuilt from it and compared."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, select

from lims.door import question
from lims.errors import Invalid
from lims.evidence.entry import from_bytes
from lims.evidence.verify import verify_log
from lims.records.log import LogEntry, LogHead
from lims.storage import migrate, rebuild
from lims.storage.log import entries
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class LogState:
    """One station's log: whether it is whole, and the first bad entry when it is not."""

    station: str
    origin: str
    size: int
    root: str
    ok: bool
    first_bad: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The state of all logs of a site, and the rows of the tables that the logs do not account for.

    `compared` is False where the tables could not be held against the logs: a log is broken, or the program too old.
    """

    ok: bool
    logs: tuple[LogState, ...]
    differences: tuple[rebuild.Difference, ...]
    compared: bool


@question()
def verify(view: View, *, progress: Callable[[int], None] | None = None) -> Audit:
    """Check every log of the site and rebuild the tables beside the present ones.

    Args:
        view: the snapshot.
        progress: told the number of entries rebuilt so far; it may raise to stop.
    """
    connection = view.session.connection()
    states = [_state(view, *row) for row in view.rows(_heads(view))]
    ok = all(state.ok for state in states)
    compared = ok and migrate.revision(connection) == migrate.head()
    differences = tuple(rebuild.differences(connection, view.site, progress)) if compared else ()
    return Audit(ok and not differences, tuple(states), differences, compared)


def _heads(view: View) -> Select[str, str, int]:
    return (
        select(LogHead.station, LogHead.origin, LogHead.size)
        .where(LogHead.site == view.site)
        .order_by(LogHead.station)
    )


def _state(view: View, station: str, origin: str, size: int) -> LogState:
    found = verify_log(origin, entries(view.session.connection(), view.site, station))
    ok, first_bad, reason = found.ok, found.first_bad, found.reason
    if ok and found.size != size:
        ok, first_bad, reason = False, found.size, "truncated"
    return LogState(station, origin, found.size, found.root, ok, first_bad, reason)


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the log as people read it."""

    station: str
    seq: int
    at: str
    actor: str
    role: str
    verb: str
    why: str
    tables: tuple[str, ...]
    arrival: int = -1


@question()
def acts(view: View, *, before: int | None = None, count: int = 200) -> list[Act]:
    """Return the latest entries of this station's log, the newest first, a page at a time."""
    query = select(LogEntry.seq, LogEntry.data).where(
        LogEntry.site == view.site, LogEntry.station == view.place.station
    )
    if before is not None:
        query = query.where(LogEntry.seq < before)
    rows = view.rows(query.order_by(LogEntry.seq.desc()).limit(count))
    return [act_of(view.place.station, seq, bytes(data)) for seq, data in rows]


def act_of(station: str, seq: int, data: bytes, arrival: int = -1) -> Act:
    """Return an entry as people read it; bytes that are no entry have no verb, and the fault as their reason."""
    try:
        entry = from_bytes(data)
    except Invalid as fault:
        return Act(station, seq, "", "", "", "", fault.code, (), arrival)
    tables = tuple(dict.fromkeys(change.table for change in entry.changes))
    return Act(station, seq, entry.at, entry.actor, entry.role, entry.verb, entry.why, tables, arrival)
