"""Attachments that travel in pieces: cut where they come from, put together again where they go, by their hash."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from lims.config import Folder
from lims.door import question
from lims.records.attachments import Attachment
from lims.records.peers import Pruned
from lims.storage.files import keep_folder
from lims.storage.unit import View
from lims.sync.bundle import Chunk

CHUNK = 256 << 10
"""Most bytes of one piece."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """An attachment of one station, as it lies in the folder."""

    stored: str
    sha256: str
    size: int


@question()
def own(view: View) -> list[Stored]:
    """Return this station's attachments whose bytes are still here, the earliest first."""
    gone = select(Pruned.sha256).where(Pruned.site == view.site)
    query = (
        select(Attachment.stored, Attachment.sha256, Attachment.size)
        .where(
            Attachment.site == view.site,
            Attachment.station == view.place.station,
            Attachment.sha256.not_in(gone),
        )
        .order_by(Attachment.id)
    )
    return [Stored(*row) for row in view.rows(query)]


@question()
def of_site(view: View, site: str) -> list[Stored]:
    """Return the attachments that another site's log names."""
    query = select(Attachment.stored, Attachment.sha256, Attachment.size).where(Attachment.site == site)
    return [Stored(*row) for row in view.rows(query.order_by(Attachment.id))]


def pending(known: Iterable[Stored], have: Mapping[str, int]) -> list[Stored]:
    """Return the attachments that the other side does not have whole, each content once."""
    found = {one.sha256: one for one in known if have.get(one.sha256, 0) < one.size}
    return list(found.values())


def cut(folder: Folder, wanted: Sequence[Stored], have: Mapping[str, int], most: int) -> Iterator[Chunk]:
    """Yield pieces of attachments from where the other side stands, at most so many bytes altogether.

    A file that cannot be read, or is not what the log says, is passed over: `attach.check` names it.
    """
    for one in wanted:
        try:
            data = (folder.attachments / one.stored).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() != one.sha256:
            continue
        for offset in range(have.get(one.sha256, 0), one.size, CHUNK):
            if most <= 0:
                return
            piece = data[offset : offset + min(CHUNK, most)]
            yield Chunk(one.sha256, one.size, offset, piece)
            most -= len(piece)
            if len(piece) < min(CHUNK, one.size - offset):
                return


def _part(folder: Folder, sha256: str) -> Path:
    return folder.root / "incoming" / "files" / f"{sha256}.part"


def here(folder: Folder, sha256: str, stored: str = "") -> int:
    """Return how many bytes of an attachment are here, whole or in part."""
    for path in (folder.attachments / stored if stored else None, _part(folder, sha256)):
        if path is not None and path.is_file():
            return path.stat().st_size
    return 0


def put(folder: Folder, chunks: Sequence[Chunk], known: Mapping[str, str]) -> dict[str, int]:
    """Put pieces where they belong and return how many bytes of each file are here now; again is harmless.

    Args:
        folder: of this laboratory.
        chunks: as they came.
        known: where each content that is whole already lies, by SHA-256.

    Raises:
        OSError: the disk cannot keep them.
    """
    found: dict[str, int] = {}
    for one in chunks:
        if not _SHA256.fullmatch(one.sha256):
            continue
        size = here(folder, one.sha256, known.get(one.sha256, ""))
        if one.offset <= size < one.offset + len(one.data) <= one.total:
            path = _part(folder, one.sha256)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("r+b" if path.exists() else "xb") as file:
                file.seek(one.offset)
                file.write(one.data)
                file.flush()
                os.fsync(file.fileno())
            size = path.stat().st_size
        found[one.sha256] = size
    return found


def finish(folder: Folder, known: Sequence[Stored]) -> list[str]:
    """Give every file that came whole its place; one that is not what its hash says is thrown away to come again.

    Returns:
        The SHA-256 of each that was put in place.
    """
    done: list[str] = []
    for one in known:
        path = _part(folder, one.sha256)
        if not path.is_file() or path.stat().st_size < one.size:
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() != one.sha256:
            path.unlink()
            continue
        path.chmod(0o400)
        path.replace(folder.attachments / one.stored)
        keep_folder(folder.attachments)
        done.append(one.sha256)
    return done
