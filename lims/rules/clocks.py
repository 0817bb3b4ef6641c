"""Clocks of the law: which fact starts one, when it runs out, what stops it; nothing is ever closed by it."""

import calendar as months
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from lims.errors import Invalid, Problem
from lims.rules.workdays import Calendar

UNITS = ("hour", "day", "working_day", "month")
REGIMES = ("market", "agriculture")
"""Food-safety law under the market authority; agricultural-product law under the agricultural one."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One rule.

    Attributes:
        id: stands in every deadline it makes.
        label: (Chinese, English).
        starts: kind of the fact that starts it.
        ends: kinds of facts that stop it.
        amount: how many units.
        unit: `hour` (from the minute), `day`, `working_day` or `month` (the first day never counts; it ends with
            the last day in the laboratory's zone).
        regime: the law it belongs to, empty for every one.
        farm: only for edible farm produce.
        source: the document.
        clause: where in it.
        verified: whether amount and unit were checked against the source.
        effective_from: first day on which a start counts by it.
        effective_to: last such day, or None.
    """

    id: str
    label: tuple[str, str]
    starts: str
    ends: tuple[str, ...]
    amount: int
    unit: str
    regime: str
    farm: bool
    source: str
    clause: str
    verified: bool
    effective_from: date
    effective_to: date | None = None

    @property
    def mark(self) -> str:
        """What a confirmation of it is kept under: each edition of a clock by itself."""
        return f"clock:{self.id}@{self.effective_from.isoformat()}"

    def in_force(self, on: date) -> bool:
        """Tell whether a start on this day counts by it."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def concerns(self, regime: str, *, farm: bool) -> bool:
        """Tell whether it runs under a regime and for such a food."""
        return self.regime in {"", regime} and (farm or not self.farm)

    def due(self, start: datetime, days: Calendar) -> datetime:
        """Return the moment (UTC) at which it runs out: exact for hours, else midnight after the last day.

        Raises:
            Invalid: it counts working days into a year whose arrangement was not entered.
        """
        if self.unit == "hour":
            return start + timedelta(hours=self.amount)
        first = days.day_of(start)
        if self.unit == "working_day":
            last = days.after(first, self.amount)
        elif self.unit == "month":
            last = _months(first, self.amount)
        else:
            last = first + timedelta(days=self.amount)
        return datetime.combine(last + timedelta(days=1), time(), days.zone).astimezone(UTC)


def _months(day: date, amount: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


# From text ------------------------------------------------------------------------------------------------

_FIELDS: Mapping[str, type] = {
    "id": str, "label": list, "starts": str, "ends": list, "amount": int, "unit": str, "regime": str,
    "farm": bool, "source": str, "clause": str, "verified": bool, "effective_from": date,
}  # fmt: skip


def shipped() -> str:
    """Return the text that ships with the program."""
    return resources.files("lims.rules").joinpath("data", "clocks.toml").read_text("utf-8")


@cache
def labels() -> Mapping[str, tuple[str, str]]:
    """Return the (Chinese, English) names of the clocks that ship by their ids, which no edition changes."""
    return {row["id"]: (row["label"][0], row["label"][1]) for row in tomllib.loads(shipped())["clock"]}


def read(text: str, kinds: frozenset[str]) -> tuple[Clock, ...]:
    """Return the clocks of a text.

    Args:
        text: as `lims/rules/data/clocks.toml` is written.
        kinds: the kinds of facts that may start or stop one.

    Raises:
        Invalid: the text is no TOML, or a clock is incomplete, unknown in its words, or overlaps its next edition.
    """
    try:
        rows = tomllib.loads(text).get("clock", [])
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("edition.text", fault=str(fault)) from None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Invalid("edition.problems", [Problem("clocks.none")], count=1)
    problems = [problem for place, row in enumerate(rows, 1) for problem in _problems(place, row, kinds)]
    if problems:
        raise Invalid("edition.problems", problems, count=len(problems))
    found = tuple(_clock(row) for row in rows)
    problems = list(_overlaps(found))
    if problems:
        raise Invalid("edition.problems", problems, count=len(problems))
    return found


def _clock(row: Mapping[str, Any]) -> Clock:
    return Clock(**{**row, "label": tuple(row["label"]), "ends": tuple(row["ends"])})


def _problems(place: int, row: Mapping[str, Any], kinds: frozenset[str]) -> Iterable[Problem]:
    where = str(row.get("id") or f"[[clock]] {place}")
    for name in row.keys() - _FIELDS.keys() - {"effective_to"}:
        yield Problem("edition.unknown_field", where, {"name": name})
    lacking = [name for name, kind in _FIELDS.items() if type(row.get(name)) is not kind]
    for name in lacking:
        yield Problem("edition.field", where, {"name": name})
    if not lacking:
        yield from _words(where, row, kinds)


def _words(where: str, row: Mapping[str, Any], kinds: frozenset[str]) -> Iterable[Problem]:
    if row["unit"] not in UNITS:
        yield Problem("clocks.unit", where, {"unit": row["unit"]})
    if row["regime"] not in {"", *REGIMES}:
        yield Problem("clocks.regime", where, {"regime": row["regime"]})
    if not 0 < row["amount"] <= 1000:
        yield Problem("clocks.amount", where, {"amount": row["amount"]})
    if not row["source"].strip():
        yield Problem("clocks.source", where)
    for kind in (row["starts"], *row["ends"]):
        if kind not in kinds:
            yield Problem("clocks.kind", where, {"kind": kind})


def _overlaps(found: Sequence[Clock]) -> Iterable[Problem]:
    """Name editions of one clock, under one id, that are in force on the same day."""
    latest: dict[str, Clock] = {}
    for one in sorted(found, key=lambda one: (one.id, one.effective_from)):
        before = latest.get(one.id)
        if before and (before.effective_to is None or before.effective_to >= one.effective_from):
            yield Problem("clocks.overlap", one.id, {"day": one.effective_from.isoformat()})
        latest[one.id] = one


# Deadlines ------------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """Where a deadline stands; none of them changes a case."""

    RUNNING = "running"
    LAPSED = "lapsed"
    MET = "met"
    MET_LATE = "met_late"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as the clocks see it: its kind and when it happened."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deadline:
    """A started clock.

    Attributes:
        clock: its rule.
        start: when it started.
        due: when it runs out; None where that cannot be said, and `why` tells why.
        met_at: when it was stopped, or None.
        standing: where it stands.
        why: the reason for `unknown`.
    """

    clock: Clock
    start: datetime
    due: datetime | None
    met_at: datetime | None
    standing: Standing
    why: Problem | None = None


def deadlines(
    clocks: Sequence[Clock], facts: Sequence[Told], days: Calendar, now: datetime, *, regime: str, farm: bool
) -> list[Deadline]:
    """Return every clock that some facts started, the earliest due first, what cannot be said last.

    Args:
        clocks: the rules.
        facts: of one case, in any order.
        days: the calendar.
        now: the present moment.
        regime: the law of the case; empty while it is unknown, then only clocks of every regime run.
        farm: whether it concerns edible farm produce.
    """
    found = [
        _deadline(one, fact.at, facts, days, now)
        for one in clocks
        if one.concerns(regime, farm=farm)
        for fact in facts
        if fact.kind == one.starts and one.in_force(days.day_of(fact.at))
    ]
    return sorted(found, key=lambda one: (one.due is None, one.due or one.start, one.clock.id))


def _deadline(rule: Clock, start: datetime, facts: Sequence[Told], days: Calendar, now: datetime) -> Deadline:
    met = min((fact.at for fact in facts if fact.kind in rule.ends and fact.at >= start), default=None)
    try:
        due = rule.due(start, days)
    except Invalid as unknown:
        why = Problem(unknown.code, rule.id, dict(unknown.values))
        return Deadline(rule, start, None, met, Standing.UNKNOWN, why)
    if met is not None:
        standing = Standing.MET if met <= due else Standing.MET_LATE
    else:
        standing = Standing.RUNNING if now <= due else Standing.LAPSED
    return Deadline(rule, start, due, met, standing)
