"""Counts kept beside the rows they count, in one transaction: a county's year is read from some hundred rows."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Key, Record

DERIVED = {"derived": True}
"""Marks a table that no entry of the log may name: it is worked out from other rows as they are written."""


class SampleTally(Record):
    """Samples that are neither void nor refused, by the month they were drawn in (`2026-05`)."""

    __tablename__ = "sample_tally"
    __table_args__ = {"info": DERIVED}  # noqa: RUF012 - SQLAlchemy's own way to say it
    township: Mapped[Key]
    month: Mapped[Key]
    product_group: Mapped[Key]
    stage: Mapped[Key]
    kind: Mapped[Key]
    samples: Mapped[int]


class VerdictTally(Record):
    """Verdicts that no reviewer rejected, by the month they were given in (laboratory's clock), item and word."""

    __tablename__ = "verdict_tally"
    __table_args__ = {"info": DERIVED}  # noqa: RUF012 - the same
    month: Mapped[Key]
    item: Mapped[str] = mapped_column(String(200), primary_key=True)
    word: Mapped[Key]
    verdicts: Mapped[int]
