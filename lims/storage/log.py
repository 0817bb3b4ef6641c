"""Appends to a station's log and reads it back: bytes, leaf, root and head in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, LargeBinary, bindparam, cast, func, insert, select, update

from lims.errors import NotFound, StorageUnfit
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import Entry, to_bytes
from lims.evidence.hashing import Hash, algorithm
from lims.evidence.tree import Frontier, leaf_hash
from lims.records.catalogue import metadata
from lims.records.log import LogEntry, LogHead, SiteHead
from lims.storage.project import apply

CHANNEL = "kuaijian"
"""Where a server tells its desks that something was written; the message is the site."""

# Statements of every append, built once: SQLAlchemy takes ten times as long to build them as SQLite to run them.
_ENTRY, _OWN, _ALL = (metadata().tables[one.__tablename__] for one in (LogEntry, LogHead, SiteHead))
_ARRIVAL = select(_ALL.c.arrival).where(_ALL.c.site == bindparam("at_site")).with_for_update()
_AT = (_OWN.c.site == bindparam("at_site"), _OWN.c.station == bindparam("at_station"))
_HEAD = (
    select(_OWN.c.origin, _OWN.c.size, _OWN.c.leaf, _OWN.c.frontier, _ALL.c.arrival)
    .join(_ALL, _ALL.c.site == _OWN.c.site)
    .where(*_AT)
)
_ADD = insert(_ENTRY)
_GROW = update(_OWN).where(*_AT)
_ARRIVED = update(_ALL).where(_ALL.c.site == bindparam("at_site"))


@dataclass(frozen=True, slots=True)
class Place:
    """Whose log is written: the site, one station of it, and the log's origin."""

    site: str
    station: str
    origin: str

    @property
    def hash(self) -> Hash:
        """The hash function the log was founded on."""
        return algorithm(self.origin.rsplit("/", 1)[-1])


def place_of(site: str, station: str, algorithm_name: str) -> Place:
    """Return the place with its origin, such as `LJ/LJ01/sha256`."""
    return Place(site, station, f"{site}/{station}/{algorithm_name}")


def lock(connection: Connection, site: str) -> int:
    """Take the site's row for this transaction and return how many entries have arrived."""
    arrival: int | None = connection.scalar(_ARRIVAL, {"at_site": site})
    if arrival is None:
        raise NotFound("site.unknown", site=site)
    return arrival


def begin(connection: Connection, place: Place) -> None:
    """Make the heads of a new station's log, and of its site where it is the first."""
    if connection.scalar(select(SiteHead.arrival).where(SiteHead.site == place.site)) is None:
        connection.execute(insert(SiteHead).values(site=place.site, arrival=0))
    connection.execute(
        insert(LogHead).values(
            site=place.site, station=place.station, origin=place.origin, size=0, leaf=b"", frontier=b""
        )
    )


def _head(connection: Connection, place: Place) -> tuple[int, bytes, Frontier]:
    row = connection.execute(_HEAD, {"at_site": place.site, "at_station": place.station}).first()
    if row is None:
        raise NotFound("station.unknown", station=place.station)
    origin, size, leaf, packed, arrival = row
    if origin != place.origin:
        raise StorageUnfit("storage.origin", found=origin, wanted=place.origin)
    nodes = tuple(packed[i : i + 32] for i in range(0, len(packed), 32))
    return arrival, leaf, Frontier(size, nodes)


def append(connection: Connection, place: Place, draft: Entry) -> int:
    """Chain `draft` to the log, store its bytes, project its rows, and return its place in the log.

    Args:
        connection: a transaction that holds the site's lock.
        place: whose log it is.
        draft: the entry; its `origin`, `seq` and `prev` are set here.
    """
    arrival, prev, frontier = _head(connection, place)
    entry = replace(draft, origin=place.origin, seq=frontier.size, prev=prev.hex())
    data = to_bytes(entry)
    leaf = leaf_hash(place.hash, data)
    grown = frontier.append(place.hash, leaf)
    root = grown.root(place.hash)
    apply(connection, entry)
    own = {"site": place.site, "station": place.station}
    written = {**own, "seq": entry.seq, "arrival": arrival, "data": data, "leaf": leaf, "root": root}
    connection.execute(_ADD, written)
    at = {"at_site": place.site, "at_station": place.station}
    connection.execute(_GROW, {**at, "size": grown.size, "leaf": leaf, "frontier": b"".join(grown.nodes)})
    connection.execute(_ARRIVED, {"at_site": place.site, "arrival": arrival + 1})
    if connection.dialect.name == "postgresql":  # other desks hear of it when this is committed
        connection.execute(select(func.pg_notify(CHANNEL, place.site)))
    return entry.seq


def entries(connection: Connection, site: str, station: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield (bytes, stored leaf) of one station's log in order; a gap yields what stands there.

    Who meddled with a file may have left text where bytes stood; it is read as the bytes it is.
    """
    query = (
        select(cast(LogEntry.data, LargeBinary), cast(LogEntry.leaf, LargeBinary))
        .where(LogEntry.site == site, LogEntry.station == station)
        .order_by(LogEntry.seq)
        .execution_options(yield_per=2000)
    )
    with connection.execute(query) as rows:
        for data, leaf in rows:
            yield bytes(data), bytes(leaf)


def checkpoint(connection: Connection, place: Place, size: int | None = None) -> Checkpoint:
    """Return what the log had come to after `size` entries (now, when None).

    Raises:
        NotFound: when the log is shorter.
    """
    if size is None:
        size = _head(connection, place)[2].size
    if size == 0:
        return Checkpoint(place.origin, 0, place.hash(b""))
    root = connection.scalar(
        select(LogEntry.root).where(
            LogEntry.site == place.site, LogEntry.station == place.station, LogEntry.seq == size - 1
        )
    )
    if root is None:
        raise NotFound("log.size", size=size)
    return Checkpoint(place.origin, size, bytes(root))
