"""Brings a database to the present form by Alembic, and refuses one that a newer program wrote."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from lims.errors import NotFound, StorageUnfit
from lims.storage import equality
from lims.storage.guards import raise_guards

FOLDER = Path(__file__).parent / "migrations"


def _config(scripts: Path = FOLDER) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return config


@cache
def head(scripts: Path = FOLDER) -> str:
    """Return the newest revision this program knows."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head() or ""


def current(engine: Engine) -> str:
    """Return the revision a database has, empty when it has none."""
    with engine.connect() as connection:
        return revision(connection)


def revision(connection: Connection) -> str:
    """Return the revision that a transaction sees, empty when there is none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def _revisions(scripts: Path) -> list[str]:
    found = ScriptDirectory.from_config(_config(scripts)).walk_revisions()
    return [script.revision for script in found]


def upgrade(
    engine: Engine, scripts: Path = FOLDER, before: Callable[[str], None] = lambda _found: None
) -> None:
    """Migrate to the newest revision in one transaction and raise the guards again.

    A database that held a laboratory is compared, in that same transaction, with what it was: rows, logs, and the
    tables as the logs tell them. It is committed only when they are equal.

    Args:
        engine: of the database.
        scripts: the revisions.
        before: told the revision of a database that is about to be changed, so that it can keep a copy.

    Raises:
        StorageUnfit: the database is from a newer program, or would not be what it was; then it was left as it was.
        Tampered: its log is not what was written; it was left as it was.
    """
    found, newest = current(engine), head(scripts)
    if found == newest:
        return
    if found and found not in _revisions(scripts):
        raise StorageUnfit("storage.newer", found=found, known=newest)
    if found:
        before(found)
    config = _config(scripts)
    with engine.execution_options(writes=True).begin() as connection:
        held = equality.state(connection) if found else None
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        raise_guards(connection)
        if held is not None and held.logs:
            equality.keep(connection, held)


def older(engine: Engine) -> tuple[str, ...]:
    """Return the forms of older programs that a database could be taken back to, the newest first."""
    found, known = current(engine), _revisions(FOLDER)
    return tuple(known[known.index(found) + 1 :]) if found in known else ()


def rollback(engine: Engine, to: str, before: Callable[[str], None]) -> None:
    """Take a database back to the form that an older program knows; all its entries and rows stay.

    Args:
        engine: of the database, which nobody else has open.
        to: the revision, or its beginning such as `0008`.
        before: told the present revision, so that it can keep a copy.

    Raises:
        NotFound: there is no such older form.
        StorageUnfit: an entry says what the older form cannot hold; the database was left as it was.
    """
    known = older(engine)
    (target,) = [one for one in known if to and one.startswith(to)][:1] or [""]
    if not target:
        raise NotFound("storage.no_form", wanted=to, known=", ".join(known) or "/")
    before(current(engine))
    config = _config()
    with engine.execution_options(writes=True).begin() as connection:
        held = equality.state(connection)
        config.attributes["connection"] = connection
        command.downgrade(config, target)
        raise_guards(connection)
        equality.keep_back(connection, held)
