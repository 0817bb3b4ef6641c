"""Whether a run may start: what is missing, why, and what to do next; missing evidence blocks like failed evidence."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from lims.errors import Problem
from lims.rules import analytes, foods, regulation, strips, units
from lims.rules.foods import Food
from lims.rules.limits import Limit
from lims.rules.methods import Method


class Check(StrEnum):
    """What a run needs."""

    CALIBRATION = "calibration"
    OPERATOR = "operator"
    LOT = "lot"
    ENVIRONMENT = "environment"
    CONTROL = "control"
    SUITABILITY = "suitability"
    NONCONFORMITY = "nonconformity"


LASTING = frozenset(
    {
        "ready.calibration_missing", "ready.calibration_failed", "ready.calibration_overdue",
        *(
            f"ready.{kind}_{what}"
            for kind in ("training", "examination", "authorisation")
            for what in ("missing", "failed", "expired")
        ),
        "ready.lot_unknown", "ready.lot_received", "ready.lot_rejected", "ready.lot_recalled",
        "ready.lot_expired", "ready.lot_opened_too_long", "ready.lot_storage", "ready.nonconformity",
    }
)  # fmt: skip
"""What must still hold when the run is closed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing or doubtful.

    Attributes:
        check: which need it concerns.
        problem: the reason with the next step, as a code and its values.
        blocks: whether a run may not start with it; else it is a warning.
        sample: the sample that it concerns, empty for the whole run.
    """

    check: Check
    problem: Problem
    blocks: bool = True
    sample: str = ""

    @property
    def key(self) -> str:
        """What an override names: the code, and the sample where it concerns one."""
        return f"{self.problem.code} {self.sample}".strip()


def _blocks(check: Check, problem: Problem) -> Finding:
    return Finding(check, problem)


# The instrument -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One calibration or check as a rule needs it."""

    id: str
    kind: str
    due_on: date
    passed: bool


def calibration(instrument: str, latest: Mapping[str, Calibrated], today: date) -> Iterator[Finding]:
    """Yield what is missing of an instrument's calibrations.

    Args:
        instrument: its id.
        latest: the newest record of each kind.
        today: by the laboratory's clock; the due day itself still counts.
    """
    for kind in regulation.table("quality")["calibration"]["kinds"]:
        found = latest.get(kind)
        values: dict[str, object] = {"instrument": instrument}
        if found is None:
            yield _blocks(Check.CALIBRATION, Problem("ready.calibration_missing", "", values))
        elif not found.passed:
            yield _blocks(Check.CALIBRATION, Problem("ready.calibration_failed", "", values))
        elif found.due_on < today:
            values["due"] = found.due_on.isoformat()
            yield _blocks(Check.CALIBRATION, Problem("ready.calibration_overdue", "", values))


# The person -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Competence:
    """One record of a person's competence for a method."""

    id: str
    kind: str
    expires_on: date
    passed: bool


def operator(person: str, method: str, latest: Mapping[str, Competence], today: date) -> Iterator[Finding]:
    """Yield what is missing of a person's training, examination or authorisation for a method.

    Args:
        person: the name to show.
        method: its id.
        latest: the newest record of each kind.
        today: by the laboratory's clock; the last day itself still counts.
    """
    for kind in regulation.table("quality")["competence"]["kinds"]:
        found = latest.get(kind)
        values: dict[str, object] = {"person": person, "method": method}
        if found is None:
            yield _blocks(Check.OPERATOR, Problem(f"ready.{kind}_missing", "", values))
        elif not found.passed:
            yield _blocks(Check.OPERATOR, Problem(f"ready.{kind}_failed", "", values))
        elif found.expires_on < today:
            values["ended"] = found.expires_on.isoformat()
            yield _blocks(Check.OPERATOR, Problem(f"ready.{kind}_expired", "", values))


# The lot --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stocked:
    """A lot as a rule needs it.

    Attributes:
        id: of its row.
        number: as printed.
        state: `received`, `accepted`, `rejected`, `recalled` or `used_up`.
        expires_on: the last day it may be used.
        left: what is left of it.
        opened: when each pack that was opened ends, None where it has no term.
        opened_needed: whether a pack must be opened or prepared before use, with a term of its own.
        stored: whether it lay within its storage limits; None where the kit sets none.
        unread: its storage limits cannot be checked: it lies nowhere, or nothing was read there.
    """

    id: str
    number: str
    state: str
    expires_on: date
    left: Decimal
    opened: tuple[datetime | None, ...] = ()
    opened_needed: bool = False
    stored: bool | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The lot number that was entered, and how much of it the run will use (0 where that is not counted)."""

    number: str
    amount: Decimal = Decimal(0)


def lot(
    wanted: Wanted, found: Stocked | None, others: Sequence[Stocked], now: datetime, today: date
) -> Iterator[Finding]:
    """Yield what is wrong with a lot; warn where another lot of the kit expires first.

    Args:
        wanted: what was entered.
        found: the lot of that number whose kit serves the method, or None.
        others: other lots of the same kit.
        now: the present moment.
        today: the same by the laboratory's clock.
    """
    values: dict[str, object] = {"lot": wanted.number}
    if found is None:
        yield _blocks(Check.LOT, Problem("ready.lot_unknown", "", values))
        return
    if found.state != "accepted":
        yield _blocks(Check.LOT, Problem(f"ready.lot_{found.state}", "", values))
    if found.expires_on < today:
        values["ended"] = found.expires_on.isoformat()
        yield _blocks(Check.LOT, Problem("ready.lot_expired", "", values))
    yield from _amount(found, wanted)
    yield from _opened(found, now, values)
    if found.unread:
        yield _blocks(Check.LOT, Problem("ready.lot_storage_unknown", "", values))
    elif found.stored is False:
        yield _blocks(Check.LOT, Problem("ready.lot_storage", "", values))
    first = first_expiring([*others, found], now, today)
    if first is not None and first.expires_on < found.expires_on:
        other: dict[str, object] = {
            "lot": wanted.number, "first": first.number, "ends": first.expires_on.isoformat(),
        }  # fmt: skip
        yield Finding(Check.LOT, Problem("ready.lot_not_first", "", other), blocks=False)


def _amount(found: Stocked, wanted: Wanted) -> Iterator[Finding]:
    if found.left <= 0 or found.left < wanted.amount:
        values = {"lot": found.number, "left": found.left, "needed": max(wanted.amount, Decimal(1))}
        yield _blocks(Check.LOT, Problem("ready.lot_short", "", values))


def _opened(found: Stocked, now: datetime, values: Mapping[str, object]) -> Iterator[Finding]:
    if not found.opened_needed:
        return
    if not found.opened:
        yield _blocks(Check.LOT, Problem("ready.lot_not_opened", "", values))
    elif all(end is not None and end < now for end in found.opened):
        yield _blocks(Check.LOT, Problem("ready.lot_opened_too_long", "", values))


def first_expiring(known: Sequence[Stocked], now: datetime, today: date) -> Stocked | None:
    """Return the usable lot that expires first, None where no lot is usable."""
    usable = [
        one
        for one in known
        if one.state == "accepted" and one.expires_on >= today and one.left > 0 and one.stored is not False
        and not (one.opened and all(end is not None and end < now for end in one.opened))
    ]  # fmt: skip
    return min(usable, key=lambda one: (one.expires_on, one.number), default=None)


# The room -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Felt:
    """The newest reading of the room's temperature in degrees Celsius."""

    at: datetime
    value: Decimal


def environment(felt: Felt | None, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the room: too warm, too cold, or not read for too long."""
    rule = regulation.table("quality")["environment"]
    if felt is None or now - felt.at > timedelta(hours=rule["hours"]):
        values: dict[str, object] = {"hours": rule["hours"]}
        yield _blocks(Check.ENVIRONMENT, Problem("ready.room_unread", "", values))
    elif not Decimal(rule["low"]) <= felt.value <= Decimal(rule["high"]):
        out: dict[str, object] = {"value": felt.value, "low": rule["low"], "high": rule["high"]}
        yield _blocks(Check.ENVIRONMENT, Problem("ready.room", "", out))


# Controls and nonconforming work --------------------------------------------------------------------------


def control(method: Method, roles: Collection[str], *, earlier_today: bool) -> Iterator[Finding]:
    """Yield each control that a run of a method needs and that is neither placed nor stands from earlier this day."""
    if method.control_scope == "day" and earlier_today:
        return
    for role in method.controls:
        if role not in roles:
            yield _blocks(Check.CONTROL, Problem(f"ready.no_{role}"))


def nonconformity(id_: str, detail: str) -> Finding:
    """Return the finding that nonconforming work which is not closed stands against the run."""
    return _blocks(Check.NONCONFORMITY, Problem("ready.nonconformity", "", {"id": id_[:8], "detail": detail}))


# Is the method suited to the food? ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One sample before its run: what it is, the limit in force for it, and what the kit can find.

    Attributes:
        sample: its number.
        name: the food as its form says.
        food: of the tree, None where the name is not known.
        limit: in force on the day of sampling or production, None where none is known.
        detection: the least content that the kit finds, None where nobody said.
        unit: of `detection`.
    """

    sample: str
    name: str
    food: Food | None
    limit: Limit | None
    detection: Decimal | None
    unit: str


def suitability(method: Method, case: Case) -> Iterator[Finding]:
    """Yield why a method may not judge a food, and what its verdict will not prove.

    A kit that finds no less than the limit allows is refused for that food; one that finds less says by a
    positive only that the substance is there.
    """
    for problem, blocks in _suitability(method, case):
        yield Finding(Check.SUITABILITY, problem, blocks, case.sample)


def _suitability(method: Method, case: Case) -> Iterator[tuple[Problem, bool]]:
    if case.food is None:
        yield Problem("ready.food_unknown", case.sample, {"food": case.name}), True
        return
    said: dict[str, object] = {"food": case.food.zh, "method": method.standard}
    if method.foods and not foods.within(case.food.code, method.foods):
        yield Problem("ready.food_not_covered", case.sample, said), True
        return
    if foods.within(case.food.code, method.interfering):
        yield Problem("ready.food_interferes", case.sample, said), False
    if method.class_screen:
        return
    yield from _against_limit(method, case, said)


def _against_limit(method: Method, case: Case, said: dict[str, object]) -> Iterator[tuple[Problem, bool]]:
    analyte = analytes.analytes()[method.analyte].zh if method.analyte else method.item[0]
    values = {**said, "analyte": analyte}
    limit = case.limit
    if limit is None:
        yield Problem("ready.limit_unknown", case.sample, values), True
        return
    if not limit.verified:
        yield Problem("ready.limit_unverified", case.sample, {**values, "standard": limit.standard}), False
    if limit.kind == "none":
        return
    if case.detection is None:
        yield Problem("ready.detection_unknown", case.sample, values), True
        return
    most = limit.value if limit.kind == "mrl" else limit.detection
    if most is None:
        return
    found = units.convert(case.detection, case.unit, limit.unit)
    values |= {"detection": found, "limit": most, "unit": limit.unit}
    if found > most:
        yield Problem("ready.detection_above", case.sample, values), True
    elif found < most and limit.kind == "mrl" and method.format in strips.FORMATS:
        yield Problem("ready.detection_below", case.sample, values), False
