"""What may be in a food: editions of limits that two people published, rows that were set aside, confirmations."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText


class LimitEdition(Record):
    """One set of limits that somebody proposed; it judges only once another person published it.

    `state` is `proposed`, `published` or `refused`; the database too refuses that one person does both.
    """

    __tablename__ = "limit_edition"
    __table_args__ = (CheckConstraint("decided_by <> proposed_by", name="two_people"),)
    id: Mapped[Key]
    title: Mapped[Name]
    source: Mapped[str] = mapped_column(Text)
    file: Mapped[Name]
    sha256: Mapped[Code]
    state: Mapped[Code]
    proposed_by: Mapped[Code]
    proposed_at: Mapped[Moment]
    decided_by: Mapped[Code | None]
    decided_at: Mapped[Moment | None]
    reason: Mapped[str] = mapped_column(Text)


class LimitRow(Record):
    """One limit of an edition: analyte, food with its exceptions, figure, source, and the days it is in force."""

    __tablename__ = "limit_row"
    __table_args__ = (of_site("limit_edition", "edition"), Index(None, "site", "analyte"))
    id: Mapped[Key]
    edition: Mapped[Code]
    line: Mapped[int]
    analyte: Mapped[Code]
    food: Mapped[Code]
    excepted: Mapped[Name]
    kind: Mapped[Code]
    value: Mapped[Decimal | None] = mapped_column(DecimalText)
    unit: Mapped[Code]
    detection: Mapped[Decimal | None] = mapped_column(DecimalText)
    standard: Mapped[Name]
    clause: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    verified: Mapped[bool]


class LimitQuarantine(Record):
    """A row of an imported file that may not judge: its cells as they came, and every reason against it."""

    __tablename__ = "limit_quarantine"
    __table_args__ = (of_site("limit_edition", "edition"),)
    id: Mapped[Key]
    edition: Mapped[Code]
    line: Mapped[int]
    cells: Mapped[Object]
    reasons: Mapped[Object]


class Confirmation(Record):
    """A value shipped as unverified that a person checked at its source: which rule, where it was read, by whom.

    The id is the kind of rule and the rule's own id, such as `limit:GB2763-2021/chlorpyrifos/celery`.
    """

    __tablename__ = "confirmation"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class FoodName(Record):
    """A name that samplers write, and the food of the tree that the laboratory says it is."""

    __tablename__ = "food_name"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    food: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]
