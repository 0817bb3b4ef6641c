"""The log itself and what is derived from it: entries as bytes, heads, counters, and personal fields apart."""

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Key, Record

UNPROJECTED = {"log_entry", "log_head", "site_head", "personal"}
"""Tables that no entry writes: the log, its derived heads, and what may lawfully be erased."""


class LogEntry(Record):
    """One entry: the bytes that were hashed, their leaf, the root after it; `arrival` orders a site's logs."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("uq_log_entry_arrival", "site", "arrival", unique=True),)
    station: Mapped[Key]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    arrival: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class LogHead(Record):
    """Where a station's log stands: its size and the frontier of its tree, derived for quick appending."""

    __tablename__ = "log_head"
    station: Mapped[Key]
    origin: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)


class SiteHead(Record):
    """The one row of a site that every writer locks; it counts arrivals."""

    __tablename__ = "site_head"
    arrival: Mapped[int]


class Personal(Record):
    """A name, a phone or an ID number, outside the log; the log holds only its salted commitment."""

    __tablename__ = "personal"
    commitment: Mapped[Key]
    salt: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
