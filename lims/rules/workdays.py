"""Working days: weekdays, and what the year's holiday arrangement (调休) turns round; a year without one is unknown."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from importlib import resources
from typing import Any

from lims.errors import Invalid, Problem
from lims.rules import texts

_LONGEST = timedelta(days=31)
"""No holiday rests longer."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day that works, or rests, against its weekday, with its name and where that is written."""

    day: date
    works: bool
    name: str
    source: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The zone whose days are counted, the exceptions by day, and the years whose arrangement is known."""

    zone: tzinfo
    days: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def day_of(self, moment: datetime) -> date:
        """Return the day on which a moment falls."""
        return moment.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """Tell whether offices work on a day.

        Raises:
            Invalid: the arrangement of its year was not entered, so nobody can say.
        """
        if day.year not in self.years:
            raise Invalid("calendar.year", year=day.year)
        return self.days.get(day, day.weekday() < 5)

    def after(self, day: date, amount: int) -> date:
        """Return the `amount`-th working day after `day`, which itself never counts.

        Raises:
            Invalid: the count runs into a year whose arrangement was not entered.
            ValueError: the amount is below one.
        """
        if amount < 1:
            raise ValueError(f"a count of working days begins at one, not {amount}")
        while amount:
            day += timedelta(days=1)
            amount -= self.works(day)
        return day

    def rolled(self, day: date) -> date:
        """Return the day itself when it works, else the next that does."""
        while not self.works(day):
            day += timedelta(days=1)
        return day


def calendar(zone: tzinfo, days: Iterable[Day]) -> Calendar:
    """Return the calendar of some exceptions; later ones replace earlier ones of the same day."""
    kept = {one.day: one.works for one in days}
    return Calendar(zone, kept, frozenset(day.year for day in kept))


def shipped() -> str:
    """Return the arrangements that ship with the program; none of them was checked against the notice."""
    return resources.files("lims.rules").joinpath("data", "workdays.toml").read_text("utf-8")


@cache
def read(text: str) -> tuple[Day, ...]:
    """Return the days of a text, one by one.

    Raises:
        Invalid: the text is no TOML, or a holiday is incomplete, ends before it begins, or names no source.
    """
    rows = texts.parsed(text).get("holiday", [])
    problems = [problem for place, row in enumerate(rows, 1) for problem in _problems(place, row)]
    if problems or not rows:
        raise Invalid("edition.problems", problems or [Problem("calendar.none")], count=len(problems) or 1)
    return tuple(day for row in rows for day in _days(row))


_FIELDS: Mapping[str, type] = {"name": str, "works": list, "source": str, "verified": bool}


def _problems(place: int, row: Mapping[str, Any]) -> Iterator[Problem]:
    where = str(row.get("name") or f"[[holiday]] {place}")
    lacking = [name for name, kind in _FIELDS.items() if type(row.get(name)) is not kind]
    yield from (Problem("edition.field", where, {"name": name}) for name in lacking)
    if lacking:
        return
    ends = [row[name] for name in ("first", "last") if name in row]
    days = [*ends, *row["works"]]
    if len(ends) == 1 or not days or any(type(day) is not date for day in days):
        yield Problem("calendar.days", where)
    elif ends and not timedelta() <= ends[1] - ends[0] <= _LONGEST:
        yield Problem("calendar.order", where, {"first": ends[0].isoformat(), "last": ends[1].isoformat()})
    if not row["source"].strip():
        yield Problem("clocks.source", where)


def _days(row: Mapping[str, Any]) -> Iterator[Day]:
    first, last = row.get("first"), row.get("last")
    rests = [first + timedelta(days=n) for n in range((last - first).days + 1)] if first and last else []
    for day in rests:
        yield Day(day, False, row["name"], row["source"], row["verified"])
    for day in row["works"]:
        yield Day(day, True, row["name"], row["source"], row["verified"])


def arranged(text: str, holiday: Mapping[str, Any]) -> str:
    """Return a text with one holiday's arrangement put in, in place of the one of that name and year."""
    found = texts.parsed(text)
    year = holiday["first"].year
    others = [row for row in found["holiday"] if (row["name"], _year(row)) != (holiday["name"], year)]
    return texts.written({**found, "holiday": [*others, dict(holiday)]})


def _year(row: Mapping[str, Any]) -> int:
    found: date = row["first"] if "first" in row else min(row["works"])
    return found.year
