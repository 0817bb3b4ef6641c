"""What a change of the tables' form must leave as it was: rows, logs, and the tables as the logs tell them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select, table

from lims.errors import LimsError, StorageUnfit
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import from_bytes
from lims.records.log import LogEntry
from lims.storage.soundness import examine_within, heads

_REVISION = "alembic_version"


@dataclass(frozen=True, slots=True)
class State:
    """What a database held: the number of rows by table, and what each log had come to."""

    rows: Mapping[str, int]
    logs: tuple[Checkpoint, ...]


def state(connection: Connection) -> State:
    """Count the rows of every table and verify every log.

    Raises:
        Tampered: a log is not what was written.
    """
    names = [name for name in inspect(connection).get_table_names() if name != _REVISION]
    rows = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
    return State(rows, tuple(heads(connection)))


def keep(connection: Connection, before: State) -> None:
    """Compare an upgraded database, not yet committed, with what it held before.

    Raises:
        StorageUnfit: rows or a log changed, or the tables are not what the logs tell; nothing may be committed.
    """
    try:
        logs = examine_within(connection)
    except LimsError as fault:
        raise StorageUnfit("storage.upgrade_differs", what=f"{fault.code} {dict(fault.values)}") from None
    _same(connection, before, tuple(logs))


def keep_back(connection: Connection, before: State) -> None:
    """Compare a database that was taken back to an older form, not yet committed, with what it held before.

    Raises:
        StorageUnfit: rows or a log changed, or an entry says what the older form cannot hold.
    """
    if lost := _beyond(connection):
        site, station, seq, name = lost
        raise StorageUnfit("storage.rollback_loses", entry=f"{site}/{station}/{seq}", table=name)
    _same(connection, before, tuple(heads(connection)))


def _same(connection: Connection, before: State, logs: tuple[Checkpoint, ...]) -> None:
    if logs != before.logs:
        raise StorageUnfit("storage.upgrade_differs", what="log")
    after = state(connection).rows
    for name, count in before.rows.items():
        if name in after and after[name] != count:
            raise StorageUnfit("storage.upgrade_differs", what=f"{name}: {count} -> {after[name]}")


def _beyond(connection: Connection) -> "tuple[str, str, int, str] | None":
    """Return the first entry that names a table or column which this form lacks."""
    seen = inspect(connection)
    known = {name: {column["name"] for column in seen.get_columns(name)} for name in seen.get_table_names()}
    query = select(LogEntry.site, LogEntry.station, LogEntry.seq, LogEntry.data).order_by(
        LogEntry.site, LogEntry.arrival
    )
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for site, station, seq, data in rows:
            for change in from_bytes(bytes(data)).changes:
                lacking = sorted(set(change.row) - known.get(change.table, set()))
                if lacking:
                    return site, station, seq, f"{change.table}.{lacking[0]}"
    return None
