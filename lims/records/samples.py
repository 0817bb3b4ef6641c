"""A sample from its form to its slip: what was drawn, how it was received."""

from datetime import date

from sqlalchemy import Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site


class Sample(Record):
    """One sample under one number; `form` holds the sampling form's fields, `/` where it says so.

    The other columns are those fields of the form that lists and counts ask for.
    """

    __tablename__ = "sample"
    __table_args__ = (
        of_site("township", "township", "code"),
        Index(None, "site", "township", "drawn_on"),
        Index(None, "site", "drawn_on"),
        Index(None, "site", "state", "id"),
        Index(None, "site", "township", "product_group", "state", "id"),
        Index(None, "site", "food", "id"),
        Index(None, "site", "business_name", "id"),
        Index(None, "site", "business", "id"),
        Index(None, "site", "seal"),
    )
    id: Mapped[Key]
    kind: Mapped[Code]
    food: Mapped[Name]
    product_group: Mapped[Code]
    stage: Mapped[Code]
    township: Mapped[Code]
    business: Mapped[Code | None]
    business_name: Mapped[Name]
    drawn_at: Mapped[Moment]
    drawn_on: Mapped[date] = mapped_column(Date)
    drawn_by: Mapped[Code]
    seal: Mapped[Code]
    form: Mapped[Object]
    state: Mapped[Code]
    version: Mapped[int]


class Receipt(Record):
    """How a sample came in: its condition, temperature, seal and quantity, taken in or refused with a reason."""

    __tablename__ = "receipt"
    __table_args__ = (of_site("sample", "sample"), Index(None, "site", "sample"))
    id: Mapped[Key]
    sample: Mapped[Code]
    accepted: Mapped[bool]
    condition: Mapped[Code]
    temperature: Mapped[Code]
    seal: Mapped[Code]
    seal_state: Mapped[Code]
    quantity: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
