"""What taking a table in would do: rows that are new, rows known already, rows set aside; and what was set aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lims.door import question
from lims.errors import NotFound
from lims.queries.people import names
from lims.records.intake import IntakeAside, IntakeRow
from lims.rules import intake, sheet
from lims.rules.intake import Row
from lims.rules.limitfile import Aside
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Examined:
    """What a table comes to before anything is done; `known` are lines whose key was taken before."""

    table: str
    file: str
    rows: tuple[Row, ...]
    known: tuple[int, ...]
    aside: tuple[Aside, ...]


@question()
def examine(view: View, table: str, name: str, data: bytes) -> Examined:
    """Read a table and say what taking it in would do; nothing is changed.

    Raises:
        NotFound: no such kind of table.
        Invalid: the file cannot be read, or a column is missing.
    """
    wanted = intake.TABLES.get(table)
    if wanted is None:
        raise NotFound("intake.table", table=table)
    found = intake.read(wanted, sheet.read(name, data))
    taken = set(view.all(select(IntakeRow.key).where(IntakeRow.site == view.site, IntakeRow.table == table)))
    known = tuple(row.line for row in found.rows if row.key in taken)
    return Examined(table, name, found.rows, known, found.aside)


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that was set aside, as it came and why."""

    table: str
    file: str
    line: int
    cells: dict[str, str]
    why: str
    by: str
    at: datetime


@question()
def aside(view: View, *, table: str = "") -> list[Kept]:
    """Return the rows that were set aside, the newest first."""
    called = names(view)
    query = select(IntakeAside).where(IntakeAside.site == view.site)
    if table:
        query = query.where(IntakeAside.table == table)
    return [
        Kept(
            one.table,
            one.file,
            one.line,
            dict(one.cells),
            str(one.reasons.get("words", "")),
            called(one.by),
            one.at,
        )
        for one in view.all(query.order_by(IntakeAside.id.desc()).limit(5000))
    ]
