"""What every noun of the laboratory shares: its site first in the key, and a name for each constraint."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import ForeignKeyConstraint, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lims.records.types import JsonText, UtcTime

Key = Annotated[str, mapped_column(String(64), primary_key=True)]
Name = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(64))]
Moment = Annotated[datetime, mapped_column(UtcTime)]
Object = Annotated[dict[str, Any], mapped_column(JsonText)]


class Record(DeclarativeBase):
    """A row of a table that is projected from the log; derived tables are marked `info={"derived": True}`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    site: Mapped[Key] = mapped_column(sort_order=-10)


def of_site(table: str, column: str, target: str = "id") -> ForeignKeyConstraint:
    """Return a foreign key inside one site: (site, column) to (site, target) of `table`."""
    return ForeignKeyConstraint(["site", column], [f"{table}.site", f"{table}.{target}"])
