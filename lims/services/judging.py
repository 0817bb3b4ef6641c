"""Closing a run: its controls are judged first, and only then its samples."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from lims.queries import methods, plates, readiness
from lims.queries.readiness import Limits
from lims.records.readings import Reading
from lims.records.results import Result, Verdict
from lims.records.runs import Position, Run
from lims.records.samples import Sample
from lims.rules import content, inhibition
from lims.rules.content import Plate
from lims.rules.methods import Method
from lims.rules.validity import Control, Validity, validity
from lims.rules.verdict import Facts, Judgement, judge
from lims.rules.workflow import settled
from lims.services import bounds, dispute, gate, trend
from lims.services.bounds import Held
from lims.services.sample import moved
from lims.storage.unit import Unit, new_id


@dataclass(frozen=True, slots=True)
class _Read:
    position: Position
    result: Result | None
    facts: Facts | None


def close(unit: Unit, run: Run) -> str:
    """Judge a run and close it; return `valid` or `invalid`."""
    method = methods.of_run(unit.view(), run)
    plate = plates.of_run(unit.view(), run.id) if content.of_plates(method) else None
    read = _together(method, _read(unit, run), plate)
    controls = [
        Control(one.position.role, one.position.position, one.facts)
        for one in read
        if one.position.role != "sample"
    ]
    planned = readiness.of_run(unit.view(), run)
    found = validity(method, controls, earlier_today=readiness.control_today(unit.view(), planned))
    failed = not found.valid and bool(controls)
    if found.valid and plate is not None and plate.fault[0]:
        found = Validity(False, *plate.fault)
    found = _in_hand(unit, run, method, read, found)
    run.state, run.validity = "closed", "valid" if found.valid else "invalid"
    run.why = f"{found.why} {found.position}".strip()
    run.closed_by, run.closed_at = unit.actor.account, unit.now
    unit.put(run)
    if failed:
        trend.look_back(unit, run, planned)
    judging = Limits(unit.view(), method)
    for one in read:
        if one.position.sample is not None:
            _sample(unit, run, method, one, found, judging)
    return run.validity


def _read(unit: Unit, run: Run) -> list[_Read]:
    results = {
        result.position: result
        for result in unit.all(select(Result).where(Result.site == unit.site, Result.run == run.id))
    }
    positions = unit.all(
        select(Position).where(Position.site == unit.site, Position.run == run.id).order_by(Position.position)
    )
    return [_one(unit, run, position, results.get(position.position)) for position in positions]


def _one(unit: Unit, run: Run, position: Position, result: Result | None) -> _Read:
    if result is None:
        return _Read(position, None, None)
    reading = unit.get(Reading, result.reading)
    return _Read(position, result, replace(facts_of(reading), age=reading.received_at - run.started_at))


def _together(method: Method, read: Sequence[_Read], plate: Plate | None) -> list[_Read]:
    """Fill in what readings say only together: a rate against the run's control, a content off its curve."""
    places = {
        one.position.position: inhibition.Place(one.position.role, one.facts)
        for one in read
        if one.facts is not None
    }
    told = content.told(method, places, plate)
    return [replace(one, facts=told.get(one.position.position)) for one in read]


def facts_of(reading: Reading) -> Facts:
    """Return what a verdict needs of a kept reading."""
    flags = frozenset(reading.flags.split())
    return Facts(reading.value, reading.unit, reading.call, flags, reading.extra)


def _in_hand(unit: Unit, run: Run, method: Method, read: Sequence[_Read], found: Validity) -> Validity:
    """Ask besides whether a control is out of hand by its chart, and whether anything lapsed since the start."""
    if not found.valid:
        return found
    for one in read:
        if one.position.role != "sample" and one.facts is not None:
            rules = trend.rejecting(unit, run, method, one.position.role, judge(method, one.facts).value)
            if rules:
                return Validity(False, f"out_of_hand_{rules[0]}", one.position.position)
    why = gate.lapsed(unit, run)
    return Validity(False, why) if why else found


def _sample(unit: Unit, run: Run, method: Method, read: _Read, found: Validity, judging: Limits) -> None:
    sample = unit.get(Sample, str(read.position.sample))
    judged = found.valid and read.result is not None and read.facts is not None
    if judged and read.result is not None and read.facts is not None:
        held = bounds.against(unit, run, method, sample, judging)
        verdict = _verdict(unit, run, method, read.result, judge(method, read.facts, held.bound), held)
        verdict.basis = {**verdict.basis, **inhibition.basis_of(read.facts), **content.basis_of(read.facts)}
        unit.put(verdict)
        dispute.opened(unit, verdict, sample)
    unit.put(settle(unit, sample, waiting=judged, without_run=run.id))


def settle(
    unit: Unit,
    sample: Sample,
    *,
    waiting: bool = False,
    approved: bool = False,
    without_run: str = "",
    without_verdict: str = "",
) -> Sample:
    """Move a sample to where its runs and verdicts leave it, apart from those this act just ended."""
    running = (
        select(Position.run)
        .join(Run, (Run.site == Position.site) & (Run.id == Position.run))
        .where(
            Position.site == unit.site,
            Position.sample == sample.id,
            Run.state == "open",
            Run.id != without_run,
        )
    )
    states = select(Verdict.state).where(
        Verdict.site == unit.site, Verdict.sample == sample.id, Verdict.id != without_verdict
    )
    found = set(unit.all(states))
    to = settled(
        running=unit.one(running) is not None,
        waiting=waiting or "to_review" in found,
        approved=approved or "approved" in found,
    )
    return moved(sample, to)


def _verdict(
    unit: Unit, run: Run, method: Method, result: Result, judgement: Judgement, held: Held
) -> Verdict:
    basis = {
        "standard": method.standard,
        "clause": method.clause,
        "source": method.source,
        "verified": method.verified,
        "threshold": "" if method.threshold is None else str(method.threshold),
        "at_threshold": method.at_threshold,
        "why": judgement.why,
        "lot": run.lot,
        "run": run.id,
        **held.basis,
    }
    return Verdict(
        id=new_id(),
        result=result.id,
        sample=str(result.sample),
        tester=run.operator,
        method=method.id,
        item=method.item[0],
        value=judgement.value,
        unit=method.unit,
        word=judgement.word,
        rule=method.rule,
        basis=basis,
        doubts=" ".join([*judgement.doubts, *held.warned(judgement.word)]),
        state="to_review",
        at=unit.now,
        version=1,
    )
