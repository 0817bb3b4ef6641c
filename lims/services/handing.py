"""A sample that a van handed over becomes the county's, with its portions, its business, its texts; or goes back."""

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import inspect, select

from lims.queries import sites
from lims.records.base import Record
from lims.records.custody import GivenBack
from lims.records.log import Personal
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.rules import form
from lims.storage.unit import Unit, View

R = TypeVar("R", bound=Record)


def arriving(unit: Unit, number: str) -> Sample | None:
    """Return a sample that one of our vans handed over, as our own row and not received yet, or None.

    Raises:
        RuleBroken: a van keeps it and has not handed it over, as far as its bundles have come in; or it was given back.
    """
    there = sites.holding(unit.view(), number)
    if there.site == unit.site:
        return None
    row = there.get(Sample, number)
    sites.expected(unit.view(), row)
    mine = _copied(row)
    mine.form = {name: _own(unit, there, name, str(text)) for name, text in row.form.items()}
    mine.state = "drawn"
    return mine


def answered(unit: Unit, row: Sample, reason: str) -> GivenBack:
    """Return the fact that gives a van's sample back.

    Raises:
        RuleBroken: as `sites.expected` does.
    """
    sites.expected(unit.view(), row)
    by, now = unit.actor.account, unit.now
    return GivenBack(
        id=sites.handover_id(row), sample=row.id, to=row.site, reason=reason.strip(), by=by, at=now
    )


def refused(unit: Unit, number: str, reason: str) -> GivenBack:
    """Return the fact that gives back a sample that is refused at the reception."""
    return answered(unit, sites.holding(unit.view(), number).get(Sample, number), reason)


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
