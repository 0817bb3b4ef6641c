"""Seals as objects: issued to somebody, applied once to a bag, found intact or broken, cut with a reason, lost."""

from dataclasses import dataclass

from sqlalchemy import select

from lims.door import verb
from lims.errors import NotFound, RuleBroken
from lims.records.attachments import Attachment
from lims.records.custody import Seal, SealFact
from lims.records.people import Account
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.rules.custody import numbers
from lims.storage.unit import Unit, new_id


@verb(needs="manager", cli="issue-seals")
def issue(unit: Unit, first: str, last: str, *, to: str) -> int:
    """Issue numbered seals to a person of ours; return how many.

    Args:
        unit: the act.
        first: the first number, such as F0001.
        last: the last number, of the same length.
        to: the account that gets them.

    Raises:
        Invalid: the numbers make no range, or more than 500.
        RuleBroken: one of them was issued before; none is issued then.
        NotFound: no such account.
    """
    unit.get(Account, to)
    wanted = numbers(first, last)
    for number in wanted:
        if unit.find(Seal, number):
            raise RuleBroken("sealing.issued", seal=number)
        unit.put(
            Seal(
                id=number,
                state="issued",
                issued_to=to,
                issued_by=unit.actor.account,
                issued_at=unit.now,
                sample=None,
                portion=None,
            )
        )
    return len(wanted)


@dataclass(frozen=True, slots=True)
class Bag:
    """What a seal is put on, and where: a sample or one portion of it; `photo` is an attachment, empty for none."""

    sample: str
    place: str
    portion: str = ""
    photo: str = ""


@verb(needs="sampler technician manager")
def apply(unit: Unit, seal: str, bag: Bag) -> str:
    """Put a seal on a bag; return the fact's id. A number goes on one bag, once.

    Raises:
        NotFound: no such seal, sample, portion or photograph.
        RuleBroken: the seal was applied, broken or lost before, another sample's form names it, or a seal
            that nobody cut is still on the bag.
    """
    row = unit.get(Seal, seal)
    if row.state != "issued":
        raise RuleBroken("sealing.state", seal=seal, state=row.state)
    _check_bag(unit, bag)
    other = unit.one(
        select(Sample.id).where(
            Sample.site == unit.site, Sample.seal == seal, Sample.id != bag.sample, Sample.state != "void"
        )
    )
    if other:
        raise RuleBroken("sealing.on_form", seal=seal, number=other)
    on = select(Seal.id).where(
        Seal.site == unit.site, Seal.sample == bag.sample, Seal.portion == (bag.portion or None)
    )
    if still := unit.one(on.where(Seal.state == "applied")):
        raise RuleBroken("sealing.still_on", seal=still, number=bag.portion or bag.sample)
    row.sample, row.portion = bag.sample, bag.portion or None
    return _fact(unit, row, "applied", place=bag.place, photo=bag.photo)


def _check_bag(unit: Unit, bag: Bag) -> None:
    unit.get(Sample, bag.sample)
    if bag.portion and unit.get(Portion, bag.portion).sample != bag.sample:
        raise NotFound("portion.unknown", id=bag.portion)
    _check_photo(unit, bag.photo)


def _check_photo(unit: Unit, photo: str) -> None:
    if photo and unit.find(Attachment, photo) is None:
        raise NotFound("attachment.unknown", id=photo)


_AFTER = {
    "applied": "applied",
    "intact": "applied",
    "found_broken": "broken",
    "cut": "broken",
    "lost": "lost",
}


def _fact(unit: Unit, seal: Seal, what: str, *, place: str, reason: str = "", photo: str = "") -> str:
    unit.why = reason
    seal.state = _AFTER[what]
    fact = SealFact(
        id=new_id(),
        seal=seal.id,
        what=what,
        sample=seal.sample,
        portion=seal.portion,
        place=place,
        reason=reason,
        photo=photo or None,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(seal, fact)
    return fact.id


@verb(needs="sampler technician reviewer manager")
def inspect(unit: Unit, seal: str, *, intact: bool, place: str, reason: str = "", photo: str = "") -> str:
    """Note that a seal was found intact, or broken; return the fact's id.

    Finding it broken explains nothing, so it remains a gap; the reason says what was seen.

    Raises:
        NotFound: no such seal or photograph.
        RuleBroken: the seal is not on a bag, or it was found broken and nothing is said about it.
    """
    row = _on_bag(unit, seal)
    if not intact and not reason.strip():
        raise RuleBroken("sealing.reason", seal=seal)
    _check_photo(unit, photo)
    return _fact(unit, row, "intact" if intact else "found_broken", place=place, reason=reason, photo=photo)


@verb(needs="technician manager sampler")
def cut(unit: Unit, seal: str, *, place: str, reason: str, photo: str = "") -> str:
    """Note that one of ours opens a seal, and why; return the fact's id.

    Raises:
        NotFound: no such seal or photograph.
        RuleBroken: the seal is not on a bag, or no reason.
    """
    row = _on_bag(unit, seal)
    if not reason.strip():
        raise RuleBroken("sealing.reason", seal=seal)
    _check_photo(unit, photo)
    return _fact(unit, row, "cut", place=place, reason=reason, photo=photo)


def _on_bag(unit: Unit, seal: str) -> Seal:
    row = unit.get(Seal, seal)
    if row.state != "applied":
        raise RuleBroken("sealing.state", seal=seal, state=row.state)
    return row


@verb(needs="sampler technician manager")
def lose(unit: Unit, seal: str, *, reason: str) -> str:
    """Note that an issued seal was lost or spoiled before it was used; return the fact's id.

    Raises:
        NotFound: no such seal.
        RuleBroken: it was used before, or no reason.
    """
    row = unit.get(Seal, seal)
    if row.state != "issued":
        raise RuleBroken("sealing.state", seal=seal, state=row.state)
    if not reason.strip():
        raise RuleBroken("sealing.reason", seal=seal)
    return _fact(unit, row, "lost", place="/", reason=reason)
