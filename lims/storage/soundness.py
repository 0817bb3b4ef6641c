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
    """Check a whole database and return what each of its logs has come to.

    Raises:
        StorageUnfit: pages are broken, or guards are missing.
        Tampered: a log is not what was written, or a row is not what the logs tell; it names the first.
        NotFound: there is no log in it.
    """
    with engine.connect() as connection:
        pages(connection)
        check_guards(connection)
        query = select(LogHead.site, LogHead.station, LogHead.origin, LogHead.size)
        heads = list(connection.execute(query.order_by(LogHead.site, LogHead.station)))
        if not heads:
            raise NotFound("laboratory.none", where="")
        found = [_log(connection, *head) for head in heads]
        for site in dict.fromkeys(head[0] for head in heads):
            for one in differences(connection, site):
                raise Tampered("keeping.row", table=one.table, key=one.key, how=one.how)
        return found


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
