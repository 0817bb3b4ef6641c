"""The year's plan: made from people and shares, with high-risk varieties and the list of required equipment."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, Problem
from lims.queries import rules
from lims.records.places import Population, Township
from lims.records.plans import HighRisk, PlanCell, ReportingUnit, RequiredEquipment, YearPlan
from lims.rules import planning, regulation
from lims.rules.planning import Cell
from lims.storage.unit import Unit

STATION = "/"
"""The station of a cell that nobody assigned."""


def _people(unit: Unit, base_year: int) -> dict[str, int]:
    towns = unit.all(
        select(Township).where(Township.site == unit.site, Township.counted).order_by(Township.code)
    )
    found = {
        one.township: one.people
        for one in unit.all(
            select(Population).where(Population.site == unit.site, Population.year == base_year)
        )
    }
    lacking = [
        Problem("plan.no_people", town.name, {"year": base_year}) for town in towns if town.code not in found
    ]
    if lacking or not towns:
        raise Invalid("plan.problems", lacking, count=len(lacking))
    return {town.code: found[town.code] for town in towns}


@verb(needs="manager", cli="plan-make")
def make(unit: Unit, *, year: int, base_year: int, source: str, per_thousand: str = "5") -> int:
    """Make or make anew the plan of a year from the people of a base year; return its samples.

    Raises:
        Invalid: no source, a rate that cannot be, or townships without people in the base year, each named.
    """
    if not source.strip():
        raise Invalid("population.source")
    rate = _rate(per_thousand)
    people = _people(unit, base_year)
    if not 2000 <= year <= 2100:
        raise Invalid("population.year", year=year)
    first = max(date(year, 1, 1), clock.local(unit.now).date())
    cells = list(planning.spread(people, rate, rules.shares_in_force(unit.view(), first)))
    before = unit.find(YearPlan, year)
    wanted = {(c.unit, c.department, c.product_group, c.stage, c.month) for c in cells}
    for old in unit.all(select(PlanCell).where(PlanCell.site == unit.site, PlanCell.year == year)):
        key = (old.unit, old.department, old.product_group, old.stage, old.month)
        if key not in wanted and old.samples:
            old.samples = 0
            unit.put(old)
    head = YearPlan(
        year=year, per_thousand=rate, base_year=base_year, people=sum(people.values()), source=source,
        by=unit.actor.account, at=unit.now, version=before.version + 1 if before else 1,
    )  # fmt: skip
    rows = [PlanCell(year=year, station=STATION, **asdict(one)) for one in cells]
    unit.put(head, *rows)
    return sum(cell.samples for cell in cells)


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except ArithmeticError:
        raise Invalid("plan.rate", rate=text) from None
    if not rate.is_finite() or not 0 < rate <= 1000:
        raise Invalid("plan.rate", rate=text)
    return rate


@verb(needs="manager")
def cell(unit: Unit, year: int, wanted: Cell, *, station: str = STATION) -> int:
    """Set one cell of a year's plan by hand, for a township or another reporting unit; return its samples.

    Raises:
        NotFound: the year has no plan.
        Invalid: a word outside its vocabulary, no such place, or a number that cannot be.
    """
    unit.get(YearPlan, year)
    found = [
        Problem("form.option", name, {"value": getattr(wanted, name)})
        for name in ("product_group", "stage", "department")
        if getattr(wanted, name) not in regulation.codes(name)
    ]
    if unit.find(Township, wanted.unit) is None and unit.find(ReportingUnit, wanted.unit) is None:
        found.append(Problem("form.option", "unit", {"value": wanted.unit}))
    if not 1 <= wanted.month <= 12 or not 0 <= wanted.samples <= 100_000:
        found.append(Problem("plan.cell", "month", {"month": wanted.month, "samples": wanted.samples}))
    if found:
        raise Invalid("form.problems", found, count=len(found))
    unit.put(PlanCell(year=year, station=station, **asdict(wanted)))
    return wanted.samples


@verb(needs="manager", cli="reporting-unit")
def reporting_unit(unit: Unit, *, code: str, name: str, source: str, active: bool = True) -> str:
    """Enter a unit that reports beside the townships, such as the committee of a development zone.

    Raises:
        Invalid: no code, name or source, the code is a township's, or a unit that reports has it already.
    """
    if not all(text.strip() for text in (code, name, source)):
        raise Invalid("plan.unit", unit=code)
    if unit.find(Township, code) is not None:
        raise Invalid("plan.unit_town", unit=code)
    known = unit.find(ReportingUnit, code)
    if active and known is not None and known.active:
        raise Invalid("township.known", town=code)
    unit.put(ReportingUnit(code=code, name=name, source=source, active=active))
    return code


@verb(needs="manager", cli="high-risk")
def high_risk(unit: Unit, *, year: int, food: str, stages: str, at_least: int, source: str) -> str:
    """Put a variety on a year's list of complete coverage: at least so many samples in each stage.

    Raises:
        Invalid: an unknown stage, a number below one, or no source.
    """
    wanted = stages.split()
    unknown = [stage for stage in wanted if stage not in regulation.codes("stage")]
    if unknown or not wanted or at_least < 1 or not food.strip() or not source.strip():
        raise Invalid("plan.high_risk", food=food, stages=stages, at_least=at_least)
    unit.put(
        HighRisk(
            year=year, food=food.strip(), stages=" ".join(sorted(wanted)), at_least=at_least, source=source,
            by=unit.actor.account, at=unit.now,
        )
    )  # fmt: skip
    return food


@verb(needs="manager", cli="required-equipment")
def required_equipment(unit: Unit, *, body: str, item: str, required: int, present: int, source: str) -> str:
    """Enter one line of the list that standard equipment is measured by.

    Raises:
        Invalid: no body, item or source, or numbers that cannot be.
    """
    if not all(text.strip() for text in (body, item, source)) or required < 1 or present < 0:
        raise Invalid("plan.equipment", body=body, item=item, required=required, present=present)
    unit.put(
        RequiredEquipment(
            unit=body, item=item, required=required, present=present, source=source, by=unit.actor.account,
            at=unit.now,
        )
    )  # fmt: skip
    return item
