"""Who acts: a person with roles, or the station itself."""

from dataclasses import dataclass

ROLES = ("sampler", "technician", "reviewer", "signatory", "manager", "administrator")
"""Every role a person may hold; the administrator holds no laboratory role beside it."""
OFFICE = "office_"
OFFICES = tuple(
    f"{OFFICE}{one}" for one in ("market", "agriculture", "fisheries", "health", "grain", "housing")
)
"""The reading account of a department of the county: it sees what the department organises and nothing else."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the name to show, the roles held."""

    account: str
    name: str
    roles: frozenset[str]

    @property
    def office(self) -> str:
        """Code of the department whose reading account this is, empty for everybody else."""
        return next((role.removeprefix(OFFICE) for role in self.roles if role in OFFICES), "")


STATION = Actor("station", "station", frozenset({"station"}))
"""The program itself: it takes readings in and notes tries to sign in, and holds no laboratory role."""
