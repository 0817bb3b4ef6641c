"""Two people at one desk: each proves who he is by his own password, and the act names both proofs."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from lims.actor import STATION
from lims.door import Lims, question
from lims.errors import NotAllowed, NotFound, RuleBroken
from lims.queries import people
from lims.records.people import Account, SignIn
from lims.rules import regulation
from lims.services import enrol
from lims.storage.unit import Unit, View


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A person of ours who has just proved who he is; `proof` is the good sign-in that says so in the log."""

    account: str
    proof: str


def confirm(lims: Lims, login: str, password: str) -> Confirmed:
    """Check a person's password at this moment, for one act of two people; the try is on record, good or bad.

    Raises:
        NotAllowed: wrong login or password, locked, or the password must be changed first.
    """
    account = enrol.sign_in(lims, login, password).actor.account
    return Confirmed(account, lims.acting(STATION).ask(_newest, account))


@question(needs="station")
def _newest(view: View, account: str) -> str:
    good = select(SignIn.id).where(SignIn.site == view.site, SignIn.account == account, SignIn.good)
    return next(iter(view.all(good.order_by(SignIn.id.desc()).limit(1))), "")


def account_of(lims: Lims, login: str) -> str:
    """Return the account behind a login.

    Raises:
        NotFound: nobody who is active has it.
    """
    for one in lims.ask(people.people):
        if one.login == login and one.active:
            return one.id
    raise NotFound("account.unknown", id=login)


def lasting() -> timedelta:
    """Return how long the check of a password identifies a party."""
    return timedelta(minutes=regulation.table("custody")["proof"]["minutes"])


def proved(unit: Unit, person: Confirmed) -> Account:
    """Return the account of a person who has just proved who he is.

    Raises:
        NotAllowed: there is no such proof, it is somebody else's, a failed one, or too old.
        RuleBroken: the account is out of use.
    """
    row = unit.find(SignIn, person.proof)
    account = unit.find(Account, person.account)
    age = unit.now - row.at if row else None
    if row is None or account is None or age is None or row.account != account.id or not row.good:
        raise NotAllowed("custody.proof")
    if age > lasting():
        raise NotAllowed("custody.proof_old", name=account.name, minutes=int(lasting().total_seconds() // 60))
    if not account.active:
        raise RuleBroken("custody.inactive", name=account.name)
    return account
