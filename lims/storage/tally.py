"""Keeps the counts beside the rows: what a row no longer is goes down by one, what it now is goes up by one."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, select, true
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from lims import clock
from lims.records.peers import Member
from lims.records.results import Verdict
from lims.records.samples import Sample
from lims.records.tally import SampleTally, VerdictTally

_Key = dict[str, str]


READ = Member.__tablename__
"""The table that is looked into while samples are counted."""
_FOUNDED = select(Member.id).where(Member.site == bindparam("site"), Member.id == bindparam("station"))


def _of_sample(connection: Connection, row: Mapping[str, Any]) -> _Key | None:
    """Return what a sample counts as: each once, at the site whose station its number names."""
    if row["state"] in {"void", "rejected"}:
        return None
    if connection.execute(_FOUNDED, {"site": row["site"], "station": row["id"][:4]}).first():
        return None
    names = ("site", "township", "product_group", "stage", "kind")
    return {**{name: row[name] for name in names}, "month": f"{row['drawn_on']:%Y-%m}"}


def _of_verdict(_: Connection, row: Mapping[str, Any]) -> _Key | None:
    if row["state"] == "rejected":
        return None
    return {
        "site": row["site"], "item": row["item"], "word": row["word"], "month": f"{clock.local(row['at']):%Y-%m}",
    }  # fmt: skip


_COUNTED: Mapping[str, tuple[Table, str, Callable[[Connection, Mapping[str, Any]], _Key | None]]] = {
    "sample": (SampleTally.__table__, "samples", _of_sample),  # type: ignore[dict-item] # SQLAlchemy types it wider
    "verdict": (VerdictTally.__table__, "verdicts", _of_verdict),  # type: ignore[dict-item] # the same
}
"""Counted table to the table of its counts, the column of the count, and what a row counts as."""


def before(connection: Connection, table: Table, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the row that a change is about to replace, where its table is counted; None where there is none."""
    if table.name not in _COUNTED:
        return None
    where = [column == row[column.key] for column in table.primary_key.columns]
    found = connection.execute(select(table).where(*where)).mappings().first()
    return None if found is None else {str(name): value for name, value in found.items()}


def adjust(
    connection: Connection, table: Table, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> None:
    """Count a written row anew; called after it was written, with the row it replaced."""
    if table.name not in _COUNTED:
        return
    counts, column, key = _COUNTED[table.name]
    was, now = key(connection, old) if old else None, key(connection, new)
    if was == now:
        return
    for one, by in ((was, -1), (now, 1)):
        if one is not None:
            _add(connection, counts, column, one, by)


def _add(connection: Connection, counts: Table, column: str, key: _Key, by: int) -> None:
    make = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(counts).values({**key, column: by})
    statement = statement.on_conflict_do_update(
        index_elements=list(key), set_={column: counts.c[column] + by}
    )
    connection.execute(statement)


def counting(table: Table) -> ColumnElement[bool]:
    """Return which rows of a table say anything: a count of nothing is the same as no row."""
    column = next((column for counts, column, _ in _COUNTED.values() if counts is table), None)
    return true() if column is None else table.c[column] != 0


def recount(connection: Connection) -> None:
    """Count every row of every site anew, for a database that was filled before its counts were kept."""
    for kind, record in (("sample", Sample), ("verdict", Verdict)):
        counts, column, key = _COUNTED[kind]
        found: Counter[tuple[tuple[str, str], ...]] = Counter()
        for row in connection.execute(select(record.__table__)).mappings():
            if (one := key(connection, {str(name): value for name, value in row.items()})) is not None:
                found[tuple(sorted(one.items()))] += 1
        connection.execute(delete(counts))
        rows = [{**dict(one), column: count} for one, count in found.items()]
        if rows:
            connection.execute(insert(counts), rows)
