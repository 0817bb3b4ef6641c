"""What devices said: readings as they came, repeats of them, broken bytes, and what could not be matched."""

from decimal import Decimal

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText


class Reading(Record):
    """One reading exactly as the device gave it; (station, instrument, entry, place) is unique.

    `device_time` is the device's own clock without a zone; `identity` tells a repeat, `digest` its content.
    """

    __tablename__ = "reading"
    __table_args__ = (
        UniqueConstraint("site", "station", "instrument", "entry", "place"),
        Index(None, "site", "instrument", "identity"),
    )
    id: Mapped[Key]
    station: Mapped[Code]
    instrument: Mapped[Code]
    entry: Mapped[int]
    place: Mapped[int]
    position: Mapped[Name | None]
    sample_text: Mapped[Name | None]
    item: Mapped[Name | None]
    value: Mapped[Decimal | None] = mapped_column(DecimalText)
    unit: Mapped[Code | None]
    call: Mapped[Code | None]
    flags: Mapped[Name]
    device_time: Mapped[Code | None]
    device_record: Mapped[Code | None]
    extra: Mapped[Object]
    identity: Mapped[Code]
    digest: Mapped[Code]
    received_at: Mapped[Moment]
    real: Mapped[bool]


class Repeat(Record):
    """The same record of the device once more: counted and shown, never a second result."""

    __tablename__ = "repeat"
    __table_args__ = (
        of_site("reading", "reading"),
        UniqueConstraint("site", "station", "instrument", "entry", "place"),
    )
    id: Mapped[Key]
    reading: Mapped[Code]
    station: Mapped[Code]
    instrument: Mapped[Code]
    entry: Mapped[int]
    place: Mapped[int]
    received_at: Mapped[Moment]


class Fault(Record):
    """Bytes of a device that no rule of its wire accepted, kept with the reason."""

    __tablename__ = "fault"
    __table_args__ = (UniqueConstraint("site", "station", "instrument", "entry", "place"),)
    id: Mapped[Key]
    station: Mapped[Code]
    instrument: Mapped[Code]
    entry: Mapped[int]
    place: Mapped[int]
    reason: Mapped[Code]
    detail: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    received_at: Mapped[Moment]


class Stray(Record):
    """A reading that waits for a person, with the reason; `settled` says how it ended."""

    __tablename__ = "stray"
    __table_args__ = (of_site("reading", "id"), Index(None, "site", "settled"))
    id: Mapped[Key]
    reason: Mapped[Code]
    settled: Mapped[Code]
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[Code | None]
    at: Mapped[Moment | None]
