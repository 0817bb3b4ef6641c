"""What is used up: kits and reagents, their lots, opened packs, acceptance tests, and every use."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText, UtcTime


class Kit(Record):
    """A product as its maker sells it: strips, a reagent, an enzyme, a reference material.

    `methods` are the ids of the methods that it serves, separated by spaces; `low` and `high` are the storage
    limits in degrees Celsius; `opened_days` is how long an opened or prepared pack lasts, None where the insert
    sets no term. `detection` is the least content that the insert says it finds, in `detection_unit`.
    """

    __tablename__ = "kit"
    id: Mapped[Key]
    name: Mapped[Name]
    kind: Mapped[Code]
    maker: Mapped[Name]
    catalogue: Mapped[Name]
    methods: Mapped[str] = mapped_column(Text)
    unit: Mapped[Code]
    low: Mapped[Decimal | None] = mapped_column(DecimalText)
    high: Mapped[Decimal | None] = mapped_column(DecimalText)
    opened_days: Mapped[int | None]
    detection: Mapped[Decimal | None] = mapped_column(DecimalText)
    detection_unit: Mapped[Code | None]
    reorder_at: Mapped[Decimal | None] = mapped_column(DecimalText)
    source: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    set_by: Mapped[Code]
    set_at: Mapped[Moment]


class Lot(Record):
    """One delivery of a kit under the lot number printed on it.

    `state` is `received`, `accepted`, `rejected`, `recalled` or `used_up`; only an accepted lot is used.
    """

    __tablename__ = "lot"
    __table_args__ = (of_site("kit", "kit"), UniqueConstraint("site", "kit", "number"))
    id: Mapped[Key]
    kit: Mapped[Code]
    number: Mapped[Name]
    expires_on: Mapped[date] = mapped_column(Date)
    quantity: Mapped[Decimal] = mapped_column(DecimalText)
    place: Mapped[Code | None]
    certificate: Mapped[Name]
    state: Mapped[Code]
    why: Mapped[str] = mapped_column(Text)
    received_by: Mapped[Code]
    received_at: Mapped[Moment]
    decided_by: Mapped[Code | None]
    decided_at: Mapped[Moment | None]


class Opening(Record):
    """One pack of a lot that was opened, or a reagent prepared from it, with the day its life ends."""

    __tablename__ = "opening"
    __table_args__ = (of_site("lot", "lot"), Index(None, "site", "lot"))
    id: Mapped[Key]
    lot: Mapped[Code]
    what: Mapped[Code]
    label: Mapped[Name]
    at: Mapped[Moment]
    ends_at: Mapped[datetime | None] = mapped_column(UtcTime)
    by: Mapped[Code]


class LotTest(Record):
    """An acceptance test of a lot: what blanks and spikes read, the figures of it, and what was decided."""

    __tablename__ = "lot_test"
    __table_args__ = (of_site("lot", "lot"),)
    id: Mapped[Key]
    lot: Mapped[Code]
    readings: Mapped[Object]
    figures: Mapped[Object]
    passed: Mapped[bool]
    by: Mapped[Code]
    at: Mapped[Moment]


class LotUse(Record):
    """So much of a lot was used, for a run or for another reason; a negative amount puts back what was miscounted."""

    __tablename__ = "lot_use"
    __table_args__ = (of_site("lot", "lot"), Index(None, "site", "lot"))
    id: Mapped[Key]
    lot: Mapped[Code]
    amount: Mapped[Decimal] = mapped_column(DecimalText)
    run: Mapped[Code | None]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
