"""Plates: what stands in their wells, each read of them, and what was calculated from a read."""

from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText


class Plate(Record):
    """One plate as a person laid it out; `layout` holds each well's role, name, level and dilution as texts."""

    __tablename__ = "plate"
    id: Mapped[Key]
    name: Mapped[Name]
    item: Mapped[Name]
    unit: Mapped[Code]
    kit: Mapped[Name]
    lot: Mapped[Name]
    fit: Mapped[Code]
    layout: Mapped[Object]
    by: Mapped[Code]
    at: Mapped[Moment]
    version: Mapped[int]


class PlateRead(Record):
    """A read that was taken for a plate; `compared` where a person held it against the reader's own display."""

    __tablename__ = "plate_read"
    __table_args__ = (of_site("plate", "plate"), Index(None, "site", "plate"))
    id: Mapped[Key]
    plate: Mapped[Code]
    instrument: Mapped[Code]
    entry: Mapped[int]
    part: Mapped[Code]
    compared: Mapped[bool]
    by: Mapped[Code]
    at: Mapped[Moment]


class PlateFigure(Record):
    """The absorbance of one well in a read, and the reading that it is; no value where the device gave none."""

    __tablename__ = "plate_figure"
    __table_args__ = (of_site("plate_read", "read"), of_site("reading", "reading"))
    read: Mapped[Key]
    well: Mapped[Key]
    reading: Mapped[Code]
    value: Mapped[Decimal | None] = mapped_column(DecimalText)


class PlateOutcome(Record):
    """What a fit made of a read: `figures` with curve, standards, samples and gates; `counts` where all gates held."""

    __tablename__ = "plate_outcome"
    __table_args__ = (of_site("plate", "plate"), of_site("plate_read", "read"), Index(None, "site", "plate"))
    id: Mapped[Key]
    plate: Mapped[Code]
    read: Mapped[Code]
    fit: Mapped[Code]
    counts: Mapped[bool]
    layout: Mapped[Object]
    figures: Mapped[Object]
    by: Mapped[Code]
    at: Mapped[Moment]
