"""Slips that were put on paper, each time one fact, so that none is printed uncounted."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Record, of_site


class SlipPrint(Record):
    """One printing of a slip: on which paper, where to, why again; `failed` says why it did not come out."""

    __tablename__ = "slip_print"
    __table_args__ = (of_site("certificate", "slip"), Index(None, "site", "slip"))
    id: Mapped[Key]
    slip: Mapped[Code]
    form: Mapped[Code]
    printer: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    failed: Mapped[Code]
    by: Mapped[Code]
    at: Mapped[Moment]
