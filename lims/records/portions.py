"""What a sample was divided into, what locks a portion, and how it was disposed of."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site
from lims.records.types import DecimalText


class Portion(Record):
    """A part of a sample: for the test, retained, or an aliquot of one of these; its quantity is as divided.

    `state` is `held`, `used`, `handed_out` or `disposed`.
    """

    __tablename__ = "portion"
    __table_args__ = (of_site("sample", "sample"), Index(None, "site", "sample"), Index(None, "site", "role"))
    id: Mapped[Key]
    sample: Mapped[Code]
    parent: Mapped[Code | None]
    role: Mapped[Code]
    quantity: Mapped[Decimal] = mapped_column(DecimalText)
    unit: Mapped[Code]
    state: Mapped[Code]
    why: Mapped[str] = mapped_column(Text)
    divided_by: Mapped[Code]
    divided_at: Mapped[Moment]
    version: Mapped[int]


class PortionLock(Record):
    """A dispute that keeps a portion from being disposed of; `released_at` is None while it holds."""

    __tablename__ = "portion_lock"
    __table_args__ = (of_site("portion", "portion"), Index(None, "site", "portion"))
    id: Mapped[Key]
    portion: Mapped[Code]
    dispute: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
    release_reason: Mapped[str] = mapped_column(Text)
    released_by: Mapped[Code | None]
    released_at: Mapped[Moment | None]


class Disposal(Record):
    """How a portion ended, with two people; the database too refuses one person twice."""

    __tablename__ = "disposal"
    __table_args__ = (
        of_site("portion", "portion"),
        UniqueConstraint("site", "portion"),
        CheckConstraint("first_person <> second_person", name="two_people"),
    )
    id: Mapped[Key]
    portion: Mapped[Code]
    first_person: Mapped[Code]
    first_proof: Mapped[Code]
    second_person: Mapped[Code]
    second_proof: Mapped[Code]
    reason: Mapped[Code]
    method: Mapped[Code]
    remarks: Mapped[str] = mapped_column(Text)
    rule: Mapped[Code]
    kept_until: Mapped[Code]
    at: Mapped[Moment]
