"""Back to the tables' form of an older program: rehearsed on a copy, done, and nothing is written after."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect

from lims.door import Lims
from lims.errors import NotAllowed, StorageUnfit
from lims.storage import engine, equality, migrate
from lims.storage.copying import snapshot
from lims.storage.store import copy_before

Step = Callable[[int, int], None]
"""Is told how many parts of the work are done, and of how many; it may raise, then nothing was changed."""
MAY = frozenset({"manager", "administrator"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What going back would mean, as a rehearsal on a copy found.

    Attributes:
        now: the present form.
        to: the older form.
        entries: of the logs, all of which stay.
        gone: tables that the older program does not know; no entry speaks of them.
    """

    now: str
    to: str
    entries: int
    gone: tuple[str, ...]


def older(lims: Lims) -> tuple[str, ...]:
    """Return the forms of older programs, the newest first; none on a server, which is taken back by hand."""
    found = lims.store.engine
    return migrate.older(found) if found.dialect.name == "sqlite" else ()


def rehearse(lims: Lims, folder: Path, to: str, step: Step) -> Meaning:
    """Go back on a copy of the laboratory, and return what that means; the laboratory itself goes on.

    Args:
        lims: the door of whoever asks.
        folder: of the laboratory; the copy lies there for so long.
        to: the form, or its beginning such as `0013`.
        step: is told of the progress.

    Raises:
        NotAllowed: neither manager nor administrator asks.
        NotFound: there is no such older form.
        StorageUnfit: an entry would be lost, or this is a server.
    """
    _may(lims)
    own = lims.store.engine
    step(0, 3)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as aside:
        copy = Path(aside) / "laboratory.db"
        snapshot(own, copy)
        step(1, 3)
        made = engine.sqlite(copy, engine.file_key(own))
        try:
            now, before = migrate.current(made), _tables(made)
            migrate.rollback(made, to, lambda _: step(2, 3))
            with made.connect() as connection:
                entries = sum(one.size for one in equality.state(connection).logs)
            return Meaning(now, migrate.current(made), entries, tuple(sorted(before - _tables(made))))
        finally:
            made.dispose()


def go(lims: Lims, folder: Path, to: str, step: Step) -> str:
    """Take the laboratory back and return its form; a copy from before is kept, and nothing is written any more.

    Args:
        lims: the door of whoever does it.
        folder: of the laboratory.
        to: the form.
        step: is told of the progress.

    Raises:
        NotAllowed: neither manager nor administrator does it.
        NotFound: there is no such older form.
        StorageUnfit: an entry would be lost, or this is a server; then everything is as it was.
    """
    _may(lims)
    store = lims.store
    keep = copy_before(store.engine, folder / "laboratory.db")

    def before(found: str) -> None:
        keep(found)
        step(1, 2)

    step(0, 2)
    store.writer.bar(StorageUnfit("storage.going_back"))
    try:
        migrate.rollback(store.engine, to, before)
    except BaseException:
        store.writer.bar(None)
        raise
    form = migrate.current(store.engine)
    store.writer.bar(StorageUnfit("storage.gone_back", form=form))
    return form


def _may(lims: Lims) -> None:
    if MAY.isdisjoint(lims.actor.roles):
        raise NotAllowed("storage.back_role")
    if lims.store.engine.dialect.name != "sqlite":
        raise StorageUnfit("storage.back_server")


def _tables(of: Engine) -> set[str]:
    return set(inspect(of).get_table_names())
