"""Takes another site's entries into its own log here, as they were written, and never over what is held.

The entries of a site come in the order in which they arrived there, so both sides count alike. What differs from what
is held is a fork and changes nothing; what cannot be brought into the tables is kept in the log and told apart.
"""

import binascii
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from lims.errors import LimsError, Tampered
from lims.evidence.entry import Entry, from_bytes
from lims.evidence.hashing import algorithm
from lims.evidence.tree import Frontier, leaf_hash
from lims.records.log import LogEntry, LogHead, Personal, SiteHead
from lims.records.peers import Quarantined
from lims.storage.log import Place, begin, lock
from lims.storage.project import apply, projected

_AT_ONCE = 100
"""Entries that share one savepoint; where one of them fails, they are tried again one by one."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Where another history begins: the station's entry `seq`, what is held there and what was offered."""

    station: str
    seq: int
    held: bytes
    offered: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that stands in the log and not in the tables, and why."""

    station: str
    seq: int
    fault: str


@dataclass(frozen=True, slots=True)
class Grown:
    """What a site's logs have come to: entries altogether, and size and root of each station's log."""

    arrival: int
    heads: dict[str, tuple[int, bytes]]
    refused: tuple[Refused, ...]


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def arrived(connection: Connection, site: str) -> int:
    """Return how many entries of a site are held, 0 for a site that nothing came from yet."""
    found = connection.scalar(select(SiteHead.arrival).where(SiteHead.site == site))
    return found or 0


def parted(
    connection: Connection, site: str, first: int, entries: Sequence[tuple[str, bytes]]
) -> Parted | None:
    """Return where the offered entries tell another history than the held ones, or None.

    Args:
        connection: the transaction.
        site: whose entries they are.
        first: the arrival of the first of them.
        entries: station and bytes of each, in order.
    """
    query = (
        select(LogEntry.station, LogEntry.seq, LogEntry.data, LogEntry.leaf)
        .where(LogEntry.site == site, LogEntry.arrival >= first, LogEntry.arrival < first + len(entries))
        .order_by(LogEntry.arrival)
    )
    held = connection.execute(query).all()
    for (station, seq, data, leaf), (offered_by, offered) in zip(held, entries, strict=False):
        if (station, bytes(data)) != (offered_by, offered):
            return Parted(station, seq, bytes(leaf), _leaf(connection, site, offered_by, offered))
    return None


def _leaf(connection: Connection, site: str, station: str, data: bytes) -> bytes:
    query = select(LogHead.origin).where(LogHead.site == site, LogHead.station == station)
    origin = connection.scalar(query) or "sha256"
    return leaf_hash(algorithm(origin.rsplit("/", 1)[-1]), data)


class Divided(Exception):  # noqa: N818 - caught by whoever takes, who notes both histories
    """The entries do not go on from what is held."""

    def __init__(self, where: Parted) -> None:
        super().__init__(where)
        self.where = where


class _Logs:
    """The logs of one site while they grow; nothing is written to the heads before `keep`."""

    def __init__(self, connection: Connection, site: str, origins: dict[str, str]) -> None:
        self._connection, self._site, self._origins = connection, site, origins
        self._heads: dict[str, tuple[Place, bytes, Frontier]] = {}
        self._grown: set[str] = set()

    def add(self, station: str, data: bytes) -> tuple[Entry, bytes, bytes]:
        """Chain an entry and return it with its leaf and the root after it."""
        place, leaf, frontier = self._head(station)
        entry = from_bytes(data)
        if entry.origin != place.origin or entry.seq > frontier.size:
            raise Tampered("sync.chain", origin=place.origin, entry=frontier.size)
        if entry.seq < frontier.size:
            raise Divided(Parted(station, entry.seq, b"", leaf_hash(place.hash, data)))
        if entry.prev != leaf.hex():
            if station in self._grown:
                raise Tampered("sync.chain", origin=place.origin, entry=entry.seq)
            raise Divided(Parted(station, max(entry.seq - 1, 0), leaf, _hex(entry.prev)))
        if any(change.row.get("site") != self._site for change in entry.changes):
            raise Tampered("sync.foreign_row", origin=place.origin, entry=entry.seq)
        leaf = leaf_hash(place.hash, data)
        frontier = frontier.append(place.hash, leaf)
        self._heads[station] = (place, leaf, frontier)
        self._grown.add(station)
        return entry, leaf, frontier.root(place.hash)

    def _head(self, station: str) -> tuple[Place, bytes, Frontier]:
        if station not in self._heads:
            self._heads[station] = self._load(station)
        return self._heads[station]

    def _load(self, station: str) -> tuple[Place, bytes, Frontier]:
        if station not in self._origins:
            raise Tampered("sync.station", station=station)
        place = Place(self._site, station, self._origins[station])
        query = select(LogHead).where(LogHead.site == self._site, LogHead.station == station)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            begin(self._connection, place)
            return place, b"", Frontier()
        if row["origin"] != place.origin:
            raise Tampered("sync.station", station=station)
        packed: bytes = row["frontier"]
        nodes = tuple(packed[at : at + 32] for at in range(0, len(packed), 32))
        return place, row["leaf"], Frontier(row["size"], nodes)

    def keep(self, arrival: int) -> dict[str, tuple[int, bytes]]:
        """Write the heads and return size and root of each log that was touched."""
        for station, (_, leaf, frontier) in self._heads.items():
            self._connection.execute(
                update(LogHead)
                .where(LogHead.site == self._site, LogHead.station == station)
                .values(size=frontier.size, leaf=leaf, frontier=b"".join(frontier.nodes))
            )
        self._connection.execute(update(SiteHead).where(SiteHead.site == self._site).values(arrival=arrival))
        return {
            station: (frontier.size, frontier.root(place.hash))
            for station, (place, _, frontier) in self._heads.items()
        }


def take(
    connection: Connection,
    site: str,
    first: int,
    entries: Sequence[tuple[str, bytes]],
    origins: dict[str, str],
) -> Grown:
    """Chain and project what is new of a contiguous piece of a site; what is held already is passed over.

    Args:
        connection: the transaction; it holds the lock of our own site.
        site: whose entries they are.
        first: the arrival of the first, at most what is held.
        entries: station and bytes of each.
        origins: the origin of each station's log.

    Raises:
        Divided: they go on from another history than the held one; nothing may be kept then.
        Tampered: an entry does not follow the one before, or writes rows of another site; nothing may be kept then.
        Invalid: an entry is not in the form of one.
    """
    held = arrived(connection, site)
    logs = _Logs(connection, site, origins)
    rows, parsed = [], []
    fresh = entries[held - first :]
    for arrival, (station, data) in enumerate(fresh, start=held):
        entry, leaf, root = logs.add(station, data)
        values = {"site": site, "station": station, "seq": entry.seq, "arrival": arrival}
        rows.append({**values, "data": data, "leaf": leaf, "root": root})
        parsed.append((station, entry))
    if rows:
        lock(connection, site)
        connection.execute(insert(LogEntry), rows)
    heads = logs.keep(held + len(rows))
    return Grown(held + len(rows), heads, tuple(_project(connection, parsed)))


def _project(connection: Connection, parsed: Sequence[tuple[str, Entry]]) -> Iterator[Refused]:
    for at in range(0, len(parsed), _AT_ONCE):
        some = parsed[at : at + _AT_ONCE]
        if _applied(connection, [entry for _, entry in some]) is None:
            continue
        for station, entry in some:
            fault = _applied(connection, [entry])
            if fault is not None:
                yield Refused(station, entry.seq, fault)


def _applied(connection: Connection, entries: Iterable[Entry]) -> str | None:
    """Bring entries into the tables, all of them or none; return why not."""
    nested = connection.begin_nested()
    try:
        for entry in entries:
            apply(connection, entry)
    except (LimsError, DBAPIError) as fault:
        nested.rollback()
        return getattr(fault, "code", "") if isinstance(fault, LimsError) else str(fault.orig)[:300]
    nested.commit()
    return None


def project_again(connection: Connection, site: str) -> list[Refused]:
    """Empty a site's tables and bring its whole log into them once more; return what still cannot be."""
    for table in reversed(projected()):
        connection.execute(delete(table).where(table.c.site == site))
    query = (
        select(LogEntry.station, LogEntry.data)
        .where(LogEntry.site == site)
        .order_by(LogEntry.arrival)
        .execution_options(yield_per=1000)
    )
    refused: list[Refused] = []
    for rows in connection.execute(query).partitions(1000):
        refused += _project(connection, [(station, from_bytes(bytes(data))) for station, data in rows])
    return refused


def add_personal(connection: Connection, place: Place, rows: Sequence[tuple[str, str, str]]) -> None:
    """Keep the personal texts behind commitments: (commitment, salt, text); those that are here stay.

    Raises:
        Tampered: a text is not what its commitment says.
    """
    for commitment, salt, text in rows:
        try:
            told = place.hash(bytes.fromhex(salt) + text.encode()).hex()
        except (ValueError, binascii.Error):
            told = ""
        if told != commitment:
            raise Tampered("sync.personal", origin=place.origin)
        known = connection.scalar(
            select(Personal.salt).where(Personal.site == place.site, Personal.commitment == commitment)
        )
        if known is None:
            connection.execute(
                insert(Personal).values(site=place.site, commitment=commitment, salt=salt, text=text)
            )


def set_aside(connection: Connection, site: str) -> set[tuple[str, int]]:
    """Return the entries of a site, as (station, seq), that stand in its log here and not in the tables."""
    query = select(Quarantined.station, Quarantined.seq).where(
        Quarantined.of == site, Quarantined.state == "open"
    )
    return {(station, seq) for station, seq in connection.execute(query)}


def outgoing(engine: Engine, site: str, first: int, most: int) -> list[tuple[str, bytes]]:
    """Return station and bytes of at most so many entries of a site, in their order of arrival, from `first` on."""
    query = (
        select(LogEntry.station, LogEntry.data)
        .where(LogEntry.site == site, LogEntry.arrival >= first)
        .order_by(LogEntry.arrival)
        .limit(most)
    )
    with engine.connect() as connection:
        return [(station, bytes(data)) for station, data in connection.execute(query)]
