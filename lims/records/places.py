"""Where things happen: the site, its stations, the townships with their people, the food businesses."""

from datetime import date

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site


class Site(Record):
    """A laboratory or a van that owns samples."""

    __tablename__ = "site"
    name: Mapped[Name]
    county: Mapped[Code]
    algorithm: Mapped[Code]
    founded_at: Mapped[Moment]


class Station(Record):
    """One computer of a site, which owns one log."""

    __tablename__ = "station"
    id: Mapped[Key]
    name: Mapped[Name]


class Township(Record):
    """A township of the county; a code that ended keeps its row."""

    __tablename__ = "township"
    code: Mapped[Key]
    name: Mapped[Name]
    counted: Mapped[bool]
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)


class Population(Record):
    """How many people a township has for one year's quota, as somebody entered it."""

    __tablename__ = "population"
    __table_args__ = (of_site("township", "township", "code"),)
    township: Mapped[Key]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[Code]
    entered_at: Mapped[Moment]


class Business(Record):
    """A food business as samplers know it; names of persons are kept apart as commitments."""

    __tablename__ = "business"
    id: Mapped[Key]
    name: Mapped[Name]
    pinyin: Mapped[Name]
    township: Mapped[Code]
    address: Mapped[str] = mapped_column(Text)
    stall: Mapped[Name]
    credit_code: Mapped[Code]
    no_code_reason: Mapped[str] = mapped_column(Text)
    contact: Mapped[Code]
    phone: Mapped[Code]
