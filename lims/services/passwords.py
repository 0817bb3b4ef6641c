"""Passwords: how long, how old, which not again; changed by their owner, reset by the administrator for one use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from lims.actor import OFFICES, ROLES
from lims.door import Lims, question, verb
from lims.errors import Invalid, NotAllowed
from lims.records.people import Account, PasswordSet
from lims.records.settings import Setting
from lims.services.plan import setting
from lims.storage.unit import Unit, View, new_id

SHORTEST = 8
"""Characters below which no laboratory may set its own least."""

hasher = PasswordHasher()
"""Argon2id at the cost that the library recommends (RFC 9106, section 4, second choice)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A laboratory's rules for passwords; editable, the defaults are unverified laboratory practice.

    Attributes:
        least: characters a password needs.
        days: after which it must be changed; 0 for never.
        history: how many former ones may not be used again.
        idle_minutes: after which an untouched desk locks; a running capture goes on.
    """

    least: int = SHORTEST
    days: int = 0
    history: int = 0
    idle_minutes: int = 10


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises:
        Invalid: when it is shorter than eight characters.
    """
    if len(password) < SHORTEST:
        raise Invalid("password.short", least=SHORTEST)
    return hasher.hash(password)


def fits(hashed: str, password: str) -> bool:
    """Tell whether a password is the one behind a hash."""
    try:
        return bool(hashed) and hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@question(offices=True)
def policy(view: View) -> Policy:
    """Return the rules in force."""
    found = view.find(Setting, "password.policy")
    return Policy(*(int(part) for part in found.value.split())) if found else Policy()


@verb(needs="administrator manager", cli="password-policy")
def set_policy(unit: Unit, *, least: int, days: int, history: int, idle_minutes: int) -> str:
    """Set the rules for passwords and the minutes after which an untouched desk locks.

    Raises:
        Invalid: a figure that cannot be.
    """
    if least < SHORTEST or not 0 <= days <= 1000 or not 0 <= history <= 24 or not 1 <= idle_minutes <= 240:
        raise Invalid("password.policy", least=SHORTEST)
    return setting(unit, "password.policy", f"{least} {days} {history} {idle_minutes}")


@verb(needs=" ".join((*ROLES, *OFFICES)))
def set_password(unit: Unit, *, account: str, password_hash: str) -> str:
    """Set a password: one's own, or as administrator another's for one use, who must change it at once.

    Raises:
        NotAllowed: another person's, and this is not the administrator.
    """
    own = account == unit.actor.account
    if not own and "administrator" not in unit.actor.roles:
        raise NotAllowed("password.another")
    row = unit.get(Account, account)
    former = PasswordSet(
        id=new_id(),
        account=account,
        former=row.password,
        by=unit.actor.account,
        temporary=not own,
        at=unit.now,
    )
    row.password, row.version = password_hash, row.version + 1
    unit.put(row, former)
    return account


@question(needs="station")
def due(view: View, account: str) -> bool:
    """Tell whether an account's password must be changed before anything else: too old, or set for one use."""
    rules = policy(view)
    last = _last(view, account)
    if last is not None and last.temporary:
        return True
    if rules.days == 0:
        return False
    since = last.at if last is not None else _born(view, account)
    return since + timedelta(days=rules.days) < view.now


def _last(view: View, account: str) -> PasswordSet | None:
    query = select(PasswordSet).where(PasswordSet.site == view.site, PasswordSet.account == account)
    return next(iter(view.all(query.order_by(PasswordSet.id.desc()).limit(1))), None)


def _born(view: View, account: str) -> datetime:
    """Return when an account was made: its id is a version 7 UUID, which begins with that moment."""
    return datetime.fromtimestamp(int(account[:12], 16) / 1000, tz=view.now.tzinfo)


@question(needs="station")
def former(view: View, account: str) -> list[str]:
    """Return the hashes of passwords that may not be used again, by the rules in force, the newest first."""
    query = (
        select(PasswordSet.former)
        .where(PasswordSet.site == view.site, PasswordSet.account == account)
        .order_by(PasswordSet.id.desc())
        .limit(policy(view).history)
    )
    return list(view.all(query))


def change(lims: Lims, station: Lims, *, old: str, new: str, present: str) -> str:
    """Change one's own password; return the account.

    Args:
        lims: the person's own door.
        station: the station's door.
        old: the present password.
        new: the new one.
        present: hash of the present one.

    Raises:
        NotAllowed: the old password is wrong.
        Invalid: the new one is too short, or was used before.
    """
    rules = lims.ask(policy)
    if not fits(present, old):
        raise NotAllowed("password.old")
    if len(new) < rules.least:
        raise Invalid("password.short", least=rules.least)
    account = lims.actor.account
    if _used(new, [present, *station.ask(former, account)]):
        raise Invalid("password.used")
    return lims.do(set_password, account=account, password_hash=hash_password(new))


def _used(password: str, hashes: Sequence[str]) -> bool:
    return any(fits(hashed, password) for hashed in hashes)
