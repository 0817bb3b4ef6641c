"""Who acts: a person with roles, or the station itself."""

from dataclasses import dataclass

ROLES = ("sampler", "technician", "reviewer", "signatory", "manager", "administrator")
"""Every role a person may hold; the administrator holds no laboratory role beside it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the name to show, the roles held."""

    account: str
    name: str
    roles: frozenset[str]


STATION = Actor("station", "station", frozenset({"station"}))
"""The program itself: it takes readings in and notes tries to sign in, and holds no laboratory role."""
