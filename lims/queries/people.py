"""Who is who: accounts with their roles, and names behind account ids."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from lims.door import question
from lims.records.people import Account, Grant
from lims.storage.unit import View

Names = Callable[[str | None], str]
"""Account id to the name to show; the station and unknown ids stand for themselves."""


def names(view: View) -> Names:
    """Return a look-up of names that reads the accounts once."""
    known = {row.id: row.name for row in view.all(select(Account).where(Account.site == view.site))}
    return lambda account: known.get(account or "", account or "")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as people see it."""

    id: str
    login: str
    name: str
    roles: tuple[str, ...]
    active: bool


@question()
def people(view: View) -> list[Person]:
    """Return every account with the roles it holds, by login."""
    grants = view.all(select(Grant).where(Grant.site == view.site, Grant.active))
    accounts = view.all(select(Account).where(Account.site == view.site).order_by(Account.login))
    return [
        Person(
            row.id,
            row.login,
            row.name,
            tuple(sorted(grant.role for grant in grants if grant.account == row.id)),
            row.active,
        )
        for row in accounts
    ]
