"""What goes to the platforms of authorities: the frozen record that is sent, and each answer to it."""

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site


class Upload(Record):
    """One record for one platform; `key` is what makes sending it again harmless.

    `state` is `waiting`, `accepted`, `refused` (the platform said why) or `held` (a person decides).
    """

    __tablename__ = "upload"
    __table_args__ = (
        of_site("sample", "sample"),
        UniqueConstraint("site", "platform", "key"),
        Index(None, "site", "state"),
    )
    id: Mapped[Key]
    platform: Mapped[Code]
    key: Mapped[Code]
    sample: Mapped[Code]
    verdict: Mapped[Code]
    content: Mapped[Object]
    state: Mapped[Code]
    attempts: Mapped[int]
    next_at: Mapped[Moment | None]
    by: Mapped[Code]
    at: Mapped[Moment]
    version: Mapped[int]


class UploadReceipt(Record):
    """What came back for a record: accepted, refused, or nothing that can be believed; the answer as it was."""

    __tablename__ = "upload_receipt"
    __table_args__ = (of_site("upload", "upload"), Index(None, "site", "upload"))
    id: Mapped[Key]
    upload: Mapped[Code]
    outcome: Mapped[Code]
    remote: Mapped[Name]
    said: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]
