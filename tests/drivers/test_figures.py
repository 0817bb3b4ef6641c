"""Figures as devices write them: exact, beyond a limit, or none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.figures import figure


@pytest.mark.parametrize(
    ("text", "comma", "value", "flags"),
    [
        ("0.120", False, "0.120", ()),
        ("-3", False, "-3", ()),
        ("0,120", True, "0.120", ()),
        ("0,120", False, None, ("not_a_number",)),
        ("1.000", True, None, ("not_a_number",)),
        ("<2", False, None, ("below_range",)),
        ("< = 2.5", False, None, ("below_range",)),
        ("≤2", False, None, ("below_range",)),
        (">100", False, None, ("above_range",)),
        (">0,5", True, None, ("above_range",)),
        ("", False, None, ("not_a_number",)),
        ("OVRFLW", False, None, ("not_a_number",)),
        ("1e5", False, None, ("not_a_number",)),
    ],
)
def test_figures(text: str, comma: bool, value: str | None, flags: tuple[str, ...]) -> None:
    found = figure(text, comma=comma)
    assert found.value == (None if value is None else Decimal(value))
    assert found.flags == flags


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_point_and_a_comma_say_the_same(value: Decimal) -> None:
    text = f"{value:f}"
    assert figure(text).value == figure(text.replace(".", ","), comma=True).value == value
