from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.scpi import number


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"+1.234500E-01", Decimal("0.1234500")),
        (b"12", Decimal(12)),
        (b" -0.5\r", Decimal("-0.5")),
        (b"+9.9E37", "overrange"),
        (b"-9.900000E+37", "underrange"),
        (b"9.91E37", "no_number"),
        (b"NAN", "content"),
        (b"1,2", "content"),
        (b"", "content"),
    ],
)
def test_figures(line: bytes, said: Decimal | str) -> None:
    assert number(line) == said


@given(st.decimals(-(10**6), 10**6, places=5))
def test_a_figure_is_kept_digit_for_digit(value: Decimal) -> None:
    assert str(number(f"{value:f}".encode())) == f"{value:f}" or value == 0
