"""Photographs, scans, signatures and files: what they are, their hashes, and what they belong to."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site


class Attachment(Record):
    """One stored file of one station, addressed by its content.

    `sha256` is its SHA-256, `digest` the hash the log was founded on, both in hex; `stored` the random name
    under which it lies. A personal one (signature, face, paper) keeps no name of its own.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "site", "sha256"),)
    id: Mapped[Key]
    station: Mapped[Code]
    sha256: Mapped[Code]
    digest: Mapped[Code]
    size: Mapped[int]
    kind: Mapped[Code]
    width: Mapped[int | None]
    height: Mapped[int | None]
    name: Mapped[Name]
    personal: Mapped[bool]
    stored: Mapped[Code]
    taken_by: Mapped[Code]
    taken_at: Mapped[Moment]


class AttachmentUse(Record):
    """What an attachment belongs to: a row of a table, and as what (`seal_photo`, `signature`, ...)."""

    __tablename__ = "attachment_use"
    __table_args__ = (
        of_site("attachment", "attachment"),
        Index(None, "site", "subject", "subject_id"),
    )
    id: Mapped[Key]
    attachment: Mapped[Code]
    subject: Mapped[Code]
    subject_id: Mapped[Code]
    role: Mapped[Code] = mapped_column()
    by: Mapped[Code]
    at: Mapped[Moment]
