"""Working days: weekdays turned round by the year's arrangement; a year that nobody entered is unknown."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.clock import ZONE
from lims.errors import Invalid
from lims.rules import workdays
from lims.rules.workdays import Calendar

YEARS = range(2020, 2032)
DAYS = [date(2020, 1, 1) + timedelta(days=n) for n in range((date(2032, 1, 1) - date(2020, 1, 1)).days)]
TURNED = {
    day: day.weekday() >= 5 for day in DAYS if day.toordinal() % 17 == 0 or (day.month, day.day) < (1, 4)
}
TEN_YEARS = Calendar(ZONE, TURNED, frozenset(YEARS))


def recount(day: date, amount: int) -> date:
    """Count on a plain list of the days that work."""
    working = [one for one in DAYS if (TURNED[one] if one in TURNED else one.weekday() < 5)]
    return [one for one in working if one > day][amount - 1]


def test_every_day_of_ten_years_against_a_plain_recount() -> None:
    working = [one for one in DAYS if (TURNED[one] if one in TURNED else one.weekday() < 5)]
    place = 0
    for day in (one for one in DAYS if one.year < 2031):
        while working[place] <= day:
            place += 1
        for amount in (1, 5, 7, 20):
            assert TEN_YEARS.after(day, amount) == working[place + amount - 1]


@given(st.sampled_from(DAYS[:3000]), st.integers(1, 60))
def test_a_count_grows_by_a_working_day(day: date, amount: int) -> None:
    found = TEN_YEARS.after(day, amount)
    assert TEN_YEARS.works(found)
    assert found < TEN_YEARS.after(day, amount + 1)
    assert found == recount(day, amount)


def test_the_national_holidays_of_the_shipped_years() -> None:
    days = workdays.calendar(ZONE, workdays.read(workdays.shipped()))
    assert days.after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert days.works(date(2026, 10, 10))  # a Saturday that is worked
    assert not days.works(date(2026, 2, 16))
    assert days.rolled(date(2026, 5, 2)) == date(2026, 5, 6)


def test_a_shipped_day_names_its_source_and_says_that_it_is_unverified() -> None:
    assert all(one.source and not one.verified for one in workdays.read(workdays.shipped()))


def test_a_year_that_nobody_entered_is_refused() -> None:
    days = workdays.calendar(ZONE, workdays.read(workdays.shipped()))
    with pytest.raises(Invalid, match=r"calendar\.year.*2027"):
        days.after(date(2026, 12, 30), 7)
    with pytest.raises(ValueError, match="begins at one"):
        days.after(date(2026, 12, 30), 0)
