"""Photographs, scans, signatures and files: looked at, kept by their hashes, tied to what they show, read again."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from lims.config import Folder
from lims.door import Lims, question, verb
from lims.errors import Invalid, LimsError, NotFound
from lims.queries.personal import erased
from lims.records.attachments import Attachment, AttachmentUse
from lims.records.base import Record
from lims.records.custody import Custody, Outsider, Seal
from lims.records.peers import Pruned
from lims.records.portions import Disposal, Portion
from lims.records.samples import Receipt, Sample
from lims.records.storerooms import StorePlace
from lims.rules import regulation
from lims.storage import attached
from lims.storage.attached import Kept
from lims.storage.unit import Unit, View, new_id

SUBJECTS: Mapping[str, type[Record]] = {
    kind.__tablename__: kind
    for kind in (Sample, Receipt, Custody, Outsider, Seal, Portion, Disposal, StorePlace)
}
"""What an attachment may belong to, by table."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an attachment belongs to and as what: table, id of the row, code of the vocabulary `attachment_role`."""

    table: str
    id: str
    role: str


def file(lims: Lims, folder: Folder, source: Path, subject: Subject, *, personal: bool = False) -> str:
    """Keep a file with what it shows and return the attachment's id; equal content is kept once.

    Args:
        lims: the door of who attaches it.
        folder: the laboratory's folder on this computer.
        source: the file as somebody chose it; it stays where it is.
        subject: what it belongs to.
        personal: it shows a person, a signature or a paper; then its own name is not kept.

    Raises:
        Invalid: the file may not be kept; nothing of it stays.
        NotFound: what it should belong to is not here.
    """
    digest = lims.store.place.hash
    return _noted(lims, folder, attached.keep(folder.attachments, source, digest), subject, personal=personal)


def drawn(
    lims: Lims, folder: Folder, data: bytes, name: str, subject: Subject, *, personal: bool = True
) -> str:
    """Keep what was drawn or photographed here, such as a signature as PNG; see `file`."""
    kept = attached.keep_stream(folder.attachments, io.BytesIO(data), name, lims.store.place.hash)
    return _noted(lims, folder, kept, subject, personal=personal)


def _noted(lims: Lims, folder: Folder, kept: Kept, subject: Subject, *, personal: bool) -> str:
    try:
        intact = _intact(lims, folder, kept)
        noted = lims.do(attach, kept, subject, personal=personal, again=intact)
    except BaseException:
        attached.drop(folder.attachments, kept.stored)
        raise
    if intact:
        attached.drop(folder.attachments, kept.stored)
    return noted


def _intact(lims: Lims, folder: Folder, kept: Kept) -> str:
    """Return the attachment of this station that holds the same content and can still be read, or nothing."""
    for stored in lims.ask(same_content, kept.sha256):
        try:
            read(lims, folder, stored)
        except LimsError:
            continue
        return stored
    return ""


@question()
def same_content(view: View, sha256: str) -> list[str]:
    """Return the attachments of this station with a content, the newest first."""
    query = (
        select(Attachment.id)
        .where(Attachment.site == view.site, Attachment.sha256 == sha256)
        .where(Attachment.station == view.place.station)
        .order_by(Attachment.id.desc())
    )
    return list(view.all(query))


@verb(needs="sampler technician reviewer signatory manager")
def attach(unit: Unit, kept: Kept, subject: Subject, *, personal: bool, again: str = "") -> str:
    """Note a kept file and what it belongs to; return the attachment's id.

    Args:
        unit: the act.
        kept: the file as it was stored.
        subject: what it belongs to.
        personal: whether its own name is left out.
        again: an attachment with the same content, which is used instead; empty for none.

    Raises:
        NotFound: what it should belong to is not here.
        Invalid: a role outside its vocabulary.
    """
    kind = SUBJECTS.get(subject.table)
    if kind is None:
        raise NotFound("attachment.subject", table=subject.table)
    unit.get(kind, subject.id)
    if subject.role not in regulation.codes("attachment_role"):
        raise Invalid("attachment.role", role=subject.role)
    row = unit.get(Attachment, again) if again else row_of(unit, kept, personal=personal)
    if not again:
        unit.put(row)
    use = AttachmentUse(
        id=new_id(),
        attachment=row.id,
        subject=subject.table,
        subject_id=subject.id,
        role=subject.role,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(use)
    return row.id


def row_of(unit: Unit, kept: Kept, *, personal: bool) -> Attachment:
    """Return the row of a kept file, which the act hands over."""
    return Attachment(
        id=new_id(),
        station=unit.place.station,
        sha256=kept.sha256,
        digest=kept.digest,
        size=kept.size,
        kind=kept.kind,
        width=kept.width,
        height=kept.height,
        name="" if personal else kept.name,
        personal=personal,
        stored=kept.stored,
        taken_by=unit.actor.account,
        taken_at=unit.now,
    )


# Read again -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """How a file of this laboratory was stored."""

    id: str
    station: str
    stored: str
    sha256: str
    digest: str


@question()
def stored(view: View, attachment: str = "") -> list[Stored]:
    """Return how one attachment, or every one of this station, was stored.

    Raises:
        NotFound: no attachment has this id, or it was erased on lawful request.
    """
    query = select(Attachment).where(Attachment.site == view.site).order_by(Attachment.id)
    if attachment:
        query = query.where(Attachment.id == attachment)
    else:
        query = query.where(Attachment.station == view.place.station)
    rows, gone = view.all(query), erased(view)
    if attachment and not rows:
        raise NotFound("attachment.unknown", id=attachment)
    if attachment in gone:
        raise NotFound("attachment.erased", id=attachment)
    return [
        Stored(row.id, row.station, row.stored, row.sha256, row.digest) for row in rows if row.id not in gone
    ]


def read(lims: Lims, folder: Folder, attachment: str) -> bytes:
    """Return the bytes of an attachment, only if they are what the log says.

    Raises:
        NotFound: no such attachment, or its file is not in this computer's folder: it lies elsewhere, or was pruned.
        Tampered: the file is not what was kept.
    """
    (one,) = lims.ask(stored, attachment)
    if one.station != lims.store.place.station:
        raise NotFound("attachment.elsewhere", id=attachment, station=one.station)
    if _left(folder, one, lims.ask(pruned)):
        raise NotFound("attachment.pruned", id=attachment)
    return _bytes(lims, folder, one)


@question()
def pruned(view: View) -> frozenset[str]:
    """Return the SHA-256 of files that left this computer because the county holds them in a backup."""
    return frozenset(view.all(select(Pruned.sha256).where(Pruned.site == view.site)))


def _left(folder: Folder, one: Stored, gone: frozenset[str]) -> bool:
    return one.sha256 in gone and not (folder.attachments / one.stored).exists()


def _bytes(lims: Lims, folder: Folder, one: Stored) -> bytes:
    hashed = lims.store.place.hash
    return attached.read(
        folder.attachments, one.stored, sha256=one.sha256, digest=one.digest, log_hash=hashed
    )


@dataclass(frozen=True, slots=True)
class Damage:
    """An attachment that is gone, changed, or unreadable, or a file that no attachment names (`id` is empty)."""

    id: str
    stored: str
    fault: LimsError


def check(lims: Lims, folder: Folder) -> list[Damage]:
    """Read every file of this station again and name each that is not what was kept, and each that is not ours."""
    known, gone = lims.ask(stored), lims.ask(pruned)
    found = []
    for one in known:
        if _left(folder, one, gone):
            continue
        try:
            _bytes(lims, folder, one)
        except LimsError as fault:
            found.append(Damage(one.id, one.stored, fault))
    strange = attached.unnamed(folder.attachments, frozenset(one.stored for one in known))
    found.extend(Damage("", name, NotFound("attachment.unnamed", stored=name)) for name in strange)
    return found
