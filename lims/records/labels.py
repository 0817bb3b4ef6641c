"""Labels that were made for samples, each time one fact, so that none is printed uncounted."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Record, of_site


class LabelPrint(Record):
    """One printing of a sample's label: how many copies, in which form, where to, and why again."""

    __tablename__ = "label_print"
    __table_args__ = (of_site("sample", "sample"), Index(None, "site", "sample"))
    id: Mapped[Key]
    sample: Mapped[Code]
    copies: Mapped[int]
    form: Mapped[Code]
    printer: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
