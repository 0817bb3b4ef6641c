"""From the log to the tables: the one function by which live writing, rebuilding and syncing all write."""

from sqlalchemy import Connection, Table
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


def _write(connection: Connection, table: Table, row: dict[str, object]) -> None:
    key = [column.key for column in table.primary_key.columns]
    rest = {name: value for name, value in row.items() if name not in key}
    insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = insert(table).values(row)
    if rest:
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=key))


def apply(connection: Connection, entry: Entry) -> None:
    """Write an entry's after-images into the tables, in their order, replacing rows of the same key."""
    for change in entry.changes:
        table = table_of(change)
        row = values(table, change.row)
        old = tally.before(connection, table, row)
        _write(connection, table, row)
        tally.adjust(connection, table, old, row)
