"""What makes results reliable: calibrations, training, the room, targets of controls, checks beside routine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lims import clock
from lims.door import verb
from lims.errors import Invalid, NotAllowed, Problem
from lims.queries import methods
from lims.records.equipment import Instrument
from lims.records.people import Account
from lims.records.quality import Calibration, Climate, ControlTarget, QualityCheck, Training
from lims.rules import checking, regulation
from lims.rules.checking import Outcome
from lims.rules.figures import number
from lims.storage.unit import Unit, new_id


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Invalid("form.problems", problems, count=len(problems))


def _span(unit: Unit, done_on: date, ends_on: date, ends: str) -> list[Problem]:
    found = []
    if done_on > clock.local(unit.now).date():
        found.append(Problem("form.future", "done_on"))
    if ends_on <= done_on:
        found.append(Problem("quality.ends_first", ends, {"day": ends_on.isoformat()}))
    return found


@dataclass(frozen=True, slots=True)
class Calibrating:
    """A calibration or check that was done.

    Attributes:
        kind: a code of the vocabulary `calibration_kind`.
        done_on: the day.
        due_on: the last day it counts.
        passed: whether the instrument was found good.
        body: who did it.
        certificate: number of the certificate or record, "/" without one.
        figures: what was measured, name to text with unit.
    """

    kind: str
    done_on: date
    due_on: date
    passed: bool
    body: str
    certificate: str = "/"
    figures: Mapping[str, str] = field(default_factory=dict)


@verb(needs="manager technician")
def calibrate(unit: Unit, instrument: str, done: Calibrating) -> str:
    """File a calibration or check of an instrument, passed or failed; return its id.

    Raises:
        NotFound: no such instrument.
        Invalid: an unknown kind, nobody who did it, a day that lies ahead, or due before it was done.
    """
    unit.get(Instrument, instrument)
    problems = _span(unit, done.done_on, done.due_on, "due_on")
    if done.kind not in regulation.codes("calibration_kind"):
        problems.append(Problem("form.option", "kind", {"value": done.kind}))
    if not done.body.strip():
        problems.append(Problem("form.missing", "body"))
    _refuse(problems)
    row = Calibration(
        id=new_id(),
        instrument=instrument,
        kind=done.kind,
        done_on=done.done_on,
        due_on=done.due_on,
        passed=done.passed,
        body=done.body,
        certificate=done.certificate,
        figures=dict(done.figures),
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class Learning:
    """A step of a person's competence for a method.

    Attributes:
        kind: a code of the vocabulary `competence`.
        method: id of the method.
        done_on: the day.
        expires_on: the last day it counts.
        passed: whether it was passed or granted.
        score: result of an examination, "/" without one.
        trainer: who taught or examined.
        note: what belongs to it.
    """

    kind: str
    method: str
    done_on: date
    expires_on: date
    passed: bool
    trainer: str
    score: str = "/"
    note: str = "/"


@verb(needs="manager")
def train(unit: Unit, account: str, step: Learning) -> str:
    """File a training, an examination or an authorisation of a person for a method; return its id.

    Raises:
        NotFound: no such person or method.
        NotAllowed: somebody authorises himself.
        Invalid: an unknown kind, nobody who taught, a day that lies ahead, or an end before the beginning.
    """
    unit.get(Account, account)
    methods.book(unit.view()).method(step.method)
    problems = _span(unit, step.done_on, step.expires_on, "expires_on")
    if step.kind not in regulation.codes("competence"):
        problems.append(Problem("form.option", "kind", {"value": step.kind}))
    if not step.trainer.strip():
        problems.append(Problem("form.missing", "trainer"))
    _refuse(problems)
    if step.kind == "authorisation" and account == unit.actor.account:
        raise NotAllowed("quality.authorises_himself")
    row = Training(
        id=new_id(),
        account=account,
        method=step.method,
        kind=step.kind,
        passed=step.passed,
        score=step.score,
        done_on=step.done_on,
        expires_on=step.expires_on,
        trainer=step.trainer,
        note=step.note,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@verb(needs="technician manager station", cli="climate")
def climate(unit: Unit, *, room: str, temperature: str, humidity: str = "") -> str:
    """Note the temperature (degrees Celsius) and the relative humidity (percent) of a room; return the note's id.

    Raises:
        Invalid: no room, or a figure that no room has.
    """
    warm = _figure(temperature, "temperature", Decimal(-40), Decimal(60))
    damp = _figure(humidity, "humidity", Decimal(0), Decimal(100)) if humidity.strip() else None
    if not room.strip():
        _refuse([Problem("form.missing", "room")])
    row = Climate(id=new_id(), room=room, temperature=warm, humidity=damp, by=unit.actor.account, at=unit.now)
    unit.put(row)
    return row.id


def _figure(text: str, name: str, low: Decimal, high: Decimal) -> Decimal:
    value = number(text)
    if value is None or not low <= value <= high:
        raise Invalid("form.problems", [Problem("quality.figure", name, {"value": text[:40]})], count=1)
    return value


@dataclass(frozen=True, slots=True)
class Target:
    """Against what a control is charted; an empty lot means every lot.

    Attributes:
        method: its id.
        instrument: its id.
        role: `blank` or `control`.
        mean: in the method's unit.
        sd: standard deviation, above zero.
        source: where both come from: how many points, of which days, or a certificate.
        lot: the number as printed.
    """

    method: str
    instrument: str
    role: str
    mean: Decimal
    sd: Decimal
    source: str
    lot: str = ""


@verb(needs="manager")
def target(unit: Unit, wanted: Target) -> str:
    """Set mean and standard deviation of a control; earlier ones stay on record. Return the target's id.

    Raises:
        NotFound: no such method or instrument.
        Invalid: no source, a role that is no control, or a deviation not above zero.
    """
    methods.book(unit.view()).method(wanted.method)
    unit.get(Instrument, wanted.instrument)
    problems = [] if wanted.source.strip() else [Problem("form.missing", "source")]
    if wanted.role not in {"blank", "control"}:
        problems.append(Problem("form.option", "role", {"value": wanted.role}))
    if not (wanted.mean.is_finite() and wanted.sd.is_finite() and wanted.sd > 0):
        problems.append(Problem("quality.figure", "sd", {"value": str(wanted.sd)}))
    _refuse(problems)
    row = ControlTarget(
        id=new_id(),
        method=wanted.method,
        instrument=wanted.instrument,
        lot=wanted.lot,
        role=wanted.role,
        mean=wanted.mean,
        sd=wanted.sd,
        source=wanted.source,
        by=unit.actor.account,
        at=unit.now,
    )
    unit.put(row)
    return row.id


@dataclass(frozen=True, slots=True)
class Checked:
    """A check beside routine, as it was done.

    Attributes:
        kind: a code of the vocabulary `check_kind`.
        method: its id.
        expected: content added, first result, or the word that should come.
        found: content found, second result, or the word that came.
        operator: account of who tested.
        instrument: its id, empty where none was used.
        lot: the number as printed.
        sample: number of the sample it was done on, None without one.
        native: for a spike, the content found in the same sample without it; empty for none.
    """

    kind: str
    method: str
    expected: str
    found: str
    operator: str
    instrument: str = ""
    lot: str = ""
    sample: str | None = None
    native: str = ""


@verb(needs="technician reviewer manager")
def check(unit: Unit, done: Checked) -> str:
    """File a spike, parallel, blind sample, retained sample or comparison, judged by the rule of its kind.

    Returns `passed` or `failed`.

    Raises:
        NotFound: no such method or person.
        Invalid: an unknown kind, or a text that is neither a figure nor a screening word.
    """
    methods.book(unit.view()).method(done.method)
    unit.get(Account, done.operator)
    if done.kind not in regulation.codes("check_kind"):
        _refuse([Problem("form.option", "kind", {"value": done.kind})])
    outcome: Outcome = checking.outcome(done.kind, done.expected, done.found, done.native)
    unit.put(
        QualityCheck(
            id=new_id(),
            kind=done.kind,
            method=done.method,
            instrument=done.instrument,
            lot=done.lot,
            sample=done.sample,
            operator=done.operator,
            expected={"value": done.expected, "native": done.native},
            found={"value": done.found},
            figure=outcome.figure,
            passed=outcome.passed,
            why=outcome.why,
            by=unit.actor.account,
            at=unit.now,
        )
    )
    return "passed" if outcome.passed else "failed"
