"""What a township owes: the county's own figures, days of the year, and no basis without people."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules.quota import elapsed, line, target

BOTH = frozenset({"laboratory", "rapid"})


@pytest.mark.parametrize(
    ("people", "owed"),
    [(561_490, 2_808), (588_000, 2_940), (639_498, 3_198), (1, 1), (200, 1), (201, 2), (0, 0), (92_136, 461)],
)
def test_five_of_a_thousand_people_rounded_up(people: int, owed: int) -> None:
    assert target(people) == owed


@given(some.integers(0, 5_000_000))
def test_the_target_is_the_least_whole_number_that_is_enough(people: int) -> None:
    assert (target(people) - 1) * 1000 < 5 * people <= target(people) * 1000


def test_another_figure_a_thousand_may_be_set() -> None:
    assert target(1000, Decimal("4.5")) == 5
    assert target(2000, Decimal("4.5")) == 9


@pytest.mark.parametrize(
    ("today", "share"),
    [
        (date(2025, 12, 31), "0"),
        (date(2026, 1, 1), "1/365"),
        (date(2026, 7, 2), "183/365"),
        (date(2026, 12, 31), "1"),
        (date(2027, 1, 1), "1"),
        (date(2030, 6, 1), "1"),
    ],
)
def test_how_much_of_a_year_has_passed(today: date, share: str) -> None:
    top, _, bottom = share.partition("/")
    assert elapsed(2026, today) == Decimal(top) / Decimal(bottom or 1)


def test_a_leap_year_has_a_day_more() -> None:
    assert elapsed(2028, date(2028, 12, 30)) == Decimal(365) / Decimal(366)


def test_both_kinds_are_counted_apart_and_the_setting_says_which_count() -> None:
    for counts, counted in ((BOTH, 30), ({"laboratory"}, 10), ({"rapid"}, 20), (set(), 0)):
        found = line(10_000, 10, 20, counts=frozenset(counts), share=Decimal(1))
        assert (found.laboratory, found.rapid, found.counted) == (10, 20, counted)
        assert (found.target, found.due, found.missing) == (50, 50, 50 - counted)
        assert found.basis


def test_more_than_owed_leaves_nothing_missing() -> None:
    assert line(1000, 0, 9, counts=BOTH, share=Decimal("0.5")).missing == 0


def test_what_is_due_by_now_is_rounded_up() -> None:
    assert line(1000, 0, 0, counts=BOTH, share=Decimal("0.21")).due == 2


def test_without_people_there_is_no_basis_and_never_a_nought() -> None:
    found = line(None, 3, 4, counts=BOTH, share=Decimal(1))
    assert (found.people, found.target, found.due, found.missing) == (None, None, None, None)
    assert (found.basis, found.counted) == (False, 7)
