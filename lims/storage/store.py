"""An open database of one site: the engine, the place that writes, and the writer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from lims.errors import NotFound, StorageUnfit
from lims.records.log import LogHead
from lims.storage import log
from lims.storage.copying import snapshot
from lims.storage.engine import open_engine, postgres, read_only, unreached
from lims.storage.files import keep_folder
from lims.storage.fitness import check_postgres
from lims.storage.guards import check_guards
from lims.storage.link import standby
from lims.storage.log import Place
from lims.storage.migrate import head, revision, upgrade
from lims.storage.writer import Writer, storage_fault


@dataclass(frozen=True)
class Store:
    """One laboratory's database, open for reading and writing."""

    engine: Engine
    place: Place
    writer: Writer

    def close(self) -> None:
        """Finish what is being written and let go of the database."""
        self.writer.close()
        self.engine.dispose()


def _places(engine: Engine) -> list[Place]:
    with engine.connect() as connection:
        rows = connection.execute(
            select(LogHead.site, LogHead.station, LogHead.origin).order_by(LogHead.station)
        )
        return [Place(*row) for row in rows]


def found(where: Path | str, place: Place) -> Store:
    """Make the tables and the empty log of a new laboratory, and open it.

    Raises:
        StorageUnfit: when the place cannot keep it, or a laboratory is there already.
    """
    with _opening(where) as engine:
        upgrade(engine)
        if _places(engine):
            raise StorageUnfit("storage.founded", where=str(where))
        with engine.execution_options(writes=True).begin() as connection:
            log.begin(connection, place)
        return Store(engine, place, Writer(engine, place.site))


def open_store(
    where: Path | str, station: str = "", keys: Sequence[bytes | None] = (None,), *, examine: bool = False
) -> Store:
    """Open a laboratory that was founded, as one of its stations (the first, when not named).

    One that a newer program wrote can only be read: its writer is barred with `storage.newer`; so can one on a server
    that only follows another, with `storage.standby`.

    Args:
        where: its file, or its server's address.
        station: which of its stations writes.
        keys: of an encrypted file, tried in their order; None stands for a plain one.
        examine: one whose guards are gone is opened too, to be read alone: it must be looked at above all others.

    Raises:
        NotFound: nothing was founded here, or no such station.
        StorageUnfit: its guards are gone, its form cannot be brought up to date, or it cannot keep rows.
    """
    if isinstance(where, Path) and not where.exists():
        raise NotFound("laboratory.none", where=str(where))
    with _opening(where, keys) as engine:
        barred = _why_barred(engine, where, examine=examine)
        places = [place for place in _places(engine) if station in ("", place.station)]
        if not places:
            code = "station.unknown" if station else "laboratory.none"
            raise NotFound(code, where=str(where), station=station)
        store = Store(engine, places[0], Writer(engine, places[0].site))
        store.writer.bar(barred)
        return store


def unreached_store(url: str, place: Place) -> Store:
    """Return the store of a server that cannot be reached now; every act is refused until somebody lifts the bar.

    Raises:
        StorageUnfit: when the address cannot be read.
    """
    engine = postgres(url)
    store = Store(engine, place, Writer(engine, place.site))
    store.writer.bar(StorageUnfit("storage.away"))
    return store


def reach(store: Store) -> StorageUnfit | None:
    """Look at a server as `open_store` does, now that it may answer; return why it could only be read, or None.

    Raises:
        StorageUnfit: it does not answer yet, or as `open_store` does.
        NotFound: it does not hold this station.
    """
    engine = store.engine
    try:
        with engine.connect() as connection:
            check_postgres(connection)
        barred = _why_barred(engine, "", examine=False)
        if store.place not in _places(engine):
            raise NotFound("station.unknown", where=store.place.site, station=store.place.station)
    except DBAPIError as fault:
        raise unreached(engine, fault) from None
    return barred


def _why_barred(engine: Engine, where: Path | str, *, examine: bool) -> StorageUnfit | None:
    """Return why a database may only be read, its form being brought up to date first; None when it may be written."""
    return _following(engine) or _brought_up(engine, where) or _unguarded(engine, examine=examine)


def _following(engine: Engine) -> StorageUnfit | None:
    """Let nothing be changed on a server that only follows another one, and say so.

    Raises:
        StorageUnfit: its form is another one, which can be brought up to date on the first server alone.
    """
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        if not standby(connection):
            return None
        found = revision(connection)
    if found != head():
        raise StorageUnfit("storage.standby_form", found=found, known=head())
    read_only(engine)
    return StorageUnfit("storage.standby")


def _brought_up(engine: Engine, where: Path | str) -> StorageUnfit | None:
    """Bring the form up to date; where a newer program has gone further, let nothing be changed and say so."""
    try:
        upgrade(engine, before=copy_before(engine, where))
    except StorageUnfit as fault:
        if fault.code != "storage.newer":
            raise
        read_only(engine)
        return fault
    return None


def _unguarded(engine: Engine, *, examine: bool) -> StorageUnfit | None:
    """Make sure that the guards stand; where they do not, say so to who examines, and let nothing be changed."""
    try:
        with engine.connect() as connection:
            check_guards(connection)
    except StorageUnfit as fault:
        if not examine:
            raise
        read_only(engine)
        return fault
    return None


def copy_before(engine: Engine, where: Path | str) -> Callable[[str], None]:
    """Return what keeps a copy of a file's database, named by its revision, before a migration changes it.

    A server's database is not copied: its migration is one transaction, and its backups are the server's.
    """

    def keep(found: str) -> None:
        if isinstance(where, Path):
            kept = where.with_name(f"{where.stem}-before-{found}{where.suffix}")
            part = kept.with_name(kept.name + ".part")
            part.unlink(missing_ok=True)
            snapshot(engine, part)
            part.replace(kept)
            keep_folder(kept.parent)

    return keep


@contextmanager
def _opening(where: Path | str, keys: Sequence[bytes | None] = (None,)) -> Iterator[Engine]:
    engine = open_engine(where, keys)
    try:
        yield engine
    except DBAPIError as fault:
        engine.dispose()
        raise storage_fault(fault) from None
    except BaseException:
        engine.dispose()
        raise
