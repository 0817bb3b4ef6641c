"""A backup: one sealed file on a second medium that holds all of a laboratory, read back and verified after writing.

It holds a checked copy of the database and every file of the folder. What may only lag behind the database (cursors of
the journals, outside heads) is taken before it, what must not (raw bytes, attachments) after it. Files of vans that
are still coming are taken too, since a receipt may say already that they are here whole.
A PostgreSQL laboratory is written out as its log and what no log tells; base backup and archived WAL are the server's.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lims import clock
from lims.errors import StorageUnfit, Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.storage import archive
from lims.storage.archive import Manifest, Packer
from lims.storage.copying import examined
from lims.storage.files import keep_folder
from lims.storage.keys import Recovery
from lims.storage.migrate import head
from lims.storage.store import Store
from lims.version import BUILD

Sync = Callable[[int], None]
"""Makes an open file's bytes durable, given its descriptor."""
Step = Callable[[int, int], None]
"""Is told how many parts of the work are done, and of how many; it may raise, then no backup is left behind."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
_FIRST = ("spool/", "checkpoints/")
_LEFT_OUT = (".new", ".draft", ".part", "/lock")
_COMING = "incoming/files/"
_ASIDE = ".backup-"
_OWN = (archive.DATABASE, "laboratory-before-", _ASIDE)
"""What is copied in another way, is older than the database, or belongs to a backup that is being made."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, read back and found whole.

    Attributes:
        file: where it lies.
        size: its bytes.
        sha256: of the sealed file, in hex.
        heads: what each log had come to in it.
        second_medium: whether it lies on another disk than the laboratory.
    """

    file: Path
    size: int
    sha256: str
    heads: tuple[Checkpoint, ...]
    second_medium: bool


@contextmanager
def medium(folder: Path) -> Iterator[None]:
    """Tell what a medium's fault means: it is full, read-only, or gone.

    Raises:
        StorageUnfit: saying which.
    """
    try:
        yield
    except OSError as fault:
        where, reason = str(folder), fault.strerror or type(fault).__name__
        if fault.errno in _FULL:
            raise StorageUnfit("backup.full", folder=where, reason=reason) from None
        if fault.errno in _READONLY:
            raise StorageUnfit("backup.readonly", folder=where, reason=reason) from None
        raise StorageUnfit("backup.gone", folder=where, reason=reason) from None


def silent(_done: int, _total: int) -> None:
    """Tell nobody of the progress."""


def make(
    store: Store, folder: Path, to: Path, recovery: Recovery, *, sync: Sync = os.fsync, step: Step = silent
) -> Made:
    """Write a backup while the laboratory works, and return it once it was read back and found whole.

    Args:
        store: the open laboratory.
        folder: its folder.
        to: an existing folder on another medium.
        recovery: the key it is sealed to.
        sync: makes a file's bytes durable.
        step: is told of the progress.

    Raises:
        StorageUnfit: the medium is full, read-only or gone, or the database is broken; no backup is left behind.
        Tampered: the log or the tables are not what was written, or what was read back differs.
    """
    name = f"kuaijian-{store.place.site}-{store.place.station}-{clock.now():%Y%m%dT%H%M%S%fZ}{archive.SUFFIX}"
    part, path = to / f"{name}.part", to / name
    with medium(to):
        if not to.is_dir():
            raise StorageUnfit("backup.gone", folder=str(to), reason="/")
        _room(folder, to)
        second = folder.stat().st_dev != to.stat().st_dev
    early = [(one, path.read_bytes()) for one, path in _files(folder, early=True)]
    parts = _Parts(step, sum(1 for _ in _files(folder, early=False)) + 3)
    parts.next()
    key, header = archive.new_key(recovery)
    with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=folder) as aside:
        copy = Path(aside) / archive.DATABASE
        file_key, heads = examined(store.engine, copy)
        parts.next()
        with _named_at_last(part, path):
            with part.open("xb") as file:
                packer = Packer(file, key, header)
                _pack(packer, folder, early, (copy, file_key), parts)
                manifest = packer.finish(_facts(store, heads))
                file.flush()
                sync(file.fileno())
            parts.next()
            found = archive.read_back(part, key)
            if found.manifest != manifest:
                raise Tampered("backup.damaged", file=name, chunk=0)
    return Made(path, found.size, found.sha256, tuple(heads), second)


@contextmanager
def _named_at_last(part: Path, path: Path) -> Iterator[None]:
    """Give what the `with` block wrote and proved its name; where it fails, leave nothing behind."""
    try:
        with medium(path.parent):
            yield
            part.rename(path)
            keep_folder(path.parent)
    finally:
        with suppress(OSError):  # where the medium is gone a part stays, which opens for nobody
            part.unlink(missing_ok=True)


@dataclass
class _Parts:
    """Counts the parts of the work."""

    step: Step
    total: int
    done: int = -1

    def next(self) -> None:
        self.done += 1
        self.step(min(self.done, self.total), self.total)


def _pack(
    packer: Packer,
    folder: Path,
    early: Sequence[tuple[str, bytes]],
    database: tuple[Path, bytes | None],
    parts: _Parts,
) -> None:
    copy, file_key = database
    for name, data in early:
        packer.add_bytes(name, data)
    _add(packer, archive.DATABASE, copy)
    if file_key is not None:
        packer.add_bytes(archive.RAW_KEY, file_key)
    for coming in (True, False):  # a file that came whole gets its place meanwhile: it is met here or there
        for name, path in _files(folder, early=False):
            if name.startswith(_COMING) == coming:
                parts.next()
                _add(packer, name, path)


def _facts(store: Store, heads: Sequence[Checkpoint]) -> Manifest:
    return {
        "at": clock.now().isoformat(),
        "build": BUILD,
        "revision": head(),
        "origin": store.place.origin,
        "heads": [one.text() for one in heads],
    }


def _files(folder: Path, *, early: bool) -> Iterator[tuple[str, Path]]:
    for name, path in archive.members(folder):
        before = name.startswith(_FIRST) or name.endswith("/cursor")
        unfinished = name.endswith(_LEFT_OUT) and not name.startswith(_COMING)
        mine = name.startswith(_OWN) or unfinished
        if before == early and not mine:
            yield name, path


def _add(packer: Packer, name: str, path: Path) -> None:
    """Add a file as long as it is now; what grows meanwhile belongs to the next backup, what went away to none."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        packer.add(name, file, os.fstat(file.fileno()).st_size)


def _room(folder: Path, to: Path) -> None:
    needed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(to).free
    if free < needed:
        reason = f"{needed >> 20} MiB > {free >> 20} MiB"
        raise StorageUnfit("backup.full", folder=str(to), reason=reason)
