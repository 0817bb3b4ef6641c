"""Keys of people and what they signed: issued once alone, anew only by two; every signature can be checked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from lims.door import Lims, question, verb
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.evidence import signing
from lims.evidence.signing import Provider, SoftwareKeys
from lims.queries.people import names
from lims.records.log import LogEntry
from lims.records.people import Account
from lims.records.settings import Setting
from lims.records.signatures import PersonKey, Signature
from lims.services.identify import Confirmed, proved
from lims.services.plan import setting
from lims.storage import keyrings, replay
from lims.storage.signature import REQUIRED
from lims.storage.unit import Unit, View


@verb(needs="administrator manager station")
def issue_key(
    unit: Unit, *, account: str, public: str, algorithm: str, second: Confirmed | None = None
) -> str:
    """Put a person's public key on record; return its id.

    The first key of a person needs one who issues it; a further one ends the former and needs a second person
    who has just proved who he is and is neither the issuer nor the owner.

    Raises:
        Invalid: this is no public key.
        NotAllowed: a key is issued anew and no second person takes part, or he did not prove who he is.
        RuleBroken: it is on record already.
    """
    unit.get(Account, account)
    if len(public) != 64 or any(c not in "0123456789abcdef" for c in public):
        raise Invalid("sign.public")
    id_ = signing.key_id(bytes.fromhex(public))
    if unit.find(PersonKey, id_) is not None:
        raise RuleBroken("sign.key_known", key=id_)
    earlier = unit.all(
        select(PersonKey).where(
            PersonKey.site == unit.site, PersonKey.account == account, PersonKey.ended_at.is_(None)
        )
    )
    if earlier and (second is None or second.account in {unit.actor.account, account}):
        raise NotAllowed("sign.two_people")
    other = proved(unit, second).id if second is not None else None
    for key in earlier:
        key.ended_at = unit.now
        unit.put(key)
    unit.put(
        PersonKey(
            id=id_,
            account=account,
            algorithm=algorithm,
            public=public,
            issued_by=unit.actor.account,
            second=other,
            issued_at=unit.now,
            ended_at=None,
        )
    )
    return id_


def keys_in(folder: Path) -> SoftwareKeys:
    """Return where this computer's keys live: in files, wrapped by the account's keyring where there is one."""
    return SoftwareKeys(folder, keyrings.system())


def check_issue(lims: Lims, account: str, second: Confirmed | None) -> None:
    """Refuse a key that could not be put on record, before it is made.

    Raises:
        NotAllowed: the account has a key already, and no fitting second person takes part.
    """
    unfit = second is None or second.account in {lims.actor.account, account}
    if unfit and lims.ask(present_key, account):
        raise NotAllowed("sign.two_people")


@question()
def present_key(view: View, account: str) -> str | None:
    """Return the id of the key that an account signs with now, or None."""
    query = select(PersonKey.id).where(
        PersonKey.site == view.site, PersonKey.account == account, PersonKey.ended_at.is_(None)
    )
    return next(iter(view.all(query)), None)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature as it is shown and printed: who, when, what it means, with which key, and whether it holds."""

    meaning: str
    name: str
    at: datetime
    key: str
    station: str
    seq: int
    holds: bool


@question()
def signatures(view: View, *, seqs: tuple[int, ...] = ()) -> list[Signed]:
    """Return the signatures over entries of this station (all, when none is named), each checked."""
    query = _signed(view).where(Signature.station == view.place.station)
    if seqs:
        query = query.where(Signature.seq.in_(seqs))
    return _checked(view, view.rows(query))


@question()
def of_sample(view: View, number: str) -> list[Signed]:
    """Return the signatures over the entries about a sample, of every station, each checked.

    Looked at are the entries since shortly before the sample was drawn, as its replay does.
    """
    connection = view.session.connection()
    wanted = re.compile(
        "|".join(re.escape(name) for name in replay.names_of(connection, view.site, number)).encode()
    )
    since = replay.first_arrival(connection, view.site, number)
    rows = view.rows(_signed(view).add_columns(LogEntry.data).where(LogEntry.arrival >= since))
    return _checked(view, [row[:3] for row in rows if wanted.search(bytes(row[3]))])


def _signed(view: View) -> Select[Any]:
    return (
        select(Signature, PersonKey, LogEntry.leaf)
        .join(PersonKey, (PersonKey.site == Signature.site) & (PersonKey.id == Signature.key))
        .join(
            LogEntry,
            (LogEntry.site == Signature.site)
            & (LogEntry.station == Signature.station)
            & (LogEntry.seq == Signature.seq),
        )
        .where(Signature.site == view.site)
        .order_by(LogEntry.arrival)
    )


def _checked(view: View, rows: Iterable[Any]) -> list[Signed]:
    known = names(view)
    return [
        Signed(
            row.meaning,
            known(row.account),
            row.at,
            row.key,
            row.station,
            row.seq,
            key.account == row.account
            and signing.verify(
                key.public, row.value, signing.statement(bytes(leaf), row.meaning, row.key, row.nonce)
            ),
        )
        for row, key, leaf in rows
    ]


def unlocked(lims: Lims, provider: Provider, pin: str) -> Lims:
    """Return the door of the same person with his key open for one act.

    Raises:
        NotAllowed: no key is here, the PIN is wrong, or the key was ended.
    """
    signer = provider.open(lims.actor.account, pin)
    if lims.ask(present_key, lims.actor.account) != signer.key:
        raise NotAllowed("sign.key_ended")
    return lims.signing(signer)


@verb(needs="manager")
def require(unit: Unit, answer: str) -> str:
    """Set whether everybody must sign where a signature has a meaning: `yes` or `no`.

    Raises:
        Invalid: another answer.
    """
    if answer not in {"yes", "no"}:
        raise Invalid("sign.require", answer=answer)
    return setting(unit, REQUIRED, answer)


@question()
def required(view: View) -> bool:
    """Tell whether everybody must sign where a signature has a meaning."""
    found = view.find(Setting, REQUIRED)
    return found is not None and found.value == "yes"
