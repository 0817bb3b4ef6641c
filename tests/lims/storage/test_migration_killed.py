"""A migration that is killed leaves the old schema or the new one, never a mixture, and a copy from before it."""

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from lims.app import open_laboratory
from lims.queries import audit
from lims.records.catalogue import metadata
from lims.storage import migrate, soundness, store
from lims.storage.engine import open_engine
from lims.storage.guards import check_guards
from tests.counts import Counts
from tests.laboratory import found_lab
from tests.lims.storage.keeping import fill, start

HEAD = migrate.head()
AFTER = f"{int(HEAD) + 1:04}"
NEXT = f'''
"""A column, a table filled from another, and an index: what a second revision looks like."""
import time
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{AFTER}", "{HEAD}", None, None

def upgrade():
    op.add_column("sample", sa.Column("weather", sa.Text))
    time.sleep(0.05)
    op.create_table("fair", sa.Column("id", sa.Text, primary_key=True), sa.Column("food", sa.Text))
    time.sleep(0.05)
    op.execute("INSERT INTO fair SELECT id, food FROM sample")
    time.sleep(0.05)
    op.create_index("ix_fair_food", "fair", ["food"])
    time.sleep(0.05)
'''
MIGRATE = """
    import sys
    from pathlib import Path
    from lims.storage import migrate, store
    from lims.storage.engine import open_engine
    database = Path(sys.argv[1])
    engine = open_engine(database)
    print("begun", flush=True)
    migrate.upgrade(engine, Path(sys.argv[2]), store.copy_before(engine, database))
"""
FOUND = """
    import sys
    from pathlib import Path
    from lims.storage import migrate
    from lims.storage.engine import open_engine
    engine = open_engine(Path(sys.argv[1]))
    print("begun", flush=True)
    migrate.upgrade(engine)
"""


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    copied = shutil.copytree(
        migrate.FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")
    )
    (copied / "versions" / f"{AFTER}_next.py").write_text(NEXT, "utf-8")
    return copied


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    engine = open_engine(path)
    try:
        yield engine
    finally:
        engine.dispose()


def shape(path: Path) -> tuple[str, set[str], bool, int]:
    """The revision, the tables, whether the new column stands, the rows of the new table."""
    with opened(path) as engine, engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        columns = {one["name"] for one in inspect(connection).get_columns("sample")} if tables else set()
        rows = connection.scalar(text("SELECT count(*) FROM fair")) if "fair" in tables else 0
        return migrate.current(engine), tables, "weather" in columns, rows or 0


def killed(code: str, chance: random.Random, longest: float, *arguments: Path) -> bool:
    child = start(code, *arguments)
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    time.sleep(chance.uniform(0, longest))
    child.kill()
    child.communicate()
    return child.returncode != 0


def test_a_killed_migration_is_old_or_new_and_leaves_a_copy(
    tmp_path: Path, scripts: Path, counts: Counts
) -> None:
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    lab.close()
    tables, chance = set(metadata().tables), random.Random(15)
    old, new = (HEAD, tables, False, 0), (AFTER, tables | {"fair"}, True, 3)
    seen, hits = set(), 0
    for turn in range(counts.migration_kills):
        folder = shutil.copytree(tmp_path / "lab", tmp_path / f"lab{turn}")
        hits += killed(MIGRATE, chance, 0.5, folder / "laboratory.db", scripts)
        found = shape(folder / "laboratory.db")
        assert found in (old, new)
        seen.add(found[0])
        copy = folder / f"laboratory-before-{HEAD}.db"
        if found == new:
            assert shape(copy) == old
        if copy.exists():
            with opened(copy) as engine:
                assert soundness.examine(engine)
    assert hits
    assert HEAD in seen


def test_a_migration_that_ends_keeps_logs_guards_and_tables(tmp_path: Path, scripts: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    lab.close()
    path = tmp_path / "lab" / "laboratory.db"
    with opened(path) as engine:
        migrate.upgrade(engine, scripts, store.copy_before(engine, path))
        with engine.connect() as connection:
            check_guards(connection)
    assert shape(path)[0] == AFTER
    (path.with_name(f"laboratory-before-{HEAD}.db")).replace(path)  # the way back to the older program
    laboratory = open_laboratory(tmp_path / "lab")
    try:
        assert laboratory.lims.ask(audit.verify).ok
    finally:
        laboratory.close()


def test_a_founding_that_is_killed_left_nothing_or_everything(tmp_path: Path, counts: Counts) -> None:
    chance, hits = random.Random(16), 0
    for turn in range(counts.founding_kills):
        path = tmp_path / f"{turn}.db"
        hits += killed(FOUND, chance, 0.6, path)
        revision, tables, _, _ = shape(path)
        assert (revision, tables) in (("", set()), (migrate.head(), set(metadata().tables)))
    assert hits
