"""A laboratory carried from one database to another, and proved equal by its logs on both sides."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from lims.errors import Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.records.log import SiteHead
from lims.storage.copying import transfer
from lims.storage.engine import open_engine
from lims.storage.log import lock
from lims.storage.soundness import examine
from lims.storage.store import Store


def move(store: Store, target: Path | str, keys: Sequence[bytes | None] = (None,)) -> list[Checkpoint]:
    """Write a laboratory into an empty database while nobody can write to the old one; return what its logs came to.

    Both sides are examined whole: every entry, every row against the log, and the heads of the two compared.

    Args:
        store: the open laboratory.
        target: an empty server's database, or a file that does not exist.
        keys: of the file, when it is to be encrypted.

    Raises:
        StorageUnfit: the target cannot be reached or written, or holds a laboratory already.
        Tampered: one of the two is not what its logs tell, or they differ; the old one stays as it is.
    """
    before = examine(store.engine)
    engine = open_engine(target, keys)
    try:
        with store.engine.execution_options(writes=True).begin() as connection:
            _hold(connection)
            transfer(connection, engine)
            after = examine(engine)
            if after != before:
                raise Tampered("moving.differs", before=len(before), after=len(after))
    finally:
        engine.dispose()
    return after


def _hold(connection: Connection) -> None:
    """Keep every other program from writing until this transaction ends; none of its rows are changed."""
    for site in connection.scalars(select(SiteHead.site).order_by(SiteHead.site)).all():
        lock(connection, site)
