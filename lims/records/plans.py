"""What a year asks for: its plan cell by cell, high-risk varieties, required equipment, and drawn lots."""

from decimal import Decimal

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from lims.records.base import Code, Key, Moment, Name, Object, Record, of_site
from lims.records.types import DecimalText


class YearPlan(Record):
    """The head of a year's plan: its rate, the people it was made for, where their number comes from."""

    __tablename__ = "year_plan"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    per_thousand: Mapped[Decimal] = mapped_column(DecimalText)
    base_year: Mapped[int]
    people: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
    version: Mapped[int]


class PlanCell(Record):
    """How many samples of a year one cell of the plan asks for; `samples` 0 withdraws a cell.

    `unit` is a township's code or the code of another reporting unit.
    """

    __tablename__ = "plan_cell"
    __table_args__ = (of_site("year_plan", "year", "year"),)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[Key]
    department: Mapped[Key]
    product_group: Mapped[Key]
    stage: Mapped[Key]
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    station: Mapped[Code]
    samples: Mapped[int]


class ReportingUnit(Record):
    """A unit that reports beside the townships, such as the committee of a development zone."""

    __tablename__ = "reporting_unit"
    code: Mapped[Key]
    name: Mapped[Name]
    source: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]


class HighRisk(Record):
    """A variety that a year wants covered completely: at least so many samples in each of its stages."""

    __tablename__ = "high_risk"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    food: Mapped[Key]
    stages: Mapped[Name]
    at_least: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class RequiredEquipment(Record):
    """One line of the list that standard equipment is measured by: what a body must have and what it has."""

    __tablename__ = "required_equipment"
    unit: Mapped[Key]
    item: Mapped[Key]
    required: Mapped[int]
    present: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]


class Draw(Record):
    """A drawn lot: the frozen lists with their hash, the seed, the rule by its version, and what came out."""

    __tablename__ = "draw"
    id: Mapped[Key]
    purpose: Mapped[str] = mapped_column(Text)
    rule: Mapped[Code]
    seed: Mapped[Code]
    frozen: Mapped[Object]
    frozen_hash: Mapped[Code]
    result: Mapped[Object]
    witness: Mapped[Name]
    by: Mapped[Code]
    at: Mapped[Moment]


class DrawSubstitution(Record):
    """A drawn object or person replaced by another, with the reason; the draw itself stays as it fell."""

    __tablename__ = "draw_substitution"
    __table_args__ = (of_site("draw", "draw"),)
    id: Mapped[Key]
    draw: Mapped[Code]
    kind: Mapped[Code]
    drawn: Mapped[Code]
    instead: Mapped[Code]
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[Code]
    at: Mapped[Moment]
