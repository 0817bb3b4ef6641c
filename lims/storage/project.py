"""From the log to the tables: the one function by which live writing, rebuilding and syncing all write."""

from functools import cache

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from lims.errors import Invalid
from lims.evidence.entry import Change, Entry
from lims.records.catalogue import metadata
from lims.records.log import UNPROJECTED
from lims.storage import tally
from lims.storage.images import values


def projected() -> list[Table]:
    """Return the tables that the log writes and the counts derived from them, parents before children."""
    return [table for table in metadata().sorted_tables if table.name not in UNPROJECTED]


def table_of(change: Change) -> Table:
    """Return the table a change belongs to.

    Raises:
        Invalid: when the log names a table that it may not write.
    """
    table = metadata().tables.get(change.table)
    if table is None or change.table in UNPROJECTED or table.info.get("derived"):
        raise Invalid("log.table", table=change.table)
    return table


@cache
def _statement(table: Table, names: tuple[str, ...], dialect: str) -> Executable:
    """Return the statement that puts rows with these columns; it is built once, which takes longer than to run it."""
    key = [column.key for column in table.primary_key.columns]
    statement = (postgres_insert if dialect == "postgresql" else sqlite_insert)(table)
    rest = {name: statement.excluded[name] for name in names if name not in key}
    if rest:
        return statement.on_conflict_do_update(index_elements=key, set_=rest)
    return statement.on_conflict_do_nothing(index_elements=key)


def _write(connection: Connection, table: Table, row: dict[str, object]) -> None:
    connection.execute(_statement(table, tuple(row), connection.dialect.name), row)


def apply(connection: Connection, entry: Entry) -> None:
    """Write an entry's after-images into the tables, in their order, replacing rows of the same key."""
    for change in entry.changes:
        table = table_of(change)
        row = values(table, change.row)
        old = tally.before(connection, table, row)
        _write(connection, table, row)
        tally.adjust(connection, table, old, row)
