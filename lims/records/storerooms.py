"""Where samples lie: rooms, fridges, shelves and boxes, every move, and what the loggers measured there."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site
from lims.records.types import DecimalText, UtcTime


class StorePlace(Record):
    """A room, fridge, freezer, shelf or box; limits in degrees Celsius hold for everything inside it.

    `every_minutes` is how often its logger measures, None where no logger lies in it.
    """

    __tablename__ = "store_place"
    id: Mapped[Key]
    parent: Mapped[Code | None]
    kind: Mapped[Code]
    name: Mapped[Name]
    low: Mapped[Decimal | None] = mapped_column(DecimalText)
    high: Mapped[Decimal | None] = mapped_column(DecimalText)
    every_minutes: Mapped[int | None]
    active: Mapped[bool]
    set_by: Mapped[Code]
    set_at: Mapped[Moment]


class Move(Record):
    """A sample or a portion put into a place, or taken out where `place` is None."""

    __tablename__ = "store_move"
    __table_args__ = (
        of_site("sample", "sample"),
        of_site("store_place", "place"),
        Index(None, "site", "sample"),
        Index(None, "site", "place"),
    )
    id: Mapped[Key]
    sample: Mapped[Code]
    portion: Mapped[Code | None]
    place: Mapped[Code | None]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Temperature(Record):
    """One reading of a place's logger, in degrees Celsius; one value for each moment, never replaced."""

    __tablename__ = "temperature"
    __table_args__ = (of_site("store_place", "place"),)
    place: Mapped[Key]
    at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    value: Mapped[Decimal] = mapped_column(DecimalText)
    source: Mapped[Code]


class TemperatureImport(Record):
    """One file of a logger that was read in, and the attachment that keeps it."""

    __tablename__ = "temperature_import"
    __table_args__ = (of_site("store_place", "place"),)
    id: Mapped[Key]
    place: Mapped[Code]
    attachment: Mapped[Code]
    added: Mapped[int]
    repeated: Mapped[int]
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    by: Mapped[Code]
    at: Mapped[Moment]
