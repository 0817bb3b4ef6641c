"""Roles on a server: the desks' own account can add to the log and never touch what is in it; a reader reads.

Accounts that log in are made by whoever runs the server and put into these roles; passwords are no matter of ours.
"""

from collections.abc import Iterator

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lims.errors import StorageUnfit
from lims.records.catalogue import metadata
from lims.records.log import UNPROJECTED

DESK, READER = "kuaijian_desk", "kuaijian_reader"
_RIGHTS = {
    "log_entry": "SELECT, INSERT",
    "log_head": "SELECT, INSERT, UPDATE",
    "site_head": "SELECT, INSERT, UPDATE",
    "personal": "SELECT, INSERT, DELETE",  # erasure by law; the log keeps its commitment
    "alembic_version": "SELECT",
}
_PROJECTED = "SELECT, INSERT, UPDATE"
_NEVER_READ = {"personal"}


def statements() -> Iterator[str]:
    """Yield what makes the roles and gives each its rights; again is harmless, after a migration it is needed."""
    for role in (DESK, READER):
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
        )
        yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    names = [*(table.name for table in metadata().sorted_tables), "alembic_version"]
    for name in names:
        yield f'REVOKE ALL ON "{name}" FROM PUBLIC, {DESK}, {READER}'
        rights = _RIGHTS.get(name, _PROJECTED if name not in UNPROJECTED else "SELECT")
        yield f'GRANT {rights} ON "{name}" TO {DESK}'
        if name not in _NEVER_READ:
            yield f'GRANT SELECT ON "{name}" TO {READER}'


def give(engine: Engine) -> None:
    """Make the roles on a server and give them their rights, as the owner of the tables.

    Raises:
        StorageUnfit: this is no server, or the account may not do it.
    """
    if engine.dialect.name != "postgresql":
        raise StorageUnfit("roles.file")
    try:
        with engine.begin() as connection:
            for statement in statements():
                connection.execute(text(statement))
    except DBAPIError as fault:
        raise StorageUnfit("roles.refused", fault=str(fault.orig).strip()) from None
