"""What taking a table in would do: rows that are new, rows known already, rows set aside; and what was set aside."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from lims.door import question
from lims.errors import NotFound
from lims.queries.people import names
from lims.records.intake import IntakeAside, IntakeRow
from lims.records.places import Business, Population, Township
from lims.records.plans import PlanCell
from lims.records.samples import Sample
from lims.rules import form, intake, sheet
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
    towns = {one.code: one.name for one in view.all(select(Township).where(Township.site == view.site))}
    found = intake.read(wanted, sheet.read(name, data), towns)
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


@question(needs="manager sampler")
def export(view: View, table: str, year: int) -> list[dict[str, str]]:
    """Return the rows of a kind of table as it is taken in, by its headings; of samples and plans those of a year.

    A sample's own key is its number here, unless it came from a table and had another.

    Raises:
        NotFound: no such kind of table.
    """
    wanted = intake.TABLES.get(table)
    makes = {"samples": _samples, "businesses": _businesses, "populations": _populations, "plan": _plan}.get(
        table
    )
    if wanted is None or makes is None:
        raise NotFound("intake.table", table=table)
    return [{head: said.get(name, "") for name, head in wanted.columns.items()} for said in makes(view, year)]


def _samples(view: View, year: int) -> Iterator[dict[str, str]]:
    taken = select(IntakeRow).where(IntakeRow.site == view.site, IntakeRow.table == "samples")
    keys = {one.became: one.key for one in view.all(taken)}
    query = select(Sample).where(
        Sample.site == view.site, Sample.drawn_on >= date(year, 1, 1), Sample.drawn_on <= date(year, 12, 31)
    )
    personal = [name for name, one in form.fields().items() if one.kind == "personal"]
    for row in view.all(query.order_by(Sample.id)):
        said = {name: str(text) for name, text in row.form.items()}
        said |= {name: view.personal(said.get(name, "/")) for name in personal}
        yield {"external": keys.get(row.id, row.id), **said}


def _businesses(view: View, _year: int) -> Iterator[dict[str, str]]:
    for row in view.all(
        select(Business)
        .where(Business.site == view.site)
        .order_by(Business.pinyin, Business.name, Business.id)
    ):
        yield {
            "name": row.name, "township": row.township, "address": row.address, "stall": row.stall,
            "credit_code": row.credit_code, "no_code_reason": row.no_code_reason or "/",
            "contact": view.personal(row.contact), "phone": view.personal(row.phone),
        }  # fmt: skip


def _populations(view: View, year: int) -> Iterator[dict[str, str]]:
    query = select(Population).where(Population.site == view.site, Population.year == year)
    for row in view.all(query.order_by(Population.township)):
        yield {"township": row.township, "year": str(year), "people": str(row.people), "source": row.source}


def _plan(view: View, year: int) -> Iterator[dict[str, str]]:
    query = select(PlanCell).where(PlanCell.site == view.site, PlanCell.year == year, PlanCell.samples > 0)
    for row in view.all(
        query.order_by(PlanCell.unit, PlanCell.product_group, PlanCell.stage, PlanCell.month)
    ):
        yield {
            "year": str(year), "unit": row.unit, "department": row.department, "product_group": row.product_group,
            "stage": row.stage, "month": str(row.month), "samples": str(row.samples), "station": row.station,
        }  # fmt: skip
