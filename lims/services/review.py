"""The second person: approves a verdict, asks for a repeat, or rejects it with a reason."""

from decimal import Decimal, InvalidOperation

from lims.door import verb
from lims.errors import NotAllowed, RuleBroken
from lims.queries import nonconforming
from lims.records.equipment import Instrument
from lims.records.readings import Reading
from lims.records.results import Result, Review, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.services.judging import settle
from lims.storage.unit import Unit, new_id


def _decide(unit: Unit, verdict: str, decision: str, reason: str, display: str = "") -> Verdict:
    row = unit.get(Verdict, verdict)
    if row.tester == unit.actor.account:
        raise NotAllowed("review.same_person", sample=row.sample)
    if row.state != "to_review":
        raise RuleBroken("review.done", sample=row.sample, state=row.state)
    if decision == "approved" and nonconforming.held_verdict(unit.view(), verdict) is not None:
        raise RuleBroken("review.held", sample=row.sample)
    row.state, row.version = decision, row.version + 1
    unit.why = reason
    review = Review(
        id=new_id(),
        verdict=verdict,
        tester=row.tester,
        reviewer=unit.actor.account,
        decision=decision,
        reason=reason,
        display=display,
        at=unit.now,
    )
    unit.put(row, review)
    return row


def _check_display(unit: Unit, verdict: Verdict, display: str) -> None:
    result = unit.get(Result, verdict.result)
    instrument = unit.get(Instrument, unit.get(Run, result.run).instrument)
    if instrument.evidence != "DOCUMENT":
        return
    reading = unit.get(Reading, result.reading)
    if not display.strip():
        raise RuleBroken("review.display", instrument=instrument.name, sample=verdict.sample)
    shown = reading.value if reading.value is not None else verdict.value
    try:
        same = shown is not None and Decimal(display) == shown
    except InvalidOperation:
        same = shown is None and display.strip() == (reading.call or "")
    if not same:
        raise RuleBroken("review.display_differs", display=display, value=str(shown), sample=verdict.sample)


@verb(needs="reviewer", signs="复核")
def approve(unit: Unit, verdict: str, *, display: str = "") -> str:
    """Approve a verdict as a second person; return the verdict's id.

    Args:
        unit: the act.
        verdict: its id.
        display: what this person reads on the instrument's own display; needed where the instrument's
            profile was written from documents alone.

    Raises:
        NotAllowed: this person tested it.
        RuleBroken: it was reviewed before, it is held because of nonconforming work, or the display says something
            else.
    """
    _check_display(unit, unit.get(Verdict, verdict), display)
    row = _decide(unit, verdict, "approved", "", display)
    sample = unit.get(Sample, row.sample)
    if sample.state == "tested":
        unit.put(settle(unit, sample, approved=True, without_verdict=verdict))
    return verdict


@verb(needs="reviewer", signs="复核")
def repeat(unit: Unit, verdict: str, *, reason: str) -> str:
    """Ask for a new measurement; the first verdict stays on record and visible.

    Raises:
        NotAllowed: this person tested it.
        RuleBroken: no reason, or it was reviewed before.
    """
    return _send_back(unit, verdict, "repeat", reason)


@verb(needs="reviewer", signs="复核")
def reject(unit: Unit, verdict: str, *, reason: str) -> str:
    """Reject a verdict; the sample waits to be tested anew.

    Raises:
        NotAllowed: this person tested it.
        RuleBroken: no reason, or it was reviewed before.
    """
    return _send_back(unit, verdict, "rejected", reason)


def _send_back(unit: Unit, verdict: str, decision: str, reason: str) -> str:
    if not reason.strip():
        raise RuleBroken("review.reason")
    row = _decide(unit, verdict, decision, reason)
    sample = unit.get(Sample, row.sample)
    if sample.state in {"tested", "reviewed"}:
        unit.put(settle(unit, sample, without_verdict=verdict))
    return verdict
