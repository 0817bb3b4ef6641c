"""Small sealed files that travel: packed in memory, sealed to one key, refused whole when a byte is wrong."""

import io
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lims.errors import Invalid, LimsError, NotFound, StorageUnfit, Tampered
from lims.storage import sealed
from lims.storage.files import keep
from lims.storage.sealed import Opener, Sealer

LARGEST = 64 << 20
"""Bytes of a file that is read at all."""
UNPACKED = 256 << 20
"""Bytes that a packed part may unfold to."""


def pack(parts: Sequence[bytes]) -> bytes:
    """Return parts as one, each behind its length in four bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def unpack(data: bytes) -> list[bytes]:
    """Read what `pack` wrote.

    Raises:
        Invalid: a length leads beyond the end.
    """
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        part = data[at + 4 : at + 4 + size]
        if len(part) != size or at + 4 > len(data):
            raise Invalid("sync.form", what="length")
        found.append(part)
        at += 4 + size
    return found


def fold(data: bytes) -> bytes:
    """Compress a part."""
    return zlib.compress(data, 9)


def unfold(data: bytes) -> bytes:
    """Read what `fold` wrote.

    Raises:
        Invalid: it is not that, or unfolds to more than a part may hold.
    """
    opened = zlib.decompressobj()
    try:
        found = opened.decompress(data, UNPACKED)
    except zlib.error:
        raise Invalid("sync.form", what="compression") from None
    if not opened.eof or opened.unused_data:
        raise Invalid("sync.form", what="compression")
    return found


def sealed_bytes(parts: Sequence[bytes], key: bytes, header: Mapping[str, Any]) -> bytes:
    """Return parts packed and sealed by a key that seals nothing else."""
    file = io.BytesIO()
    sealer = Sealer(file, key, header)
    sealer.write(pack(parts))
    sealer.finish()
    return file.getvalue()


def header_of(data: bytes, name: str, form: str) -> tuple[dict[str, Any], bytes, io.BytesIO]:
    """Return a sealed file's header, what binds it, and the file at its first chunk.

    Raises:
        Invalid: it is no sealed file of this form.
    """
    file = io.BytesIO(data)
    try:
        header, bound = sealed.read_header(file, name)
    except Invalid:
        raise Invalid("sync.foreign", file=name) from None
    if header.get("form") != form or not isinstance(header.get("nonce"), str):
        raise Invalid("sync.foreign", file=name)
    return header, bound, file


def opened(file: io.BytesIO, key: bytes, header: Mapping[str, Any], bound: bytes, name: str) -> list[bytes]:
    """Return the parts of a sealed file.

    Raises:
        Tampered: a byte is not what was sealed, or the end is missing.
    """
    try:
        return unpack(io.BufferedReader(Opener(file, key, header, bound, name)).read())
    except (LimsError, ValueError):
        raise Tampered("sync.damaged", file=name) from None


def read(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        NotFound: it is not there.
        Invalid: it is larger than any of ours.
        StorageUnfit: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid("sync.large", file=path.name, most=LARGEST >> 20)
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound("sync.no_file", file=str(path)) from None
    except OSError as fault:
        raise StorageUnfit("sync.unreadable", file=str(path), reason=fault.strerror or "") from None


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        StorageUnfit: the medium is full, read-only or gone.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        keep(path, data)
    except OSError as fault:
        raise StorageUnfit("sync.unwritable", file=str(path), reason=fault.strerror or "") from None
