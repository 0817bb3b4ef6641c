"""Keys and passwords of people: what is done in a worker thread, and the fields it is asked for with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gui.desk import Desk
from gui.screens._asking import Asked
from lims.errors import Invalid
from lims.queries import people
from lims.queries.people import Person
from lims.services import identify, passwords, sign
from lims.services.passwords import Policy
from lims.text import mark

KEY_NOTE = mark(
    "{name} types the passphrase here, twice and unseen: at least {least} characters. Each signature asks for it. "
    "A key in a file does not keep out somebody who controls this computer while {name} signs."
)
ANEW_NOTE = mark(
    "The former key ends. A second person who is neither you nor {name} takes part and signs in below."
)
RESET_NOTE = mark(
    "It works once: at the next sign-in {name} must choose another. The account is told nothing else."
)
CHANGE_NOTE = mark("Choose one that only you know. Nobody of the laboratory ever asks for it.")
RULES_NOTE = mark("They hold from the next password and the next sign-in on. 0 switches age or history off.")
PASSPHRASE = (
    Asked("pin", mark("Passphrase")),
    Asked("again", mark("The passphrase once more"), same_as="pin"),
)
SECOND = (
    Asked("login", mark("Login of the second person"), unseen=False),
    Asked("password", mark("Password of the second person")),
)
RESET = (
    Asked("new", mark("Password for one use")),
    Asked("again", mark("The password once more"), same_as="new"),
)
CHANGE = (
    Asked("old", mark("Present password")),
    Asked("new", mark("New password")),
    Asked("again", mark("The new password once more"), same_as="new"),
)


def rules(policy: Policy) -> tuple[Asked, ...]:
    """Return the fields of a laboratory's rules with the figures in force."""
    return (
        Asked("least", mark("Characters at least"), unseen=False, value=str(policy.least)),
        Asked("days", mark("Days until it must be changed"), unseen=False, value=str(policy.days)),
        Asked("history", mark("Former ones that may not be used again"), unseen=False, value=str(policy.history)),
        Asked("idle_minutes", mark("Minutes until an untouched desk locks"), unseen=False,
              value=str(policy.idle_minutes)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """Everybody, who has which key, the rules, and whether everybody must sign."""

    people: tuple[Person, ...]
    keys: Mapping[str, str]
    policy: Policy
    required: bool


def access(door: Any) -> Access:  # noqa: ANN401 - the laboratory's own door
    """Read who may do what; for a worker thread."""
    found = door.ask(people.people)
    keys = {one.id: door.ask(sign.present_key, one.id) or "" for one in found}
    return Access(tuple(found), keys, door.ask(passwords.policy), door.ask(sign.required))


def issue(desk: Desk, door: Any, person: Person, typed: Mapping[str, str]) -> str:  # noqa: ANN401 - as above
    """Make a key and put it on record; for a worker thread. Nothing is made before the second person is known.

    Raises:
        NotAllowed: a second person is needed and is missing, unknown, the issuer or the owner.
        Invalid: the passphrase is too short.
    """
    second = identify.confirm(door, typed["login"].strip(), typed["password"]) if "login" in typed else None
    sign.check_issue(door, person.id, second)
    public = desk.ties.keys.create(person.id, typed["pin"])
    made: str = door.do(
        sign.issue_key, account=person.id, public=public, algorithm=desk.ties.keys.algorithm, second=second
    )
    return made


def hashed(door: Any, new: str) -> str:  # noqa: ANN401 - as above
    """Return the hash of a password that keeps the laboratory's rules; for a worker thread.

    Raises:
        Invalid: it is too short.
    """
    least = door.ask(passwords.policy).least
    if len(new) < least:
        raise Invalid("password.short", least=least)
    return passwords.hash_password(new)


def reset(door: Any, person: Person, new: str) -> None:  # noqa: ANN401 - as above
    """Set a password that works once; for a worker thread.

    Raises:
        Invalid: it is too short.
    """
    door.do(passwords.set_password, account=person.id, password_hash=hashed(door, new))


def change(desk: Desk, door: Any, old: str, new: str) -> None:  # noqa: ANN401 - as above
    """Change the password of the person signed in; for a worker thread.

    Raises:
        NotAllowed: the present password is wrong; it counts as a try to sign in.
        Invalid: the new one breaks the rules.
    """
    login = next(one.login for one in door.ask(people.people) if one.id == door.actor.account)
    desk.ties.sign_in(door, login, old, new)
