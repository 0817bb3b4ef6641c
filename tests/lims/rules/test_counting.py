"""Why a sample counts or does not, and what a year will come to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.rules import counting
from lims.rules.counting import Counts, Facts

BOTH = frozenset({"laboratory", "rapid"})
PLAIN = {"state": "certified", "kind": "rapid", "drawn_on": date(2026, 5, 1), "counted_town": True}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({}, Counts.YES),
        ({"state": "void"}, Counts.VOID),
        ({"state": "rejected"}, Counts.REJECTED),
        ({"counted_town": False}, Counts.OUTSIDE),
        ({"town_until": date(2026, 4, 30)}, Counts.ENDED),
        ({"town_until": date(2026, 5, 1)}, Counts.YES),
        ({"repeat_of": "LJ01"}, Counts.REPEAT),
        ({"state": "void", "counted_town": False, "repeat_of": "x"}, Counts.VOID),
    ],
)
def test_the_first_reason_that_applies(other: dict[str, object], why: Counts) -> None:
    assert counting.counts(Facts(**{**PLAIN, **other}), BOTH) is why  # type: ignore[arg-type]


def test_a_kind_that_the_laboratory_does_not_count() -> None:
    assert counting.counts(Facts(**PLAIN), frozenset({"laboratory"})) is Counts.KIND  # type: ignore[arg-type]


@given(st.integers(0, 3000), st.integers(1, 364))
@settings(deadline=None)
def test_a_forecast_holds_its_own_expectation_and_narrows_to_the_end(done: int, day: int) -> None:
    share = Decimal(day) / 365
    found = counting.forecast(done, share)
    assert found is not None
    assert done <= found.low <= found.high
    if done > 20:
        assert found.low <= found.expected <= found.high
    assert counting.forecast(done, Decimal(1)) == counting.Forecast(done, done, done)


def test_nothing_can_be_forecast_before_the_year_began() -> None:
    assert counting.forecast(0, Decimal(0)) is None
