"""The form of the tables: one head, equal to the records, there and back, and nothing from a newer program."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from lims.app import opened
from lims.errors import NotAllowed, NotFound, StorageUnfit
from lims.queries import audit, samples
from lims.records.catalogue import metadata
from lims.services import watch
from lims.storage import migrate
from lims.storage.engine import open_engine
from lims.storage.guards import check_guards
from tests.laboratory import PASSWORD, Lab
from tests.lims.storage import released
from tests.lims.storage.meddling import is_postgres, run, verified
from tests.servers import Servers

WRONG = '''
"""A revision with a mistake in it: it loses a row."""
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None

def upgrade():
    op.execute("UPDATE sample SET food = '/' WHERE id = (SELECT min(id) FROM sample)")
'''


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


@pytest.mark.parametrize("form", released.FORMS[:1])
def test_a_laboratory_of_an_older_program_is_upgraded_whole(form: str, tmp_path: Path) -> None:
    assert min(released.rehearse(form, tmp_path)) > 0


def test_an_upgrade_that_changes_a_row_changes_nothing(tmp_path: Path) -> None:
    path = released.unpacked(released.FORMS[0], tmp_path)
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_wrong.py").write_text(WRONG.format(before=migrate.head()), "utf-8")
    engine = open_engine(path)
    try:
        with pytest.raises(StorageUnfit, match=r"storage\.upgrade_differs.*sample"):
            migrate.upgrade(engine, scripts)
        assert migrate.current(engine) == released.FORMS[0]
    finally:
        engine.dispose()


def test_the_way_back_keeps_all_or_is_refused(lab: Lab) -> None:
    numbers = lab.received(2)
    engine = lab.station.store.engine
    kept: list[str] = []
    with pytest.raises(NotFound, match=r"storage\.no_form"):
        migrate.rollback(engine, migrate.head(), kept.append)
    with pytest.raises(StorageUnfit, match=r"storage\.rollback_loses"):
        migrate.rollback(engine, "0001", kept.append)
    assert migrate.current(engine) == migrate.head()
    migrate.rollback(engine, "0007", kept.append)
    assert (migrate.current(engine), set(kept)) == ("0007", {migrate.head()})
    migrate.upgrade(engine)
    assert verified(lab).ok
    assert {
        number: lab.station.ask(samples.by_number, number) is not None for number in numbers
    } == dict.fromkeys(numbers, True)


def test_a_laboratory_of_a_newer_program_can_be_read_and_not_changed(lab: Lab) -> None:
    number = lab.received(1)[0]
    root = lab.laboratory.folder.root
    url = lab.station.store.engine.url
    database = url.render_as_string(hide_password=False) if is_postgres(lab) else ""
    run(lab, "ALTER TABLE sample ADD COLUMN weather TEXT")
    run(lab, "UPDATE alembic_version SET version_num = '9999_from_the_future'")
    with opened(root, database) as laboratory:
        assert laboratory.newer
        person = laboratory.sign_in("lin", PASSWORD)
        assert person.ask(samples.by_number, number) is not None
        found = person.ask(audit.verify)
        assert (found.ok, found.compared) == (True, False)
        with pytest.raises(StorageUnfit, match=rf"storage\.newer.*9999_from_the_future.*{migrate.head()}"):
            laboratory.lims.do(watch.noted, "view", number)
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            run(replace(lab, laboratory=laboratory), "UPDATE sample SET food = '/'")
        with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
            laboratory.sign_in("lin", "another")
    assert migrate.current(lab.station.store.engine) == "9999_from_the_future"
