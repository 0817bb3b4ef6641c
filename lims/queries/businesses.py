"""Food businesses as samplers look for them: by name, by pinyin initials, by what was bought there before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from lims.door import question
from lims.queries.samples import like
from lims.records.places import Business
from lims.records.samples import Sample
from lims.rules import form
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Known:
    """What the last form at a business said, ready to be filled in again."""

    id: str
    name: str
    fields: dict[str, str]


@question()
def find(view: View, text: str, *, count: int = 12) -> list[Known]:
    """Return businesses whose name, initials, credit code or stall hold `text`, with their known fields."""
    pattern = like(text.strip()[:60])
    query = (
        select(Business)
        .where(
            Business.site == view.site,
            _called(pattern),
        )
        .order_by(Business.pinyin, Business.name)
        .limit(count)
    )
    return [Known(row.id, row.name, _fields(view, row)) for row in view.all(query)]


@dataclass(frozen=True, slots=True)
class Line:
    """A business in a list; `samples` counts the valid ones drawn there, `last` the day of the newest."""

    id: str
    name: str
    township: str
    stall: str
    credit_code: str
    samples: int
    last: date | None


@question()
def listed(view: View, text: str = "", *, count: int = 300) -> list[Line]:
    """Return businesses whose name, initials, credit code or stall hold a text, where most was drawn first."""
    pattern = like(text.strip()[:60])
    drawn = (
        select(Sample.business, func.count().label("samples"), func.max(Sample.drawn_on).label("last"))
        .where(Sample.site == view.site, Sample.state.not_in(("void", "rejected")))
        .group_by(Sample.business)
        .subquery()
    )
    columns = (Business.id, Business.name, Business.township, Business.stall, Business.credit_code)
    query = (
        select(*columns, func.coalesce(drawn.c.samples, 0), drawn.c.last)
        .outerjoin(drawn, drawn.c.business == Business.id)
        .where(Business.site == view.site, _called(pattern))
        .order_by(func.coalesce(drawn.c.samples, 0).desc(), Business.pinyin, Business.name)
        .limit(count)
    )
    return [Line(*row) for row in view.rows(query)]


def _called(pattern: str) -> ColumnElement[bool]:
    return or_(
        Business.name.like(pattern, escape="\\"),
        Business.pinyin.like(pattern.lower(), escape="\\"),
        Business.credit_code.like(pattern, escape="\\"),
        Business.stall.like(pattern, escape="\\"),
    )


def _fields(view: View, row: Business) -> dict[str, str]:
    last = select(Sample.form).where(Sample.site == view.site, Sample.business == row.id)
    return {
        **_said(view, last, form.shared()),
        "business_name": row.name,
        "township": row.township,
        "business_address": row.address,
        "stall": row.stall,
        "credit_code": row.credit_code,
        "contact": view.personal(row.contact),
        "phone": view.personal(row.phone),
    }


def _said(view: View, query: Select[Any], names: Sequence[str]) -> dict[str, str]:
    """Return what the latest form of a query said in some fields; what is kept apart from the log is left out."""
    found: dict[str, str] = next(iter(view.all(query.order_by(Sample.id.desc()).limit(1))), {})
    plain = [name for name in names if form.fields()[name].kind != "personal"]
    return {name: found[name] for name in plain if found.get(name)}


@question()
def of_food(view: View, food: str) -> dict[str, str]:
    """Return what the last form of a food said of it: its kind, its state, and the quantities."""
    last = select(Sample.form).where(Sample.site == view.site, Sample.food == food)
    return _said(view, last, (*form.OF_A_FOOD, *form.QUANTITIES))


@question()
def favourites(view: View, *, count: int = 12) -> list[str]:
    """Return the foods drawn most lately, each once, the latest first."""
    query = select(Sample.food).where(Sample.site == view.site).order_by(Sample.id.desc()).limit(count * 8)
    return list(dict.fromkeys(view.all(query)))[:count]
