"""The acceptance of a lot by its figures, worked out by hand and as shares that add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.rules.acceptance import Table, evaluate


@pytest.mark.parametrize(
    ("table", "figures", "missed"),
    [
        (Table(20, 0, 0, 10), ("1.0000", "1.0000", "0.000"), ()),
        (Table(19, 1, 1, 9), ("0.9500", "0.9000", "0.500"), ()),
        (Table(18, 2, 0, 10), ("0.9000", "1.0000", "0.500"), ("sensitivity", "false_negative")),
        (Table(20, 0, 8, 12), ("1.0000", "0.6000", "6.125"), ("specificity", "false_positive", "chi_square")),
    ],
)
def test_tables_worked_out_by_hand(table: Table, figures: tuple[str, ...], missed: tuple[str, ...]) -> None:
    found = evaluate(table)
    assert tuple(str(one) for one in (found.sensitivity, found.specificity, found.chi_square)) == figures
    assert (found.missed, found.passed) == (missed, not missed)


COUNT = some.integers(0, 60)


@given(COUNT, COUNT, COUNT, COUNT)
def test_false_rates_are_what_is_left(n11: int, n12: int, n21: int, n22: int) -> None:
    if not n11 + n12 or not n21 + n22:
        with pytest.raises(Invalid, match=r"acceptance\.counts"):
            evaluate(Table(n11, n12, n21, n22))
        return
    found = evaluate(Table(n11, n12, n21, n22))
    assert abs(found.sensitivity + found.false_negative_rate - 1) <= Decimal("0.0001")
    assert abs(found.specificity + found.false_positive_rate - 1) <= Decimal("0.0001")
    assert 0 <= found.accuracy <= 1


def test_numbers_below_zero_are_refused() -> None:
    with pytest.raises(Invalid, match=r"acceptance\.counts"):
        evaluate(Table(5, -1, 0, 5))
