"""Takes tables in: each row once under its own key, and what could not be taken is kept with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lims.door import verb
from lims.errors import Invalid
from lims.records.intake import IntakeAside, IntakeRow
from lims.records.places import Business, Township
from lims.records.plans import ReportingUnit, YearPlan
from lims.rules import spelling
from lims.rules.intake import Row
from lims.rules.limitfile import Aside
from lims.rules.planning import Cell
from lims.services import plan, planning, sample
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the kind of table and the file's name."""

    table: str
    file: str


def _done(unit: Unit, source: Source, row: Row, became: str) -> None:
    unit.put(
        IntakeRow(
            table=source.table, key=row.key, became=became, file=source.file, line=row.line,
            by=unit.actor.account, at=unit.now,
        )
    )  # fmt: skip


@verb(needs="manager sampler")
def set_aside(unit: Unit, source: Source, rows: Sequence[Aside], reasons: Sequence[str]) -> int:
    """Keep the rows that could not be taken, each with its reasons in words; return how many."""
    for row, reason in zip(rows, reasons, strict=True):
        unit.put(
            IntakeAside(
                id=new_id(), table=source.table, file=source.file, line=row.line, cells=dict(row.cells),
                reasons={"codes": " ".join(one.code for one in row.reasons), "words": reason},
                by=unit.actor.account, at=unit.now,
            )
        )  # fmt: skip
    return len(rows)


@verb(needs="sampler station")
def take_sample(unit: Unit, source: Source, row: Row) -> str:
    """Save one sampling form of a table and return the sample's number; a form taken before gives its number again.

    Raises:
        Invalid: with one problem for each field that is wrong.
    """
    before = unit.find(IntakeRow, source.table, row.key)
    if before is not None:
        return before.became
    number = sample.draw(unit, {name: text for name, text in row.values.items() if name != "external"})
    _done(unit, source, row, number)
    return number


@verb(needs="manager")
def take_rows(unit: Unit, source: Source, rows: Sequence[Row]) -> int:
    """Take businesses, populations or cells of a plan, all in one act; return how many.

    A row that comes again replaces what it said before.

    Raises:
        Invalid: another kind of table, or a row that its verb refuses; then nothing is taken.
        NotFound: cells of a plan for a year without one.
    """
    takes = {"businesses": _business, "populations": _population, "plan": _cell}.get(source.table)
    if takes is None:
        raise Invalid("intake.table", table=source.table)
    for row in rows:
        _done(unit, source, row, takes(unit, row))
    return len(rows)


def _business(unit: Unit, row: Row) -> str:
    said = row.values
    query = select(Business).where(
        Business.site == unit.site,
        Business.name == said["name"],
        Business.township == said["township"],
        Business.stall == said["stall"],
    )
    found = unit.one(query) or Business(id=new_id(), name=said["name"], stall=said["stall"])
    found.pinyin = spelling.initials(said["name"])[:200]
    found.township = unit.get(Township, said["township"]).code
    found.address, found.credit_code = said["address"], said["credit_code"]
    found.no_code_reason = "" if said["no_code_reason"] == "/" else said["no_code_reason"]
    found.contact = unit.commit_personal(said["contact"])
    found.phone = unit.commit_personal(said["phone"])
    unit.put(found)
    return found.id


def _population(unit: Unit, row: Row) -> str:
    said = row.values
    return plan.population(
        unit,
        township=said["township"],
        year=int(said["year"]),
        people=int(said["people"]),
        source=said["source"],
    )


def _cell(unit: Unit, row: Row) -> str:
    said = row.values
    unit.get(YearPlan, int(said["year"]))
    if unit.find(Township, said["unit"]) is None and unit.find(ReportingUnit, said["unit"]) is None:
        raise Invalid("intake.unit", line=row.line, unit=said["unit"])
    wanted = Cell(
        said["unit"],
        said["department"],
        said["product_group"],
        said["stage"],
        int(said["month"]),
        int(said["samples"]),
    )
    planning.cell(unit, int(said["year"]), wanted, station=said["station"])
    return row.key
