"""A run at the bench: one instrument, one method, and what stands at each position."""

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Record, of_site


class Run(Record):
    """One run; `validity` is empty while open, then `valid` or `invalid` with its reason in `why`."""

    __tablename__ = "run"
    __table_args__ = (of_site("instrument", "instrument"), Index(None, "site", "instrument", "state"))
    id: Mapped[Key]
    instrument: Mapped[Code]
    method: Mapped[Code]
    lot: Mapped[Name]
    operator: Mapped[Code]
    started_at: Mapped[Moment]
    state: Mapped[Code]
    validity: Mapped[Code]
    why: Mapped[str] = mapped_column(Text)
    closed_by: Mapped[Code | None]
    closed_at: Mapped[Moment | None]


class Position(Record):
    """What stands at one position of a run: a sample, a blank or a control."""

    __tablename__ = "position"
    __table_args__ = (of_site("run", "run"), Index(None, "site", "sample"))
    run: Mapped[Key]
    position: Mapped[Key]
    role: Mapped[Code]
    sample: Mapped[Code | None]
