"""Laboratories as earlier programs left them, one for each form of the tables: what an upgrade is rehearsed on.

Each file is the database of a demonstration day that the program of that form played; its people are made up.
"""

import lzma
from pathlib import Path

from sqlalchemy import Engine, text

from lims.storage import migrate, soundness
from lims.storage.engine import open_engine
from lims.storage.store import copy_before

FOLDER = Path(__file__).parent / "released"
FORMS = tuple(sorted(path.name.removesuffix(".db.xz") for path in FOLDER.glob("*.db.xz")))


def unpacked(form: str, folder: Path) -> Path:
    """Lay an old laboratory's database into a folder."""
    path = folder / "laboratory.db"
    path.write_bytes(lzma.decompress((FOLDER / f"{form}.db.xz").read_bytes()))
    return path


def counted(engine: Engine) -> tuple[int, int]:
    """Return how many entries and samples a database holds."""
    with engine.connect() as connection:
        entries, samples = (
            connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("log_entry", "sample")
        )
        return entries or 0, samples or 0


def rehearse(form: str, folder: Path) -> tuple[int, int]:
    """Upgrade an old laboratory, compare it, and return how many entries and samples the copy from before holds."""
    path = unpacked(form, folder)
    engine = open_engine(path)
    try:
        assert migrate.current(engine) == form
        before = counted(engine)
        migrate.upgrade(engine, before=copy_before(engine, path))
        assert migrate.current(engine) == migrate.head()
        assert counted(engine) == before
        assert soundness.examine(engine)
    finally:
        engine.dispose()
    copy = open_engine(path.with_name(f"laboratory-before-{form}.db"))
    try:
        assert migrate.current(copy) == form
        return counted(copy)
    finally:
        copy.dispose()
