"""Checks beside routine: recoveries, parallels and words, each by the rule of its kind."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.rules import checking


@pytest.mark.parametrize(
    ("kind", "expected", "found", "native", "figure", "why"),
    [
        ("spike", "10", "9", "", "0.900", ""),
        ("spike", "10", "12", "4", "0.800", ""),
        ("spike", "10", "5.9", "", "0.590", "recovery_low"),
        ("spike", "10", "12.1", "", "1.210", "recovery_high"),
        ("parallel", "10", "12", "", "0.182", ""),
        ("parallel", "10", "15", "", "0.400", "differ"),
        ("parallel", "0", "0", "", "0", ""),
        ("blind", "positive", "positive", "", None, ""),
        ("comparison", "positive", "negative", "", None, "words_differ"),
        ("retained", "8", "8.4", "", "0.049", ""),
    ],
)
def test_each_kind_by_its_rule(
    kind: str, expected: str, found: str, native: str, figure: str | None, why: str
) -> None:
    outcome = checking.outcome(kind, expected, found, native)
    assert outcome == checking.Outcome(Decimal(figure) if figure else None, not why, why)


@pytest.mark.parametrize(
    ("kind", "expected", "found"), [("spike", "0", "1"), ("spike", "positive", "positive"),
                                     ("parallel", "x", "1"), ("blind", "1", "nan")]
)  # fmt: skip
def test_what_is_neither_figure_nor_word_is_refused(kind: str, expected: str, found: str) -> None:
    with pytest.raises(Invalid):
        checking.outcome(kind, expected, found)


@given(some.decimals(0, 1000, places=2), some.decimals(0, 1000, places=2))
def test_parallels_are_alike_from_both_sides(first: Decimal, second: Decimal) -> None:
    assert checking.difference(first, second) == checking.difference(second, first)
