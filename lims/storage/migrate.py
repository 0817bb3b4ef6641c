"""Brings a database to the present form by Alembic, and refuses one that a newer program wrote."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from lims.errors import StorageUnfit
from lims.storage.guards import raise_guards

FOLDER = Path(__file__).parent / "migrations"


def _config(scripts: Path = FOLDER) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return config


def head(scripts: Path = FOLDER) -> str:
    """Return the newest revision this program knows."""
    return ScriptDirectory.from_config(_config(scripts)).get_current_head() or ""


def current(engine: Engine) -> str:
    """Return the revision a database has, empty when it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(
    engine: Engine, scripts: Path = FOLDER, before: Callable[[str], None] = lambda _found: None
) -> None:
    """Migrate to the newest revision in one transaction and raise the guards again.

    Args:
        engine: of the database.
        scripts: the revisions.
        before: told the revision of a database that is about to be changed, so that it can keep a copy.

    Raises:
        StorageUnfit: the database is from a newer program.
    """
    found, newest = current(engine), head(scripts)
    if found == newest:
        return
    config = _config(scripts)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found and found not in known:
        raise StorageUnfit("storage.newer", found=found, known=newest)
    if found:
        before(found)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        raise_guards(connection)
