"""Parts of a sample: divided with their quantities, locked by a dispute, used up, disposed of by two people."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, NotFound, Problem, RuleBroken
from lims.queries import portions
from lims.records.people import Grant
from lims.records.portions import Disposal, Portion, PortionLock
from lims.records.samples import Sample
from lims.rules import amount, regulation, retention
from lims.rules.amount import Amount
from lims.services.identify import Confirmed, proved
from lims.services.plan import setting
from lims.storage.unit import Unit, new_id

_LETTERS = {"test": "T", "retained": "R", "aliquot": "A"}
_NEEDS = frozenset({"sampler", "technician", "reviewer", "signatory", "manager"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a division: what it is for (a code of `portion_role`) and how much it is."""

    role: str
    quantity: Amount


@verb(needs="sampler technician manager")
def divide(unit: Unit, sample: str, parts: Sequence[Part], *, of: str = "") -> tuple[str, ...]:
    """Divide a sample, or one portion of it, and return the numbers of the parts.

    Args:
        unit: the act.
        sample: its number.
        parts: what it is divided into.
        of: the portion that is divided; empty for the sample itself.

    Raises:
        NotFound: no such sample or portion.
        RuleBroken: the sample is void or refused, the portion is not here, or the parts are more than there is
            or in a unit that cannot be compared with it.
        Invalid: no part, a role outside its vocabulary, or a quantity that cannot be.
    """
    row = unit.get(Sample, sample)
    if row.state in {"void", "rejected"}:
        raise RuleBroken("custody.state", number=sample, state=row.state)
    if not parts:
        raise Invalid("form.missing", [Problem("form.missing", "parts")])
    for part in parts:
        if part.role not in _LETTERS:
            raise Invalid("portion.role", role=part.role)
        amount.checked(part.quantity)
    _check_fits(unit, row, parts, of)
    made = _numbered(unit, row, parts, of)
    unit.put(*made)
    return tuple(one.id for one in made)


def _siblings(unit: Unit, sample: str, of: str) -> Sequence[Portion]:
    query = select(Portion).where(Portion.site == unit.site, Portion.sample == sample)
    return unit.all(query.where(Portion.parent == (of or None)))


def _check_fits(unit: Unit, sample: Sample, parts: Sequence[Part], of: str) -> None:
    taken = [Amount(one.quantity, one.unit) for one in _siblings(unit, sample.id, of)]
    wanted = [*taken, *(part.quantity for part in parts)]
    if not of:
        whole = portions.whole(unit.view(), sample)
        if whole and amount.fits(whole, wanted) is False:
            raise RuleBroken("portion.too_much", portion=sample.id, whole=str(whole))
        return
    parent = unit.get(Portion, of)
    if parent.sample != sample.id or parent.state != "held":
        raise RuleBroken("portion.gone", portion=of, state=parent.state)
    whole = Amount(parent.quantity, parent.unit)
    fitting = amount.fits(whole, wanted)
    if fitting is None:
        raise RuleBroken("portion.units", portion=of, unit=parent.unit)
    if not fitting:
        raise RuleBroken("portion.too_much", portion=of, whole=str(whole))


def _numbered(unit: Unit, sample: Sample, parts: Sequence[Part], of: str) -> list[Portion]:
    roles = list(unit.all(select(Portion.role).where(Portion.site == unit.site, Portion.sample == sample.id)))
    made = []
    for part in parts:
        roles.append(part.role)
        made.append(
            Portion(
                id=f"{sample.id}-{_LETTERS[part.role]}{roles.count(part.role)}",
                sample=sample.id,
                parent=of or None,
                role=part.role,
                quantity=part.quantity.value,
                unit=part.quantity.unit,
                state="held",
                why="",
                divided_by=unit.actor.account,
                divided_at=unit.now,
                version=1,
            )
        )
    return made


def _held(unit: Unit, portion: str) -> Portion:
    row = unit.get(Portion, portion)
    if row.state != "held":
        raise RuleBroken("portion.gone", portion=portion, state=row.state)
    return row


def _lock(unit: Unit, portion: str) -> PortionLock | None:
    return unit.one(
        select(PortionLock).where(
            PortionLock.site == unit.site,
            PortionLock.portion == portion,
            PortionLock.released_at.is_(None),
        )
    )


@verb(needs="technician manager", cli="use-up")
def use_up(unit: Unit, portion: str, *, reason: str) -> str:
    """Note that a portion was used up, for instance by a test; return its number.

    Raises:
        RuleBroken: it is not here, a dispute locks it, it is retained, or no reason.
    """
    row = _held(unit, portion)
    if row.role == "retained":
        raise RuleBroken("portion.retained", portion=portion)
    if locked := _lock(unit, portion):
        raise RuleBroken("portion.locked", portion=portion, dispute=locked.dispute)
    if not reason.strip():
        raise RuleBroken("portion.reason", portion=portion)
    unit.why = reason
    row.state, row.why, row.version = "used", reason, row.version + 1
    unit.put(row)
    return portion


@verb(needs="manager reviewer signatory")
def lock(unit: Unit, portion: str, *, dispute: str, reason: str) -> str:
    """Lock a portion for a dispute, so that it is not disposed of; return the lock's id.

    Raises:
        RuleBroken: it is gone, locked already, or no dispute or reason is named.
    """
    row = unit.get(Portion, portion)
    if row.state in {"used", "disposed"}:
        raise RuleBroken("portion.gone", portion=portion, state=row.state)
    if not reason.strip() or not dispute.strip():
        raise RuleBroken("portion.reason", portion=portion)
    if locked := _lock(unit, portion):
        raise RuleBroken("portion.locked", portion=portion, dispute=locked.dispute)
    unit.why = reason
    made = PortionLock(
        id=new_id(),
        portion=portion,
        dispute=dispute,
        reason=reason,
        by=unit.actor.account,
        at=unit.now,
        release_reason="",
        released_by=None,
        released_at=None,
    )
    unit.put(made)
    return made.id


@verb(needs="manager")
def release(unit: Unit, portion: str, *, reason: str) -> str:
    """End the lock of a portion; return the lock's id, which stays on record.

    Raises:
        RuleBroken: it is not locked, or no reason.
    """
    locked = _lock(unit, portion)
    if locked is None:
        raise RuleBroken("portion.not_locked", portion=portion)
    if not reason.strip():
        raise RuleBroken("portion.reason", portion=portion)
    unit.why = reason
    locked.release_reason, locked.released_by, locked.released_at = reason, unit.actor.account, unit.now
    unit.put(locked)
    return locked.id


@dataclass(frozen=True, slots=True)
class Ending:
    """How a portion is disposed of.

    Attributes:
        first: one person, who has just proved who he is.
        second: another one.
        reason: a code of the vocabulary `disposal_reason`.
        method: a code of the vocabulary `disposal_method`.
        remarks: needed before its retention is over.
    """

    first: Confirmed
    second: Confirmed
    reason: str
    method: str
    remarks: str = ""


@verb(needs="technician manager")
def dispose(unit: Unit, portion: str, ending: Ending) -> str:
    """Dispose of a portion by two people; return the disposal's id.

    Raises:
        RuleBroken: it is not here, a dispute locks it, both are one person or hold no role in the laboratory,
            or it must still be kept and nothing is said about that.
        NotAllowed: one of them did not prove who he is, or too long ago.
        Invalid: a word outside its vocabulary.
    """
    row = _held(unit, portion)
    if locked := _lock(unit, portion):
        raise RuleBroken("portion.locked", portion=portion, dispute=locked.dispute)
    problems = [
        Problem("form.option", name, {"value": getattr(ending, name)})
        for name in ("reason", "method")
        if getattr(ending, name) not in regulation.codes(f"disposal_{name}")
    ]
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    _check_two(unit, portion, ending)
    kept = _check_retention(unit, row, ending)
    unit.why = ending.remarks
    made = _disposal(unit, portion, ending, kept)
    row.state, row.why, row.version = "disposed", ending.reason, row.version + 1
    unit.put(made, row)
    return made.id


def _check_two(unit: Unit, portion: str, ending: Ending) -> None:
    people = [proved(unit, one) for one in (ending.first, ending.second)]
    if people[0].id == people[1].id:
        raise RuleBroken("disposal.same_person", portion=portion)
    for one in people:
        held = unit.all(
            select(Grant.role).where(Grant.site == unit.site, Grant.account == one.id, Grant.active)
        )
        if _NEEDS.isdisjoint(held):
            raise RuleBroken("disposal.role", name=one.name)


def _check_retention(unit: Unit, row: Portion, ending: Ending) -> retention.Clock | None:
    if row.role != "retained":
        return None
    kept = portions.clock_of(unit.view(), unit.get(Sample, row.sample))
    over = kept.over(clock.local(unit.now).date())
    if not over and (ending.reason == "retention_over" or not ending.remarks.strip()):
        until = kept.until.isoformat() if kept.until else "–"
        raise RuleBroken("disposal.retention", portion=row.id, until=until)
    return kept


def _disposal(unit: Unit, portion: str, ending: Ending, kept: retention.Clock | None) -> Disposal:
    return Disposal(
        id=new_id(),
        portion=portion,
        first_person=ending.first.account,
        first_proof=ending.first.proof,
        second_person=ending.second.account,
        second_proof=ending.second.proof,
        reason=ending.reason,
        method=ending.method,
        remarks=ending.remarks,
        rule=kept.rule.id if kept and kept.rule else "",
        kept_until=kept.until.isoformat() if kept and kept.until else "",
        at=unit.now,
    )


@verb(needs="manager", cli="keep-for")
def keep_for(unit: Unit, rule: str, length: str, *, source: str) -> str:
    """Set the laboratory's own length of a retention rule, such as `4 month`, with its source; return the rule.

    Raises:
        NotFound: no such rule.
        Invalid: not a number of days or months, or no source.
    """
    known = next(
        (one for kind in ("portion", "record") for one in retention.shipped(kind) if one.id == rule), None
    )
    if known is None:
        raise NotFound("retention.unknown", rule=rule)
    if not source.strip():
        raise Invalid("retention.source", rule=rule)
    setting(unit, f"retention.{rule}", retention.spelled(retention.own(known, length, source)))
    setting(unit, f"retention.{rule}.source", source)
    return rule
