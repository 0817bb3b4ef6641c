"""Keys of people and what they signed: issued once alone, anew only by two; every signature can be checked."""

from pathlib import Path

from sqlalchemy import select

from lims.door import Lims, question, verb
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.evidence import signing
from lims.evidence.signing import Provider, SoftwareKeys
from lims.records.people import Account
from lims.records.settings import Setting
from lims.records.signatures import PersonKey
from lims.services.identify import Confirmed, proved
from lims.services.plan import setting
from lims.storage import keyrings
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
