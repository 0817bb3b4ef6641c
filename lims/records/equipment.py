"""What measures: the instruments of the laboratory, each with its profile, its line and its proof."""

from sqlalchemy.orm import Mapped

from lims.records.base import Code, Key, Moment, Name, Object, Record


class Instrument(Record):
    """One analyzer on the bench; `settings` are those of its profile, `port` names the line, not the device."""

    __tablename__ = "instrument"
    id: Mapped[Key]
    name: Mapped[Name]
    profile: Mapped[Code]
    serial: Mapped[Code]
    port: Mapped[Name]
    settings: Mapped[Object]
    evidence: Mapped[Code]
    active: Mapped[bool]
    added_by: Mapped[Code]
    added_at: Mapped[Moment]
