"""Whether a database is whole: its pages, its guards, each log, and the tables as the logs tell them."""

from sqlalchemy import Connection, Engine, select, text

from lims.errors import NotFound, StorageUnfit, Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.verify import verify_log
from lims.records.log import LogHead
from lims.storage.guards import check_guards
from lims.storage.log import Place, checkpoint, entries
from lims.storage.rebuild import differences


def pages(connection: Connection) -> None:
    """Have SQLite check every page, index and foreign key of a file; a server checks its own.

    Raises:
        StorageUnfit: naming what is broken.
    """
    if connection.dialect.name != "sqlite":
        return
    found = list(connection.scalars(text("PRAGMA integrity_check")))
    if found != ["ok"]:
        raise StorageUnfit("keeping.pages", fault="; ".join(map(str, found))[:200])
    orphan = connection.execute(text("PRAGMA foreign_key_check")).first()
    if orphan is not None:
        raise StorageUnfit("keeping.pages", fault=f"{orphan[0]} -> {orphan[2]}")


def examine(engine: Engine) -> list[Checkpoint]:
    """Check a whole database and return what each of its logs has come to; see `examine_within`."""
    with engine.connect() as connection:
        return examine_within(connection)


def examine_within(connection: Connection) -> list[Checkpoint]:
    """Check a whole database as one transaction sees it.

    Raises:
        StorageUnfit: pages are broken, or guards are missing.
        Tampered: a log is not what was written, or a row is not what the logs tell; it names the first.
        NotFound: there is no log in it.
    """
    pages(connection)
    check_guards(connection)
    found = heads(connection)
    if not found:
        raise NotFound("laboratory.none", where="")
    for site in dict.fromkeys(connection.scalars(select(LogHead.site).order_by(LogHead.site))):
        for one in differences(connection, site):
            raise Tampered("keeping.row", table=one.table, key=one.key, how=one.how)
    return found


def heads(connection: Connection) -> list[Checkpoint]:
    """Verify every log and return what each has come to.

    Raises:
        Tampered: a log is not what was written; it names the first bad entry.
    """
    query = select(LogHead.site, LogHead.station, LogHead.origin, LogHead.size)
    found = list(connection.execute(query.order_by(LogHead.site, LogHead.station)))
    return [_log(connection, *head) for head in found]


def _log(connection: Connection, site: str, station: str, origin: str, size: int) -> Checkpoint:
    found = verify_log(origin, entries(connection, site, station))
    if not found.ok:
        raise Tampered("keeping.entry", origin=origin, entry=found.first_bad, reason=found.reason)
    if found.size != size:
        raise Tampered("keeping.entry", origin=origin, entry=found.size, reason="truncated")
    return Checkpoint(origin, size, bytes.fromhex(found.root))


def contains(engine: Engine, head: Checkpoint) -> None:
    """Make sure that a database's log extends a head that is known from outside of it.

    Raises:
        Tampered: the log is shorter than the head, has another root there, or there is no such log.
    """
    site, station = [*head.origin.split("/"), ""][:2]
    with engine.connect() as connection:
        try:
            found = checkpoint(connection, Place(site, station, head.origin), head.size)
        except (NotFound, StorageUnfit):
            raise Tampered("keeping.shorter", origin=head.origin, size=head.size) from None
    if found.root != head.root:
        raise Tampered("keeping.other", origin=head.origin, size=head.size)
