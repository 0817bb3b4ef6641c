"""Roles that a person brought to the desk and that were taken away since: they open nothing any more."""

from collections.abc import Sequence

from sqlalchemy import select

from lims.errors import NotAllowed
from lims.records.people import Grant
from lims.storage.unit import Unit


def still(unit: Unit, held: Sequence[str]) -> str:
    """Return the first of the roles that nobody took away since the actor signed in.

    Raises:
        NotAllowed: every one of them was.
    """
    if unit.actor.account == "station":
        return held[0]
    query = select(Grant.role).where(
        Grant.site == unit.site, Grant.account == unit.actor.account, Grant.active.is_(False)
    )
    taken = set(unit.all(query))
    left = [role for role in held if role not in taken]
    if not left:
        raise NotAllowed("door.role_taken", roles=" ".join(held))
    return left[0]
