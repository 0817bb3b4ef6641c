"""A sample that a van handed over becomes the county's: its row, its portions, its business, its personal texts."""

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import inspect, select

from lims.errors import RuleBroken
from lims.queries import sites
from lims.records.base import Record
from lims.records.log import Personal
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.rules import form
from lims.storage.unit import Unit, View

R = TypeVar("R", bound=Record)


def arriving(unit: Unit, number: str) -> Sample | None:
    """Return a sample that one of our vans handed over, as our own row and not received yet, or None.

    Raises:
        RuleBroken: a van keeps it and has not handed it over, as far as its bundles have come in.
    """
    there = sites.holding(unit.view(), number)
    if there.site == unit.site:
        return None
    row = there.get(Sample, number)
    if row.state != "handed":
        raise RuleBroken("custody.not_handed", number=number, van=sites.vans(unit.view())[there.site])
    mine = _copied(row)
    mine.form = {name: _own(unit, there, name, str(text)) for name, text in row.form.items()}
    mine.state = "drawn"
    return mine


def _copied(row: R) -> R:
    return type(row)(**{column.key: getattr(row, column.key) for column in inspect(type(row)).columns})


def _own(unit: Unit, there: View, name: str, text: str) -> str:
    """Return a field of the form for our own row; a personal text is kept apart anew, one that was erased stays so."""
    one = form.fields().get(name)
    if one is None or one.kind != "personal":
        return text
    known = there.find(Personal, text)
    return unit.commit_personal(known.text) if known else text


def parts(unit: Unit, number: str) -> Iterator[Record]:
    """Yield the portions of a sample that came with it, as our own rows, a divided one before its parts."""
    there = sites.holding(unit.view(), number)
    query = select(Portion).where(Portion.site == there.site, Portion.sample == number)
    for row in unit.all(query.order_by(Portion.divided_at, Portion.id)):
        yield _copied(row)
