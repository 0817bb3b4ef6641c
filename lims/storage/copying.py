"""A laboratory's database copied: a snapshot of a live file, or a server's rows and logs into another database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from lims.errors import StorageUnfit, Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.entry import from_bytes
from lims.records.catalogue import metadata
from lims.records.log import UNPROJECTED, LogEntry, LogHead
from lims.storage.engine import file_key, sqlite
from lims.storage.incoming import set_aside
from lims.storage.migrate import upgrade
from lims.storage.project import apply
from lims.storage.rebuild import differences
from lims.storage.soundness import examine

_ROWS = 500


def snapshot(engine: Engine, into: Path) -> None:
    """Write a consistent copy of an open laboratory to a new SQLite file, while others read and write.

    An embedded database copies itself (`VACUUM INTO`; the key of the file stays). A server's is read in one snapshot
    and written anew from its log, which proves that its tables are what the log tells.

    Raises:
        StorageUnfit: the copy cannot be written.
        Tampered: a server's tables are not what its log tells.
    """
    if engine.dialect.name == "sqlite":
        _vacuum(engine, into)
        return
    with opened_copy(into, None) as made, engine.connect() as connection:
        transfer(connection.execution_options(isolation_level="REPEATABLE READ"), made)


def _vacuum(engine: Engine, into: Path) -> None:
    raw = engine.raw_connection()
    try:
        driver: Any = raw.driver_connection
        driver.execute("VACUUM INTO ?", (str(into),))
    except sqlcipher.Error as fault:
        raise StorageUnfit("storage.failed", fault=str(fault)) from None
    finally:
        raw.close()


def transfer(source: Connection, target: Engine) -> None:
    """Write a laboratory into an empty database: the logs and what no log tells as they are, all else by the logs.

    Args:
        source: one snapshot of a laboratory.
        target: another database, of the same kind or not.

    Raises:
        StorageUnfit: there is a laboratory already, or it cannot be written.
        Tampered: the source's tables are not what its logs tell.
    """
    for site in source.scalars(select(LogHead.site).distinct()).all():
        for one in differences(source, site):
            raise Tampered("keeping.row", table=one.table, key=one.key, how=one.how)
    try:
        upgrade(target)
        with target.execution_options(writes=True).begin() as connection:
            if connection.execute(select(LogHead.station)).first() is not None:
                raise StorageUnfit("storage.founded", where=target.url.render_as_string())
            _write(source, connection)
    except DBAPIError as fault:
        raise StorageUnfit("storage.failed", fault=str(fault.orig)) from None


def _write(source: Connection, target: Connection) -> None:
    for table in metadata().sorted_tables:
        if table.name in UNPROJECTED:
            query = select(table).execution_options(yield_per=_ROWS)
            for rows in source.execute(query).mappings().partitions(_ROWS):
                target.execute(insert(table), [dict(row) for row in rows])
    columns = LogEntry.site, LogEntry.station, LogEntry.seq, LogEntry.data
    log = select(*columns).order_by(LogEntry.site, LogEntry.arrival).execution_options(yield_per=_ROWS)
    sites = source.scalars(select(LogHead.site).distinct()).all()
    aside = {(site, *place) for site in sites for place in set_aside(source, site)}
    for site, station, seq, data in source.execute(log):
        if (site, station, seq) not in aside:
            apply(target, from_bytes(bytes(data)))


@contextmanager
def opened_copy(path: Path, key: bytes | None) -> Iterator[Engine]:
    """Open a file that nobody else has, as a database of its own, for the length of a `with` block."""
    engine = sqlite(path, key)
    try:
        yield engine
    finally:
        engine.dispose()


def examined(engine: Engine, into: Path) -> tuple[bytes | None, list[Checkpoint]]:
    """Make a snapshot, open it, check all of it; return its key and what each of its logs has come to.

    Raises:
        StorageUnfit: it could not be made, or is broken.
        Tampered: a log or a row is not what was written.
    """
    snapshot(engine, into)
    key = file_key(engine)
    with opened_copy(into, key) as copy:
        return key, examine(copy)
