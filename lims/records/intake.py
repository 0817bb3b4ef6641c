"""Tables that were taken in: which row became what, and the rows that could not be taken, kept with their reasons."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record


class IntakeRow(Record):
    """One row of a table that was taken in: under its own key, so that the same table can come again unharmed."""

    __tablename__ = "intake_row"
    table: Mapped[Key]
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    became: Mapped[Code]
    file: Mapped[Name]
    line: Mapped[int]
    by: Mapped[Code]
    at: Mapped[Moment]


class IntakeAside(Record):
    """A row that could not be taken: its cells as they came, and every reason against it."""

    __tablename__ = "intake_aside"
    id: Mapped[Key]
    table: Mapped[Code]
    file: Mapped[Name]
    line: Mapped[int]
    cells: Mapped[Object]
    reasons: Mapped[Object]
    by: Mapped[Code]
    at: Mapped[Moment]
