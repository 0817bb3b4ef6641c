"""One sample's whole life, copied into a laboratory's tables and log so often as if as many samples had lived it."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from sqlalchemy import Table

from lims.records.catalogue import metadata
from lims.storage import tally
from tests.laboratory import Lab

_Rows = list[dict[str, Any]]
DERIVED = {"log_head", "site_head", "personal", "tally"}


def _tables() -> list[Table]:
    return [table for name, table in metadata().tables.items() if name not in DERIVED]


def rows(lab: Lab) -> dict[str, _Rows]:
    """Return every row of every table, but of those that are derived."""
    with lab.station.store.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in _tables()
        }


def multiply(lab: Lab, before: dict[str, _Rows], amount: int) -> None:
    """Copy what came into the tables and the log since `before`, under other names, `amount` times.

    The copies stand behind the original, as if it were the oldest of all; their leaves are those of the original.
    """
    new = {name: [row for row in told if row not in before[name]] for name, told in rows(lab).items()}
    named = re.compile(f"({'|'.join(sorted(map(re.escape, _names(before, new)), key=len, reverse=True))})")
    entries, dialect = len(new["log_entry"]), lab.station.store.engine.dialect
    driver: Any = lab.station.store.engine.raw_connection()
    driver.driver_connection.execute("PRAGMA foreign_keys = OFF")
    for name, some in filter(lambda told: told[1], new.items()):
        table = metadata().tables[name]
        ways = {column.name: column.type.bind_processor(dialect) for column in table.columns}
        told = f"INSERT OR IGNORE INTO {name} ({', '.join(ways)}) VALUES ({', '.join('?' * len(ways))})"
        plain = [{key: way(row[key]) if way else row[key] for key, way in ways.items()} for row in some]
        copies = zip(*(_copies(row, named, amount, entries) for row in plain), strict=True)
        driver.driver_connection.executemany(told, chain.from_iterable(copies))
    size = len(before["log_entry"]) + (amount + 1) * entries
    driver.driver_connection.execute(
        "UPDATE log_head SET size = ?, frontier = ?", (size, bytes(32 * size.bit_count()))
    )
    driver.driver_connection.execute("UPDATE site_head SET arrival = arrival + ?", (amount * entries,))
    driver.commit()
    driver.close()
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        tally.recount(connection)
        connection.exec_driver_sql("ANALYZE")


def _names(before: dict[str, _Rows], new: dict[str, _Rows]) -> set[str]:
    """Return the texts in keys of the new rows that no key of an old one has."""

    def keys(told: dict[str, _Rows]) -> set[str]:
        found: set[str] = set()
        for table in _tables():
            unique = {column.name for index in table.indexes if index.unique for column in index.columns}
            unique |= {column.name for column in table.primary_key.columns}
            found |= {row[name] for row in told[table.name] for name in unique if isinstance(row[name], str)}
        return found

    return {name for name in keys(new) - keys(before) if len(name) > 8}


def _copies(row: dict[str, Any], named: re.Pattern[str], amount: int, entries: int) -> Iterator[list[Any]]:
    """Yield a row under other names; `named` has one group, so that every second part of a split text is a name."""
    parts = {
        key: named.split(bytes(value).decode() if key == "data" else value)
        for key, value in row.items()
        if isinstance(value, str) or (key == "data" and "arrival" in row)
    }
    steps = {"entry": 100 * entries, "seq": entries, "arrival": entries}
    for number in range(amount):
        made = dict(row)
        for key, told in parts.items():
            told[1::2] = [f"{one[:8]}{number:06}{one[14:]}" for one in told[1::2]]
            text = "".join(told)
            made[key] = text.encode() if key == "data" else text
        for key in steps.keys() & row.keys():
            made[key] = row[key] + steps[key] * (number + 1)
        yield list(made.values())
