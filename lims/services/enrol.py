"""Who may work here: founding, people, roles, passwords, and each try to sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lims import clock
from lims.actor import OFFICES, ROLES, STATION, Actor
from lims.door import Lims, question, verb
from lims.errors import Invalid, NotAllowed, Problem, RuleBroken
from lims.records.people import Account, Grant, SignIn
from lims.records.places import Site, Station, Township
from lims.rules import regulation
from lims.rules.numbering import station_fits
from lims.services import passwords
from lims.storage.unit import Unit, View, new_id

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


@verb(needs="station")
def found(unit: Unit, *, name: str, county: str, station_name: str) -> str:
    """Write the first entry: the site, its first station and the county's townships.

    Raises:
        Invalid: the station's code cannot stand in a sample number, or the name is empty.
    """
    if not station_fits(unit.place.station):
        raise Invalid("station.code", station=unit.place.station)
    if not name.strip():
        raise Invalid("form.missing", [Problem("form.missing", "name")])
    algorithm = unit.place.origin.rsplit("/", 1)[-1]
    unit.put(
        Site(name=name, county=county, algorithm=algorithm, founded_at=unit.now),
        Station(id=unit.place.station, name=station_name),
    )
    for place in regulation.townships():
        unit.put(Township(code=place.code, name=place.name, counted=place.counted, since=None, until=None))
    return unit.site


def _check_roles(roles: frozenset[str]) -> None:
    if unknown := roles - {*ROLES, *OFFICES}:
        raise Invalid("role.unknown", role=min(unknown))
    if roles & set(OFFICES) and len(roles) > 1:
        raise RuleBroken("role.office_alone")
    if "administrator" in roles and len(roles) > 1:
        raise RuleBroken("role.administrator_alone")


@verb(needs="administrator station")
def person(unit: Unit, *, login: str, name: str, roles: str, password_hash: str) -> str:
    """Give a person an account with roles, separated by spaces; return its id.

    Raises:
        Invalid: an empty field or an unknown role.
        RuleBroken: the login is taken, the administrator would hold a laboratory role, or the station
            itself tries to enrol after the first people are there.
    """
    wanted = frozenset(roles.split())
    _check_roles(wanted)
    if empty := [
        what for what, text in (("login", login), ("name", name), ("roles", roles)) if not text.strip()
    ]:
        raise Invalid("form.missing", [Problem("form.missing", field) for field in empty])
    if unit.one(select(Account).where(Account.site == unit.site, Account.login == login)):
        raise RuleBroken("account.taken", login=login)
    someone = unit.one(select(SignIn.id).where(SignIn.site == unit.site, SignIn.good))
    if unit.actor.account == "station" and someone is not None:
        raise NotAllowed("account.founding_over")
    account = Account(id=new_id(), login=login, name=name, password=password_hash, active=True, version=1)
    unit.put(account)
    _grant(unit, account.id, wanted)
    return account.id


def _grant(unit: Unit, account: str, roles: frozenset[str]) -> None:
    for role in sorted(roles):
        unit.put(
            Grant(account=account, role=role, active=True, given_by=unit.actor.account, given_at=unit.now)
        )


@verb(needs="administrator", cli="roles")
def set_roles(unit: Unit, account: str, roles: str) -> str:
    """Replace a person's roles; ended ones stay on record.

    Raises:
        RuleBroken: the administrator or a department would hold a laboratory role.
    """
    wanted = frozenset(roles.split())
    _check_roles(wanted)
    unit.get(Account, account)
    for grant in unit.all(select(Grant).where(Grant.site == unit.site, Grant.account == account)):
        if grant.active and grant.role not in wanted:
            grant.active = False
            unit.put(grant)
    _grant(unit, account, wanted)
    return account


@verb(needs="station")
def attempt(unit: Unit, *, login: str, account: str | None, good: bool) -> str:
    """Note one try to sign in, so that a lock outlives a restart."""
    row = SignIn(id=new_id(), login=login, account=account, good=good, at=unit.now)
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs to know of one login; `locked_until` is None while it is open."""

    account: str | None
    name: str
    password: str
    roles: frozenset[str]
    locked_until: datetime | None


@question(needs="station")
def credentials(view: View, login: str) -> Credentials:
    """Return the account behind a login, or empty credentials that no password fits."""
    account = next(
        iter(
            view.all(select(Account).where(Account.site == view.site, Account.login == login, Account.active))
        ),
        None,
    )
    locked = _locked_until(view, login)
    if account is None:
        return Credentials(None, login, "", frozenset(), locked)
    held = view.all(
        select(Grant.role).where(Grant.site == view.site, Grant.account == account.id, Grant.active)
    )
    return Credentials(account.id, account.name, account.password, frozenset(held), locked)


def _locked_until(view: View, login: str) -> datetime | None:
    query = (
        select(SignIn)
        .where(SignIn.site == view.site, SignIn.login == login)
        .order_by(SignIn.id.desc())
        .limit(TRIES)
    )
    tries = view.all(query)
    if len(tries) < TRIES or any(one.good for one in tries):
        return None
    until = tries[0].at + LOCKED_FOR
    return until if until > view.now else None


def only_read(lims: Lims) -> bool:
    """Tell whether the laboratory is a newer program's, or on a server that only follows: no sign-in can be noted."""
    barred = lims.store.writer.barred
    return barred is not None and barred.code in {"storage.newer", "storage.standby"}


def sign_in(lims: Lims, login: str, password: str, new_password: str = "") -> Lims:
    """Return the laboratory as this person sees it.

    Args:
        lims: any door of the laboratory.
        login: the account's login.
        password: its password.
        new_password: a new one, where the present one must be changed first.

    Raises:
        NotAllowed: wrong login or password, locked (with the time it opens), or the password must be changed.
        Invalid: the new password is too short or was used before.
    """
    station = lims.acting(STATION)
    known = station.ask(credentials, login)
    if known.locked_until:
        raise NotAllowed("sign_in.locked", until=clock.local(known.locked_until).strftime("%H:%M"))
    good = passwords.fits(known.password, password)
    if not only_read(lims):
        station.do(attempt, login=login[:60], account=known.account, good=good)
    if not good or known.account is None:
        raise NotAllowed("sign_in.wrong", tries=TRIES)
    own = lims.acting(Actor(known.account, known.name, known.roles))
    if new_password:
        passwords.change(own, station, old=password, new=new_password, present=known.password)
    elif station.ask(passwords.due, known.account):
        raise NotAllowed("password.due")
    return own
