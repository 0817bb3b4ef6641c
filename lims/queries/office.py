"""What a department of the county may read here: its own quota, its own samples, the cases of its own samples.

A sample is a department's when the year's plan gives its product group to that department; the department is read
from the account that asks, never from what it asks.
"""

from datetime import date

from sqlalchemy import ColumnElement, select

from lims.door import question
from lims.errors import NotAllowed
from lims.queries import disputes, ledger, rules
from lims.queries.samples import Row, row
from lims.queries.sites import once
from lims.records.samples import Sample
from lims.storage.unit import View


def _groups(view: View, year: int) -> frozenset[str]:
    """Return the product groups of the department that asks.

    Raises:
        NotAllowed: the account is no department's.
    """
    department = view.actor.office
    if not department:
        raise NotAllowed("office.none")
    shares = rules.shares_in_force(view, date(year, 12, 31))
    return frozenset(one.code for one in shares.groups if one.department == department)


@question(offices=True)
def quota(view: View, year: int) -> list[ledger.Line]:
    """Return the sums of a year by the department's product groups.

    Raises:
        NotAllowed: the account is no department's.
    """
    mine = _groups(view, year)
    return [one for one in ledger.ledger(view, year, ("group",)) if one.key[0] in mine]


@question(offices=True)
def samples(view: View, year: int) -> list[Row]:
    """Return the department's samples of a year, the newest first.

    Raises:
        NotAllowed: the account is no department's.
    """
    query = select(Sample).where(once(view), *_mine(view, year))
    return [row(one) for one in view.all(query.order_by(Sample.id.desc()))]


@question(offices=True)
def cases(view: View, year: int) -> list[disputes.Line]:
    """Return the positive cases of the department's samples of a year, those of vans too, open ones first.

    Raises:
        NotAllowed: the account is no department's.
    """
    return disputes.of_samples(view, *_mine(view, year))


def _mine(view: View, year: int) -> tuple[ColumnElement[bool], ...]:
    """Return what samples of the department that asks fulfil in a year."""
    return (
        Sample.drawn_on >= date(year, 1, 1),
        Sample.drawn_on <= date(year, 12, 31),
        Sample.product_group.in_(_groups(view, year)),
    )
