"""Nonconforming work: opened, every result it touches held, corrected, its effect checked by another, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from lims import clock
from lims.door import verb
from lims.errors import Invalid, NotAllowed, Problem, RuleBroken
from lims.queries import nonconforming
from lims.records.people import Account
from lims.records.quality import Hold, Nonconformity
from lims.records.results import Certificate, Verdict
from lims.rules import regulation
from lims.storage.unit import Unit, new_id

DUE_DAYS = 30
"""Days until a corrective action is due where nobody said another day; an editable default."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody found; empty `instrument`, `method` and `lot` mean any.

    Attributes:
        what: a code of the vocabulary `nonconformity_kind`.
        detail: in words.
        owner: account of who has to correct it.
        due_on: by when.
        since: from when on results may be wrong.
        instrument: its id.
        method: its id.
        lot: the number as printed.
        blocks: no run that it touches may start until it is closed.
    """

    what: str
    detail: str
    owner: str
    due_on: date
    since: datetime
    instrument: str = ""
    method: str = ""
    lot: str = ""
    blocks: bool = True


def opened(  # noqa: PLR0913 - what is known of it
    unit: Unit,
    *,
    what: str,
    detail: str,
    since: datetime,
    instrument: str = "",
    method: str = "",
    lot: str = "",
    blocks: bool = True,
) -> Nonconformity:
    """Open nonconforming work that the program itself found; the one who acts owns it for now."""
    trouble = Trouble(
        what,
        detail,
        unit.actor.account,
        clock.local(unit.now).date() + timedelta(days=DUE_DAYS),
        since,
        instrument,
        method,
        lot,
        blocks,
    )
    return _open(unit, trouble)


def _open(unit: Unit, trouble: Trouble) -> Nonconformity:
    row = Nonconformity(
        id=new_id(),
        what=trouble.what,
        detail=trouble.detail,
        instrument=trouble.instrument,
        method=trouble.method,
        lot=trouble.lot,
        since=trouble.since,
        state="open",
        blocks=trouble.blocks,
        owner=trouble.owner,
        due_on=trouble.due_on,
        cause="",
        action="",
        effect="",
        opened_by=unit.actor.account,
        opened_at=unit.now,
        closed_by=None,
        closed_at=None,
    )
    unit.put(row)
    return row


@verb(needs="technician reviewer manager")
def report(unit: Unit, trouble: Trouble) -> str:
    """Report nonconforming work and hold every result that it touches, without a limit to how many; return its id.

    Raises:
        Invalid: no detail, an unknown kind, or a beginning that lies ahead.
        NotFound: no such owner.
    """
    problems = [] if trouble.detail.strip() else [Problem("form.missing", "detail")]
    if trouble.what not in regulation.codes("nonconformity_kind"):
        problems.append(Problem("form.option", "what", {"value": trouble.what}))
    if trouble.since > unit.now:
        problems.append(Problem("form.future", "since"))
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))
    unit.get(Account, trouble.owner)
    row = _open(unit, trouble)
    hold(
        unit,
        row,
        nonconforming.touched(unit.view(), trouble.instrument, trouble.method, trouble.lot, trouble.since),
    )
    return row.id


def hold(unit: Unit, row: Nonconformity, verdicts: Sequence[str]) -> None:
    """Hold results because of nonconforming work; a slip that was issued on one is named beside it."""
    for verdict in verdicts:
        found = unit.get(Verdict, verdict)
        slip = unit.one(
            select(Certificate.id)
            .where(Certificate.site == unit.site, Certificate.sample == found.sample)
            .order_by(Certificate.number.desc())
        )
        unit.put(
            Hold(
                id=new_id(),
                verdict=verdict,
                nonconformity=row.id,
                sample=found.sample,
                slip=slip,
                state="held",
                why="",
                by=None,
                at=unit.now,
            )
        )


@verb(needs="manager reviewer")
def settle(unit: Unit, hold_id: str, *, release: bool, reason: str) -> str:
    """Release a held result, or withdraw it, with the reason; return the hold's id.

    Raises:
        RuleBroken: no reason, or it was settled before.
    """
    row = unit.get(Hold, hold_id)
    if not reason.strip():
        raise RuleBroken("hold.reason", sample=row.sample)
    if row.state != "held":
        raise RuleBroken("hold.settled", sample=row.sample, state=row.state)
    row.state, row.why = "released" if release else "withdrawn", reason
    row.by, row.at = unit.actor.account, unit.now
    unit.why = reason
    unit.put(row)
    return hold_id


@verb(needs="technician reviewer manager")
def correct(unit: Unit, id_: str, *, cause: str, action: str) -> str:
    """Say why it came about and what was done; the work then waits for somebody to check the effect.

    Raises:
        RuleBroken: it is closed.
        Invalid: cause or action is empty.
    """
    row = unit.get(Nonconformity, id_)
    if row.state == "closed":
        raise RuleBroken("nonconformity.closed")
    empty = [
        Problem("form.missing", name)
        for name, text in (("cause", cause), ("action", action))
        if not text.strip()
    ]
    if empty:
        raise Invalid("form.problems", empty, count=len(empty))
    row.cause, row.action, row.state = cause, action, "corrected"
    unit.put(row)
    return id_


@verb(needs="manager reviewer", signs="批准")
def close(unit: Unit, id_: str, *, effect: str) -> str:
    """Close nonconforming work after a check of the effect by another person than its owner; runs may start again.

    Raises:
        NotAllowed: the owner closes his own.
        RuleBroken: nothing was corrected yet, or results of it are still held.
        Invalid: the effect is not told.
    """
    row = unit.get(Nonconformity, id_)
    if row.owner == unit.actor.account:
        raise NotAllowed("nonconformity.same_person")
    if row.state != "corrected":
        raise RuleBroken("nonconformity.not_corrected")
    if not effect.strip():
        raise Invalid("form.problems", [Problem("form.missing", "effect")], count=1)
    held = select(Hold.id).where(Hold.site == unit.site, Hold.nonconformity == id_, Hold.state == "held")
    left = unit.all(held)
    if left:
        raise RuleBroken("nonconformity.held", count=len(left))
    row.state, row.effect = "closed", effect
    row.closed_by, row.closed_at = unit.actor.account, unit.now
    unit.put(row)
    return id_
