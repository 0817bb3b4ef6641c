"""A positive and what followed from it: the case of one sample and item, and every fact told of it."""

from datetime import date

from sqlalchemy import Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site


class Case(Record):
    """What a first positive opened; `verdict` is that first one and is never replaced.

    `regime` is the law that the clocks follow, empty until it is known. `state` moves along `rules.cases`.
    """

    __tablename__ = "positive_case"
    __table_args__ = (
        of_site("sample", "sample"),
        Index(None, "site", "state"),
        Index(None, "site", "sample"),
    )
    id: Mapped[Key]
    sample: Mapped[Code]
    verdict: Mapped[Code]
    item: Mapped[Name]
    method: Mapped[Code]
    format: Mapped[Code]
    farm: Mapped[bool]
    regime: Mapped[Code]
    state: Mapped[Code]
    outcome: Mapped[Code]
    opened_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
    version: Mapped[int]


class CaseFact(Record):
    """One fact of a case: when it happened as told (`at`), when and by whom it was entered."""

    __tablename__ = "case_fact"
    __table_args__ = (of_site("positive_case", "positive_case"), Index(None, "site", "positive_case"))
    id: Mapped[Key]
    positive_case: Mapped[Code]
    kind: Mapped[Code]
    at: Mapped[Moment]
    detail: Mapped[Object]
    by: Mapped[Code]
    entered_at: Mapped[Moment]


class CalendarDay(Record):
    """A day that works, or does not, against its weekday; one row says too that the year was entered."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool]
    name: Mapped[Name]
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Edition(Record):
    """One edition of a text the laboratory edits (clocks, a paper's template): proposed, then published by another."""

    __tablename__ = "edition"
    __table_args__ = (Index(None, "site", "name"),)
    id: Mapped[Key]
    name: Mapped[Code]
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date] = mapped_column(Date)
    proposed_by: Mapped[Code]
    proposed_at: Mapped[Moment]
    published_by: Mapped[Code | None]
    published_at: Mapped[Moment | None]


class EditionRefusal(Record):
    """Why another person refused a proposed edition; the edition stays on record and never counts."""

    __tablename__ = "edition_refusal"
    __table_args__ = (of_site("edition", "id"),)
    id: Mapped[Key]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
