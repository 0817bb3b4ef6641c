"""What watches over the log: who looked or took something away, which program wrote, checks, reviews, erasures."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record


class Access(Record):
    """Somebody looked at a positive (`view`), put something on paper (`print`) or took it away (`export`).

    `subject` is a sample's number or the name of a list; `what` the slip, the file or the filter.
    """

    __tablename__ = "access"
    __table_args__ = (Index(None, "site", "subject"),)
    id: Mapped[Key]
    station: Mapped[Code]
    kind: Mapped[Code]
    subject: Mapped[Name]
    what: Mapped[Name]
    by: Mapped[Code]
    at: Mapped[Moment]


class Program(Record):
    """The program that writes a station's log from here on: its version and the hash over its files."""

    __tablename__ = "program"
    __table_args__ = (Index(None, "site", "station"),)
    id: Mapped[Key]
    station: Mapped[Code]
    build: Mapped[Code]
    fingerprint: Mapped[Code]
    python: Mapped[Code]
    system: Mapped[Name]
    at: Mapped[Moment]


class LogCheck(Record):
    """One check of the whole log against the tables: how far it reached and the first thing wrong, if any."""

    __tablename__ = "log_check"
    __table_args__ = (Index(None, "site", "station", "at"),)
    id: Mapped[Key]
    station: Mapped[Code]
    ok: Mapped[bool]
    size: Mapped[int]
    root: Mapped[Code]
    fault: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class TrailReview(Record):
    """What a quality manager made of one finding in the trail: entry, kind of finding, outcome and remarks."""

    __tablename__ = "trail_review"
    __table_args__ = (Index(None, "site", "station", "seq"),)
    id: Mapped[Key]
    station: Mapped[Code]
    seq: Mapped[int]
    kind: Mapped[Code]
    outcome: Mapped[Code]
    remarks: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Erasure(Record):
    """Personal texts and pictures that were erased on lawful request: by two people, and on which basis.

    `commitments` and `attachments` name what went, separated by blanks; the log keeps both for ever.
    """

    __tablename__ = "erasure"
    id: Mapped[Key]
    basis: Mapped[str] = mapped_column(Text)
    remarks: Mapped[str] = mapped_column(Text)
    commitments: Mapped[str] = mapped_column(Text)
    attachments: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    second: Mapped[Code]
    second_proof: Mapped[Code]
    at: Mapped[Moment]
