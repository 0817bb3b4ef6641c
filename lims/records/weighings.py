"""Which balance reading a portion's quantity was taken from."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from lims.records.base import Code, Key, Moment, Record, of_site


class Weighing(Record):
    """A portion that was weighed; a reading of the balance weighs one portion only."""

    __tablename__ = "weighing"
    __table_args__ = (
        of_site("portion", "portion"),
        of_site("reading", "reading"),
        UniqueConstraint("site", "reading"),
    )
    portion: Mapped[Key]
    reading: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]
