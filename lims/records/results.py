"""What followed from a reading: the result of a position, the verdict a rule gave, a second person's review."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText

_WAITS = text("state = 'to_review'")


class Result(Record):
    """A reading that belongs to a position of a run (or, by number, to a sample)."""

    __tablename__ = "result"
    __table_args__ = (
        of_site("reading", "reading"),
        of_site("run", "run"),
        Index(None, "site", "sample"),
        Index(None, "site", "run"),
    )
    id: Mapped[Key]
    reading: Mapped[Code]
    run: Mapped[Code]
    position: Mapped[Code]
    role: Mapped[Code]
    sample: Mapped[Code | None]
    matched_by: Mapped[Code]
    at: Mapped[Moment]


class Verdict(Record):
    """What a rule made of a result, with the rule, its threshold and its source."""

    __tablename__ = "verdict"
    __table_args__ = (
        of_site("result", "result"),
        Index(None, "site", "sample"),
        Index("ix_verdict_waiting", "site", "word", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )
    id: Mapped[Key]
    result: Mapped[Code]
    sample: Mapped[Code]
    tester: Mapped[Code]
    method: Mapped[Code]
    item: Mapped[Name]
    value: Mapped[Decimal | None] = mapped_column(DecimalText)
    unit: Mapped[Code | None]
    word: Mapped[Code]
    rule: Mapped[Code]
    basis: Mapped[Object]
    doubts: Mapped[Name]
    state: Mapped[Code]
    at: Mapped[Moment]
    version: Mapped[int]


WAITS = Verdict.state == literal_column("'to_review'")
"""Verdicts that wait for review; spelled out, since a database takes the small index of these by no bound value."""


class Review(Record):
    """A second person's decision on a verdict; the database too refuses the tester himself."""

    __tablename__ = "review"
    __table_args__ = (
        of_site("verdict", "verdict"),
        Index(None, "site", "verdict"),
        CheckConstraint("reviewer <> tester", name="second_person"),
    )
    id: Mapped[Key]
    verdict: Mapped[Code]
    tester: Mapped[Code]
    reviewer: Mapped[Code]
    decision: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    display: Mapped[Name]
    at: Mapped[Moment]


class Certificate(Record):
    """A slip: its frozen content and the hash of it; a correction is a higher version."""

    __tablename__ = "certificate"
    __table_args__ = (of_site("sample", "sample"), Index(None, "site", "sample"))
    id: Mapped[Key]
    sample: Mapped[Code]
    number: Mapped[int]
    content: Mapped[Object]
    content_hash: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[Code]
    issued_at: Mapped[Moment]
    seq: Mapped[int]
