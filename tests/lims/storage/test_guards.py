"""The triggers on the log: what they refuse on both databases, and that nothing starts without them."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lims.app import open_laboratory
from lims.errors import StorageUnfit
from lims.storage.guards import check_guards, raise_guards
from tests.laboratory import Lab
from tests.lims.storage.meddling import drop_guards, guards, is_postgres, run, told, verified

COPY = "SELECT site, station, seq, arrival, data, leaf, root FROM log_entry WHERE seq = 1"


def refused(lab: Lab) -> list[str]:
    both = [
        "UPDATE log_entry SET data = data",
        "UPDATE log_entry SET arrival = arrival + 1000 WHERE seq = 1",
        "DELETE FROM log_entry",
        "DELETE FROM log_entry WHERE seq = 1",
    ]
    if is_postgres(lab):
        over = "ON CONFLICT (site, station, seq) DO UPDATE SET data = excluded.data"
        return [
            *both,
            "TRUNCATE log_entry",
            "TRUNCATE log_entry CASCADE",
            f"INSERT INTO log_entry {COPY} {over}",
        ]
    return [*both, f"INSERT OR REPLACE INTO log_entry {COPY}", f"REPLACE INTO log_entry {COPY}",
            f"INSERT OR REPLACE INTO log_entry {COPY.replace('seq, arrival', '999, arrival')}"]  # fmt: skip


def test_the_log_can_be_neither_changed_nor_deleted_nor_replaced(lab: Lab) -> None:
    lab.draw()
    before = told(lab, "SELECT seq, data FROM log_entry ORDER BY seq")
    for statement in refused(lab):
        with pytest.raises(DBAPIError, match="the log is never changed"):
            run(lab, statement)
    assert told(lab, "SELECT seq, data FROM log_entry ORDER BY seq") == before
    lab.draw()
    assert verified(lab).ok


@pytest.mark.parametrize("which", range(3))
def test_a_missing_guard_is_named(lab: Lab, which: int) -> None:
    name = guards(lab)[which]
    run(lab, f"DROP TRIGGER {name}{' ON log_entry' if is_postgres(lab) else ''}")
    with lab.station.store.engine.connect() as connection, pytest.raises(StorageUnfit, match=name):
        check_guards(connection)


def test_a_laboratory_without_its_guards_does_not_open(lab: Lab) -> None:
    drop_guards(lab)
    url = lab.station.store.engine.url
    database = url.render_as_string(hide_password=False) if is_postgres(lab) else ""
    root: Path = lab.laboratory.folder.root
    with pytest.raises(StorageUnfit, match=r"storage\.guards.*delete.*update"):
        open_laboratory(root, database)
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        raise_guards(connection)
    open_laboratory(root, database).close()
    with lab.station.store.engine.connect() as connection:
        check_guards(connection)
        assert connection.scalar(text("SELECT count(*) FROM log_entry")) > 0


def test_a_guard_that_is_switched_off_or_stands_elsewhere_is_missing(lab: Lab) -> None:
    if is_postgres(lab):
        run(lab, "ALTER TABLE log_entry DISABLE TRIGGER log_entry_no_update")
    else:
        run(lab, "DROP TRIGGER log_entry_no_update",
            "CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON sign_in BEGIN SELECT 1; END")  # fmt: skip
    with lab.station.store.engine.connect() as connection, pytest.raises(StorageUnfit, match="no_update"):
        check_guards(connection)
