"""Keeps files of outsiders in the laboratory's folder: under random names, by their hashes, never changed."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from lims.errors import Invalid, NotFound, StorageUnfit, Tampered
from lims.evidence.hashing import Hash
from lims.rules.visible import visible
from lims.storage.files import keep_folder
from lims.storage.inspection import KINDS, LARGEST, MEGABYTE, inspect

_STORED = re.compile(r"[0-9a-f]{32}")
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was stored: its name on the disk, its two hashes in hex, what it is."""

    stored: str
    sha256: str
    digest: str
    size: int
    kind: str
    width: int | None
    height: int | None
    name: str


def keep(folder: Path, source: Path, digest: Hash) -> Kept:
    """Copy a file into the folder, look into the copy in another process, and return how it was kept.

    Args:
        folder: the laboratory's attachments.
        source: the file as somebody chose it; it stays where it is.
        digest: the hash the log was founded on.

    Raises:
        Invalid: not a plain file, too large, of another kind than its extension says, or broken.
        StorageUnfit: the disk cannot keep it.
    """
    try:
        if not S_ISREG(source.stat().st_mode):
            raise Invalid("attachment.not_file", name=source.name)
        with source.open("rb") as stream:
            return keep_stream(folder, stream, source.name, digest)
    except (FileNotFoundError, PermissionError):
        raise Invalid("attachment.not_file", name=source.name) from None


def keep_stream(folder: Path, stream: BinaryIO, name: str, digest: Hash) -> Kept:
    """Keep what a stream holds, such as a drawn signature; see `keep`."""
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None:
        raise Invalid("attachment.extension", name=name, allowed=" ".join(KINDS))
    data = stream.read(LARGEST[kind] + 1)
    if len(data) > LARGEST[kind]:
        raise Invalid("attachment.large", name=name, most=LARGEST[kind] // MEGABYTE)
    with _written(folder, data, name) as (part, stored):
        found = inspect(part, kind)
        if found.fault:
            raise Invalid(found.fault, name=name)
    sums = hashlib.sha256(data).hexdigest(), digest(data).hex()
    shown = (visible(name) or "")[:200]
    return Kept(stored, *sums, len(data), kind, found.width, found.height, shown)


def keep_own(folder: Path, data: bytes, kind: str, name: str, digest: Hash) -> Kept:
    """Keep what this program wrote itself, which needs no look inside; see `keep`."""
    with _written(folder, data, name) as (_part, stored):
        pass
    return Kept(
        stored, hashlib.sha256(data).hexdigest(), digest(data).hex(), len(data), kind, None, None, name
    )


@contextmanager
def _written(folder: Path, data: bytes, name: str) -> Iterator[tuple[Path, str]]:
    """Write a file under a name of chance, let the `with` block look at it, then give it that name for good."""
    stored = secrets.token_hex(16)
    part = folder / f"{stored}{_PART}"
    try:
        _write(part, data)
        yield part, stored
        part.chmod(0o400)
        part.rename(folder / stored)
        keep_folder(folder)
    except OSError as fault:
        raise StorageUnfit("attachment.unwritable", name=name, fault=fault.strerror or str(fault)) from None
    finally:
        part.unlink(missing_ok=True)


def _write(part: Path, data: bytes) -> None:
    with part.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, stored: str, *, sha256: str, digest: str, log_hash: Hash) -> bytes:
    """Return a kept file's bytes, only if both hashes still say what the log says.

    Raises:
        NotFound: the file is not in the folder.
        Tampered: it is not what was kept.
    """
    if not _STORED.fullmatch(stored):
        raise NotFound("attachment.missing", stored=stored)
    try:
        data = (folder / stored).read_bytes()
    except FileNotFoundError:
        raise NotFound("attachment.missing", stored=stored) from None
    except OSError as fault:
        raise StorageUnfit(
            "attachment.unreadable", stored=stored, fault=fault.strerror or str(fault)
        ) from None
    if hashlib.sha256(data).hexdigest() != sha256 or log_hash(data).hex() != digest:
        raise Tampered("attachment.changed", stored=stored, expected=sha256[:16])
    return data


def drop(folder: Path, stored: str) -> None:
    """Remove a file that no row names: a copy of one kept before."""
    if _STORED.fullmatch(stored):
        path = folder / stored
        if os.name == "nt" and path.exists():
            path.chmod(0o600)  # there a read-only file cannot be removed
        path.unlink(missing_ok=True)


def unnamed(folder: Path, named: frozenset[str]) -> list[str]:
    """Return files of the folder that no row names: left by a crash between storing and noting, or put there."""
    return sorted(path.name for path in folder.iterdir() if path.name not in named)
