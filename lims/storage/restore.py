"""A laboratory from a backup, on a computer that has nothing but the program: unpacked aside, checked, put in place."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lims.errors import NotFound, StorageUnfit, Tampered
from lims.evidence import checkpoint
from lims.evidence.checkpoint import Checkpoint
from lims.storage import archive, keys
from lims.storage.copying import opened_copy, transfer
from lims.storage.engine import postgres
from lims.storage.files import keep_folder
from lims.storage.keys import Secret
from lims.storage.migrate import upgrade
from lims.storage.soundness import contains, examine

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """A laboratory that came back.

    Attributes:
        folder: where it lies.
        origin: the log of the station that made the backup.
        heads: what each of its logs has come to; all of it was checked.
        sha256: of the backup's file, in hex.
        at: when the backup was made, as it says itself.
        key: of its encrypted database; None for a plain one.
    """

    folder: Path
    origin: str
    heads: tuple[Checkpoint, ...]
    sha256: str
    at: str
    key: bytes | None

    @property
    def head(self) -> Checkpoint:
        """What the log of the station that made the backup has come to."""
        return next(head for head in self.heads if head.origin == self.origin)


def restore(
    file: Path, folder: Path, secret: Secret, *, database: str = "", known: Sequence[Checkpoint] = ()
) -> Restored:
    """Bring a laboratory back into an empty folder, or a new one; it is there whole or not at all.

    Args:
        file: the backup.
        folder: where the laboratory is to lie.
        secret: the passphrase of the recovery key, or shares of it.
        database: address of an empty PostgreSQL database that is to hold it; empty for the SQLite file.
        known: heads known from outside, such as those on slips, which the restored logs must extend.

    Raises:
        NotFound: there is no such file.
        NotAllowed: the passphrase is another one.
        Invalid: the file is no backup, or the shares cannot be used.
        Tampered: the backup is damaged, its log or tables are not what was written, or it is older than `known`.
        StorageUnfit: the folder is not empty, or the disk cannot keep it.
    """
    if not file.is_file():
        raise NotFound("backup.none", file=str(file))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StorageUnfit("restore.not_empty", folder=str(folder))
    key = archive.key_of(file, secret)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".restoring-", dir=folder.parent))
        try:
            found = _unpacked(file, key, aside)
            _check(found, known)
            if database:
                _serve(found, database)
            _settle(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as fault:
        raise StorageUnfit("restore.failed", folder=str(folder), reason=fault.strerror or "") from None
    return Restored(folder, found.origin, found.heads, found.sha256, found.at, found.key)


def _unpacked(file: Path, key: bytes, aside: Path) -> Restored:
    raw: list[bytes] = []

    def take(name: str, source: BinaryIO) -> None:
        if name == archive.RAW_KEY:
            raw.append(source.read(64))
            return
        path = aside.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            shutil.copyfileobj(source, target, _PIECE)
            target.flush()
            os.fsync(target.fileno())

    found = archive.read(file, key, take)
    origin, at = (str(found.manifest.get(name, "")) for name in ("origin", "at"))
    heads = tuple(checkpoint.parse(str(text)) for text in found.manifest.get("heads", ()))
    if origin not in {head.origin for head in heads}:
        raise Tampered("backup.damaged", file=file.name, chunk=0)
    return Restored(aside, origin, heads, found.sha256, at, raw[0] if raw else None)


def _check(found: Restored, known: Sequence[Checkpoint]) -> None:
    with opened_copy(found.folder / archive.DATABASE, found.key) as engine:
        upgrade(engine)
        examine(engine)
        for head in (*found.heads, *known):
            contains(engine, head)


def _serve(found: Restored, database: str) -> None:
    """Write the laboratory to a server and keep no file of it."""
    path = found.folder / archive.DATABASE
    server = postgres(database)
    try:
        with opened_copy(path, found.key) as engine, engine.connect() as connection:
            transfer(connection, server)
        examine(server)
    finally:
        server.dispose()
    path.unlink()
    (found.folder / keys.DATABASE).unlink(missing_ok=True)


def _settle(aside: Path, folder: Path) -> None:
    for path in aside.rglob("*"):
        if path.is_dir():
            keep_folder(path)
    keep_folder(aside)
    if folder.exists():
        folder.rmdir()
    aside.chmod(0o755)
    aside.rename(folder)
    keep_folder(folder.parent)
