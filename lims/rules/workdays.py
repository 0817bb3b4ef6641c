"""Working days: weekdays, and what the year's holiday arrangement (调休) turns round; a year without one is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cache

from lims.errors import Invalid
from lims.rules import regulation


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


@cache
def shipped() -> tuple[Day, ...]:
    """Return the arrangements shipped with the program, day by day; none of them was checked against the notice."""
    found = []
    for part in regulation.table("workdays")["holiday"]:
        first, last = part.get("first"), part.get("last")
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)] if first else []
        found += [Day(day, False, part["name"], part["source"], part["verified"]) for day in days]
        found += [
            Day(day, True, part["name"], part["source"], part["verified"]) for day in part.get("works", ())
        ]
    return tuple(found)
