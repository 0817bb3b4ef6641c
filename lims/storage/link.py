"""How this computer and its database's server stand to one another: encrypted, checked, a standby, kept twice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from lims.errors import StorageUnfit


@dataclass(frozen=True, slots=True)
class Link:
    """What is known of the connection to a server.

    Attributes:
        server: host and port, or the folder of its socket.
        encrypted: whether what is said goes through TLS.
        checked: whether the server's certificate and its name are checked (`sslmode=verify-full`).
        standby: whether the server only follows another one, and can only be read.
        kept_twice: whether a commit waits until a second server has it.
        followers: how many servers follow this one.
    """

    server: str
    encrypted: bool
    checked: bool
    standby: bool
    kept_twice: bool
    followers: int


def standby(connection: Connection) -> bool:
    """Tell whether a server only follows another one."""
    return connection.dialect.name == "postgresql" and bool(
        connection.scalar(text("SELECT pg_is_in_recovery()"))
    )


def link(engine: Engine) -> Link:
    """Return how a laboratory's server is reached.

    Raises:
        StorageUnfit: the laboratory is a file on this computer.
    """
    if engine.dialect.name != "postgresql":
        raise StorageUnfit("storage.no_server")
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        told = driver.info.get_parameters()
        names = connection.scalar(text("SHOW synchronous_standby_names"))
        followers = connection.scalar(text("SELECT count(*) FROM pg_stat_replication"))
        encrypted = bool(driver.pgconn.ssl_in_use)
        return Link(
            f"{driver.info.host}:{driver.info.port}",
            encrypted,
            encrypted and told.get("sslmode") == "verify-full",
            standby(connection),
            bool(names),
            int(followers or 0),
        )
