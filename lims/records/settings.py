"""What a laboratory decided about itself, one value a name."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Record


class Setting(Record):
    """One setting of the site, with who set it and when."""

    __tablename__ = "setting"
    name: Mapped[Key]
    value: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
