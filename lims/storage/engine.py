"""Opens the database: SQLite from the library that keeps commits, or PostgreSQL."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from lims.errors import StorageUnfit
from lims.storage.dialects import COMPILED, POSTGRESQL, SQLITE
from lims.storage.fitness import check_folder, check_postgres, check_sqlite

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA busy_timeout = 20000",
)

_PATIENCE = 10
"""Seconds until a server that says nothing counts as away, where its address says nothing else."""

_KEPT_OPEN = 4
"""Connections kept open for the next question: opening one reads the whole schema, ten times a question's work."""


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the library has no types
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_at_once(connection: Connection) -> None:
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN"
    )


def connect_sqlite(path: Path, key: bytes | None = None) -> Any:  # noqa: ANN401 - the library has no types
    """Return the library's own connection to a file, its key set first; `None` is for a file without one."""
    connection = sqlcipher.connect(str(path), check_same_thread=False)
    if key is not None:
        connection.execute("PRAGMA cipher_log_level = NONE")  # a wrong key is told by us, once
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def sqlite(path: Path, key: bytes | None = None) -> Engine:
    """Return an engine on the SQLite file at `path`; a missing file is made.

    Args:
        path: of the file.
        key: 32 bytes that encrypt the file and what is written beside it; None for a plain file.

    Raises:
        StorageUnfit: when the folder or the library cannot keep a committed row.
    """
    check_folder(path.parent)
    engine = create_engine(
        f"{SQLITE}://",
        execution_options={"compiled_cache": COMPILED},
        creator=lambda: connect_sqlite(path, key),
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=_KEPT_OPEN,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_at_once)
    engine.update_execution_options(file_key=key)
    return engine


def file_key(engine: Engine) -> bytes | None:
    """Return the key of the file that an engine has open, None for a plain file or a server."""
    found: bytes | None = engine.get_execution_options().get("file_key")
    return found


def postgres(url: str) -> Engine:
    """Return an engine on a PostgreSQL server.

    Raises:
        StorageUnfit: when the address cannot be read, or names another kind of server.
    """
    try:
        given = make_url(url)
    except ArgumentError:
        raise StorageUnfit("storage.address", url=url) from None
    if given.get_backend_name() not in {"postgresql", "postgres"}:
        raise StorageUnfit("storage.address", url=given.render_as_string(hide_password=True))
    address = given.set(drivername=POSTGRESQL)
    # said by us, since a server without an encoding would otherwise answer in bytes
    told: dict[str, Any] = {"client_encoding": "UTF8"}
    if "connect_timeout" not in address.query:
        told["connect_timeout"] = _PATIENCE
    return create_engine(
        address, execution_options={"compiled_cache": COMPILED}, pool_pre_ping=True, connect_args=told
    )


def unreached(engine: Engine, fault: Exception) -> StorageUnfit:
    """Return what a person is told of a server that did not open: no answer, not the one that is trusted, no entry."""
    text = str(getattr(fault, "orig", fault))
    code = "storage.server_untrusted" if "SSL" in text or "certificate" in text else _word(engine)
    return StorageUnfit(code, where=_shown(engine.url), fault=text)


def _word(engine: Engine) -> str:
    _, address = engine.dialect.create_connect_args(engine.url)
    told = {"connect_timeout": _PATIENCE, **address}
    told.pop("context", None)  # the driver's own, none of the library's that asks
    answers = psycopg.pq.PGconn.ping(psycopg.conninfo.make_conninfo(**told).encode()) == psycopg.pq.Ping.OK
    return "storage.server_refuses" if answers else "storage.unreached"


def read_only(engine: Engine) -> None:
    """Have the database itself refuse every change from now on, on each connection that is made."""
    statement = (
        "PRAGMA query_only = ON"
        if engine.dialect.name == "sqlite"
        else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    )

    def refuse(connection: Any, _record: object) -> None:  # noqa: ANN401 - the library has no types
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if engine.dialect.name != "sqlite":
            connection.commit()

    event.listen(engine, "connect", refuse)
    engine.dispose()


def open_engine(where: Path | str, keys: Sequence[bytes | None] = (None,)) -> Engine:
    """Open a file's or a server's database and make sure that it keeps what it commits.

    Args:
        where: the file, or the server's address.
        keys: of the file, tried in their order; None stands for a plain file.

    Raises:
        StorageUnfit: when it does not, cannot be reached, or none of the keys opens it.
    """
    for key in keys[:-1]:
        try:
            return _opened(where, key)
        except StorageUnfit as fault:
            if fault.code != "storage.key":
                raise
    return _opened(where, keys[-1])


def _opened(where: Path | str, key: bytes | None) -> Engine:
    engine = sqlite(where, key) if isinstance(where, Path) else postgres(where)
    try:
        with engine.connect() as connection:
            (check_postgres if connection.dialect.name == "postgresql" else check_sqlite)(connection)
    except (DBAPIError, sqlcipher.DatabaseError) as fault:
        engine.dispose()
        if not isinstance(where, Path):
            raise unreached(engine, fault) from None
        text = str(getattr(fault, "orig", fault))
        code = "storage.key" if "not a database" in text else "storage.open"
        raise StorageUnfit(code, where=str(where), fault=text) from None
    except BaseException:
        engine.dispose()
        raise
    return engine


def _shown(address: URL) -> str:
    """Return a server and its database as people name them; nothing of how one gets in."""
    hosts = address.query.get("host") or address.host or "/"
    host = hosts if isinstance(hosts, str) else ", ".join(hosts)
    port = f":{address.port}" if address.port else ""
    return f"{host}{port}/{address.database or ''}"
