"""The tables once more, from the log alone: any row that differs was not written by the log."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Table,
    Text,
    TextClause,
    and_,
    cast,
    create_engine,
    select,
    type_coerce,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from lims.errors import LimsError
from lims.evidence.entry import from_bytes
from lims.records.log import LogEntry, LogHead
from lims.storage import tally
from lims.storage.dialects import COMPILED, SQLITE
from lims.storage.incoming import set_aside
from lims.storage.project import apply, projected

STEP = 100
"""Entries after which the progress of a rebuild is told."""

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the tables and the log tell differently: `missing`, `extra` or `changed` in the tables.

    An entry of the log is named too: `extra` when no station of the site has such a log, `changed` when it
    arrived in another order than it was chained, or cannot be applied.
    """

    table: str
    key: str
    how: str


def _entry(site: str, station: str, seq: int, how: str) -> Difference:
    return Difference(LogEntry.__tablename__, f"{site}/{station}/{seq}", how)


def replay(
    source: Connection, target: Connection, site: str, progress: Callable[[int], None] | None = None
) -> list[Difference]:
    """Apply every entry of a site, in the order of arrival, to the empty tables of `target`; not the quarantined.

    Returns:
        The entries that could not be applied.
    """
    query = (
        select(LogEntry.station, LogEntry.seq, cast(LogEntry.data, LargeBinary))
        .where(LogEntry.site == site)
        .order_by(LogEntry.arrival)
        .execution_options(yield_per=1000)
    )
    broken = []
    aside = set_aside(source, site)
    with source.execute(query) as rows:
        for count, (station, seq, data) in enumerate(rows, start=1):
            if (station, seq) in aside:
                continue
            try:
                apply(target, from_bytes(bytes(data)))
            except (LimsError, DBAPIError):
                broken.append(_entry(site, station, seq, "changed"))
            if progress and count % STEP == 0:
                progress(count)
    return broken


def _misplaced(connection: Connection, site: str) -> Iterator[Difference]:
    """Yield what no chain shows: entries of a log without a head, and a changed order of arrival."""
    heads = connection.scalars(select(LogHead.station).where(LogHead.site == site))
    following = dict.fromkeys(heads, 0)
    query = (
        select(LogEntry.station, LogEntry.seq)
        .where(LogEntry.site == site)
        .order_by(LogEntry.arrival)
        .execution_options(yield_per=2000)
    )
    with connection.execute(query) as rows:
        for station, seq in rows:
            if station not in following:
                yield _entry(site, station, seq, "extra")
                continue
            if seq != following[station]:
                yield _entry(site, station, seq, "changed")
            following[station] = seq + 1


def _plain(value: object) -> str | None:
    """Return what a database gave as text that is equal on both: dates and booleans have their own types on one."""
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, bool) else str(value)


def stored(
    connection: Connection, table: Table, where: ColumnElement[bool] | TextClause
) -> dict[_Key, tuple[str | None, ...]]:
    """Return rows of a table as plain text by their keys, equal on both kinds of database."""
    # read as stored: a value that its column's type cannot read is a difference to name, not a fault to stop at
    raw = select(*(type_coerce(column, Text) for column in table.columns)).where(where)
    places = [place for place, column in enumerate(table.columns) if column.primary_key]
    found: dict[_Key, tuple[str | None, ...]] = {}
    for row in connection.execute(raw):
        plain = tuple(_plain(value) for value in row)
        found[tuple(str(plain[place]) for place in places)] = plain
    return found


@cache
def _nowhere() -> Engine:
    """Databases in memory, a new one for each connection."""
    return create_engine(f"{SQLITE}://", execution_options={"compiled_cache": COMPILED}, poolclass=NullPool)


@cache
def _created(table: Table) -> str:
    return str(CreateTable(table).compile(dialect=sqlite.dialect()))


@contextmanager
def blank(tables: Iterable[Table]) -> Iterator[Connection]:
    """Hold these tables empty, in memory, for the length of a `with` block."""
    with _nowhere().connect() as target:
        for table in tables:
            target.exec_driver_sql(_created(table))
        yield target


def _filled(connection: Connection) -> set[str]:
    """Return which tables hold any row: asked in one go, for most of a hundred tables are empty in most places."""
    spelled = connection.dialect.identifier_preparer.format_table
    asked = (
        f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {spelled(table)})"  # noqa: S608 - our own tables' names
        for table in projected()
    )
    return set(connection.exec_driver_sql(" UNION ALL ".join(asked)).scalars())


def differences(
    connection: Connection, site: str, progress: Callable[[int], None] | None = None
) -> Iterator[Difference]:
    """Yield every row of the site's tables that the log does not account for, or tells otherwise."""
    yield from _misplaced(connection, site)
    with blank(projected()) as target:
        yield from replay(connection, target, site, progress)
        filled = _filled(connection) | _filled(target)
        for table in projected():
            if table.name not in filled:
                continue
            where = and_(table.c.site == site, tally.counting(table))
            yield from _compare(table.name, stored(connection, table, where), stored(target, table, where))


def _compare(
    table: str, found: dict[_Key, tuple[str | None, ...]], told: dict[_Key, tuple[str | None, ...]]
) -> Iterator[Difference]:
    for key in sorted(found.keys() | told.keys()):
        name = "/".join(key)
        if key not in found:
            yield Difference(table, name, "missing")
        elif key not in told:
            yield Difference(table, name, "extra")
        elif found[key] != told[key]:
            yield Difference(table, name, "changed")
