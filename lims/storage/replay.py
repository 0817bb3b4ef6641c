"""One sample once more from the log: are its rows in the tables what its entries say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from lims.errors import Invalid
from lims.evidence.entry import from_bytes
from lims.evidence.hashing import algorithm
from lims.evidence.tree import leaf_hash
from lims.records.catalogue import metadata
from lims.records.log import LogEntry, LogHead
from lims.records.types import time_text
from lims.storage import tally
from lims.storage.project import apply
from lims.storage.rebuild import Difference, blank, stored

_MARGIN = timedelta(days=2)
_RUNS = "(SELECT run FROM position WHERE site = :site AND sample = :sample)"
_RESULTS = f"sample = :sample OR run IN {_RUNS}"
_READINGS = f"(SELECT reading FROM result WHERE site = :site AND ({_RESULTS}))"  # noqa: S608 - our own words
_PORTIONS = "(SELECT id FROM portion WHERE site = :site AND sample = :sample)"
ABOUT: Mapping[str, str] = {
    "sample": "id = :sample",
    "receipt": "sample = :sample",
    "custody": "sample = :sample",
    "seal_fact": "sample = :sample",
    "store_move": "sample = :sample",
    "portion": "sample = :sample",
    "portion_lock": f"portion IN {_PORTIONS}",
    "disposal": f"portion IN {_PORTIONS}",
    "run": f"id IN {_RUNS}",
    "position": f"run IN {_RUNS}",
    "result": _RESULTS,
    "reading": f"id IN {_READINGS}",
    "verdict": "sample = :sample",
    "review": "verdict IN (SELECT id FROM verdict WHERE site = :site AND sample = :sample)",
    "certificate": "sample = :sample",
}
"""Table to the condition that picks the rows about one sample, its runs' controls among them."""

_NAMED = ("run", "portion", "reading", "verdict")
"""Tables whose ids stand in entries that do not name the sample."""


def differences_of(connection: Connection, site: str, sample: str) -> list[Difference]:
    """Return each row about a sample that the tables and the log tell differently, and each entry that was changed.

    Read are the entries since shortly before the sample was drawn, by the day in its number.

    Args:
        connection: of the laboratory's database.
        site: whose sample it is.
        sample: its number.
    """
    pattern = re.compile(b"|".join(re.escape(name.encode()) for name in names_of(connection, site, sample)))
    found: list[Difference] = []
    about = (
        table
        for name, table in metadata().tables.items()
        if name in ABOUT or name == tally.READ or table.info.get("derived")
    )
    with blank(about) as target:
        for entry in _since(connection, site, sample):
            if pattern.search(entry[2]):
                found += _replayed(target, site, entry)
        found += _compared(connection, target, site, sample)
    return found


def names_of(connection: Connection, site: str, sample: str) -> list[str]:
    """Return a sample's number and the ids that stand for it in entries which do not name it."""
    values = {"site": site, "sample": sample}
    names = {sample}
    for table in _NAMED:
        query = select(metadata().tables[table].c.id).where(text(f"site = :site AND ({ABOUT[table]})"))
        names.update(connection.scalars(query, values))
    return sorted(names)


_Entry = tuple[str, int, bytes, bytes, str]


def _since(connection: Connection, site: str, sample: str) -> Iterator[_Entry]:
    query = (
        select(LogEntry.station, LogEntry.seq, LogEntry.data, LogEntry.leaf, LogHead.origin)
        .join(LogHead, (LogHead.site == LogEntry.site) & (LogHead.station == LogEntry.station))
        .where(LogEntry.site == site, LogEntry.arrival >= first_arrival(connection, site, sample))
        .order_by(LogEntry.arrival)
        .execution_options(yield_per=1000)
    )
    with connection.execute(query) as rows:
        for station, seq, data, leaf, origin in rows:
            yield station, seq, bytes(data), bytes(leaf), origin


def first_arrival(connection: Connection, site: str, sample: str) -> int:
    """Return an arrival before the sample was drawn; 0 where its number does not tell the day."""
    try:
        day = datetime.strptime(f"{sample[4:10]} +0800", "%y%m%d %z") - _MARGIN
    except ValueError:
        return 0
    last = connection.scalar(select(func.max(LogEntry.arrival)).where(LogEntry.site == site))
    low, high, wanted = 0, (last or 0) + 1, time_text(day)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _moment(connection, site, middle) < wanted else (low, middle)
    return low


def _moment(connection: Connection, site: str, arrival: int) -> str:
    query = select(LogEntry.data).where(LogEntry.site == site, LogEntry.arrival == arrival)
    data = connection.scalar(query)
    try:
        return from_bytes(bytes(data)).at if data is not None else "~"
    except Invalid:
        return "~"


def _replayed(target: Connection, site: str, told: _Entry) -> Iterator[Difference]:
    station, seq, data, leaf, origin = told
    try:
        entry = from_bytes(data)
        apply(target, replace(entry, changes=tuple(one for one in entry.changes if one.table in ABOUT)))
        whole = leaf_hash(algorithm(origin.rsplit("/", 1)[-1]), data) == leaf
    except Invalid:
        whole = False
    if not whole:
        yield Difference(LogEntry.__tablename__, f"{site}/{station}/{seq}", "changed")


def _compared(here: Connection, told: Connection, site: str, sample: str) -> Iterator[Difference]:
    values = {"site": site, "sample": sample}
    for name, condition in ABOUT.items():
        table = metadata().tables[name]
        where = text(f"site = :site AND ({condition})").bindparams(**values)
        found, wanted = stored(here, table, where), stored(told, table, where)
        for key in sorted(found.keys() | wanted.keys()):
            if found.get(key) != wanted.get(key):
                how = "extra" if key not in wanted else "missing" if key not in found else "changed"
                yield Difference(name, "/".join(key), how)
