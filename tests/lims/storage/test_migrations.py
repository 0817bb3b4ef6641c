"""The form of the tables: one head, equal to the records, there and back, and nothing from a newer program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from lims.app import open_laboratory
from lims.errors import StorageUnfit
from lims.records.catalogue import metadata
from lims.storage import migrate
from lims.storage.engine import open_engine
from lims.storage.guards import check_guards
from tests.laboratory import Lab
from tests.lims.storage.meddling import is_postgres, run
from tests.servers import Servers


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, servers: Servers) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "lab.db" if request.param == "sqlite" else servers.fresh())
    yield engine
    engine.dispose()


def differs(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata()))


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(migrate._config()).get_heads() == [migrate.head()]


def test_an_empty_database_comes_to_the_form_of_the_records(empty: Engine) -> None:
    assert migrate.current(empty) == ""
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.head()
    assert differs(empty) == []
    with empty.connect() as connection:
        check_guards(connection)
    migrate.upgrade(empty)
    assert differs(empty) == []


def test_there_and_back_and_there_again(empty: Engine) -> None:
    migrate.upgrade(empty)
    config = migrate._config()
    with empty.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    migrate.upgrade(empty)
    assert differs(empty) == []
    with empty.connect() as connection:
        check_guards(connection)


def test_a_migration_that_fails_leaves_nothing_half_done(empty: Engine) -> None:
    with empty.execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE verdict (id TEXT)"))  # stands in the way of the real one
    with pytest.raises(DBAPIError, match="verdict"):
        migrate.upgrade(empty)
    assert migrate.current(empty) == ""
    assert inspect(empty).get_table_names() == ["verdict"]


def test_a_database_from_a_newer_program_is_refused_and_left_alone(lab: Lab) -> None:
    root = lab.laboratory.folder.root
    url = lab.station.store.engine.url
    database = url.render_as_string(hide_password=False) if is_postgres(lab) else ""
    run(lab, "UPDATE alembic_version SET version_num = '9999_from_the_future'")
    with pytest.raises(StorageUnfit, match=rf"storage\.newer.*9999_from_the_future.*{migrate.head()}"):
        open_laboratory(root, database)
    assert migrate.current(lab.station.store.engine) == "9999_from_the_future"
