"""The form of a backup's file: a sealed tar whose last member says what the others are."""

import hashlib
import io
import json
import os
import re
import secrets
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lims.errors import Invalid, Tampered
from lims.storage import keys, sealed
from lims.storage.keys import Recovery, Secret
from lims.storage.sealed import Opener, Sealer

SUFFIX = ".kjbackup"
DATABASE = "laboratory.db"
MANIFEST = "manifest.json"
RAW_KEY = "database.raw"
"""The key of an encrypted database as it is; only what opens the archive may know it, it is never unpacked."""

_FORM = "kuaijian-backup-1"
_PIECE = 1 << 20
_PART = re.compile(r"[^/\\:\x00-\x1f]*[^/\\:\x00-\x1f. ]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)

Manifest = dict[str, Any]


def new_key(recovery: Recovery) -> tuple[bytes, Manifest]:
    """Return a fresh key for one archive, and the header from which the recovery key's holders find it again."""
    key = secrets.token_bytes(32)
    sealed_key = dict(keys.seal_to(recovery.public, key))
    return key, {"form": _FORM, "key": sealed_key, "recovery": recovery.plain()}


def recovery_of(path: Path) -> Recovery:
    """Return the recovery key that a backup is sealed to.

    Raises:
        Invalid: this is no backup of ours.
    """
    with path.open("rb") as file:
        header, _ = sealed.read_header(file, path.name)
    if header.get("form") != _FORM or not isinstance(header.get("recovery"), dict):
        raise Invalid("backup.foreign", file=path.name)
    return keys.recovery_from(header["recovery"], path.name)


def key_of(path: Path, secret: Secret) -> bytes:
    """Return the key of a backup by the passphrase or by shares.

    Raises:
        NotAllowed: the passphrase is another one, or nothing was brought.
        Invalid: this is no backup of ours, or the shares are too few, wrong, or of another key.
    """
    private = keys.private_half(recovery_of(path), secret)
    with path.open("rb") as file:
        header, _ = sealed.read_header(file, path.name)
    return keys.open_sealed(private, header.get("key") or {})


class Packer:
    """Puts members into a new archive, each read once; `finish` adds the manifest and seals the end."""

    def __init__(self, file: BinaryIO, key: bytes, header: Mapping[str, Any]) -> None:
        self._sealer = Sealer(file, key, header)
        self._tar = tarfile.open(fileobj=self._sealer, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by `finish`
        self.files: dict[str, list[Any]] = {}

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        """Add the first `size` bytes of an open file."""
        reader = _Hashing(source, size)
        member = tarfile.TarInfo(name)
        member.size = size
        self._tar.addfile(member, reader)
        self.files[name] = [size, reader.digest()]

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a member from memory."""
        self.add(name, io.BytesIO(data), len(data))

    def finish(self, facts: Mapping[str, Any]) -> Manifest:
        """Write the manifest: the facts and every member's size and hash; return it."""
        manifest = {**facts, "form": _FORM, "files": self.files}
        data = json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(data)
        self._tar.addfile(member, io.BytesIO(data))
        self._tar.close()
        self._sealer.finish()
        return json.loads(data)  # type: ignore[no-any-return] # what was written above


class _Hashing(io.RawIOBase):
    """Hands on at most so many bytes of a file and hashes them."""

    def __init__(self, source: BinaryIO, size: int | None = None) -> None:
        super().__init__()
        self._source, self._left, self._hash = source, size, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = size if self._left is None else min(size if size >= 0 else self._left, self._left)
        data = self._source.read(wanted)
        if self._left is not None:
            self._left -= len(data)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """What a backup's file turned out to hold: its manifest, its bytes and their hash."""

    manifest: Manifest
    size: int
    sha256: str


Take = Callable[[str, BinaryIO], None]
"""Is handed every member but the manifest and reads it to its end."""


def read(path: Path, key: bytes, take: Take) -> Found:
    """Read a whole backup from its medium, hand over each member, and make sure that it is what was packed.

    Raises:
        Invalid: this is no backup of ours, or a member's name leads out of the folder.
        Tampered: a byte is not what was sealed, or the end is missing.
    """
    with path.open("rb") as file:
        _forget_cached(file)
        whole = _Hashing(file)
        header, bound = sealed.read_header(whole, path.name)  # type: ignore[arg-type] # reads, which is all it needs
        opener = Opener(whole, key, header, bound, path.name)  # type: ignore[arg-type] # reads, which is all it needs
        manifest = _members(io.BufferedReader(opener, _PIECE), path.name, take)
        return Found(manifest, file.tell(), whole.digest())


def _members(stream: io.BufferedReader, name: str, take: Take) -> Manifest:
    manifest: Manifest | None = None
    files: dict[str, list[Any]] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                source = tar.extractfile(member) if member.isreg() else None
                if source is None or manifest is not None or not safe(member.name):
                    raise Invalid("backup.member", file=name, member=member.name[:100])
                if member.name == MANIFEST:
                    manifest = json.loads(source.read())
                    continue
                reader = _Hashing(source)  # type: ignore[arg-type] # an open member
                take(member.name, reader)  # type: ignore[arg-type] # an open member
                files[member.name] = [member.size, reader.digest()]
        while stream.read(_PIECE):  # the last chunk proves that nothing was cut off
            pass
    except (tarfile.TarError, ValueError):
        raise Tampered("backup.damaged", file=name, chunk=0) from None
    said = manifest if isinstance(manifest, dict) else {}
    if said.get("form") != _FORM or said.get("files") != files:
        raise Tampered("backup.damaged", file=name, chunk=0)
    return said


def _forget_cached(file: BinaryIO) -> None:
    """Have the bytes come from the medium, not from the memory that still holds them, where a system knows how."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def safe(name: str) -> bool:
    """Tell whether a member's name stays in the folder on every system: no root, no `..`, no drive, no device."""
    parts = name.split("/")
    return all(
        part not in (".", "..") and _PART.fullmatch(part) is not None and not _DEVICES.fullmatch(part)
        for part in parts
    )


def read_back(path: Path, key: bytes) -> Found:
    """Read a whole backup and compare it with its own manifest; raises as `read` does."""
    return read(path, key, _drain)


def _drain(_name: str, source: BinaryIO) -> None:
    while source.read(_PIECE):
        pass


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file as it lies on its medium."""
    with path.open("rb") as file:
        _forget_cached(file)
        return hashlib.file_digest(file, "sha256").hexdigest()


def members(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of every plain file of a folder, in order; links and devices are none."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path
