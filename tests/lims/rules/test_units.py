"""Contents in other units: exact, there and back, and refused where they measure different things."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lims.errors import Invalid
from lims.rules import units

MASS = ("mg/kg", "ug/kg", "g/kg", "mg/100g", "g/100g", "mg/g")


@pytest.mark.parametrize(
    ("value", "unit", "other", "found"),
    [("0.1", "mg/kg", "μg/kg", "100"), ("15", "mg/100g", "mg/kg", "150"), ("0.25", "g / 100g", "g/kg", "2.5"),
     ("0.6", "g/L", "mg/L", "600"), ("60", "μg/kg", "mg/kg", "0.06"), ("1", "g/100mL", "g/L", "10")],
)  # fmt: skip
def test_figures_of_the_standards_convert(value: str, unit: str, other: str, found: str) -> None:
    assert units.convert(Decimal(value), unit, other) == Decimal(found)


@settings(deadline=None)  # the first conversion loads the table of units
@given(some.decimals("0.001", "9999", places=3), some.sampled_from(MASS), some.sampled_from(MASS))
def test_there_and_back_is_the_same(value: Decimal, unit: str, other: str) -> None:
    assert units.convert(units.convert(value, unit, other), other, unit) == value


def test_what_does_not_convert_is_refused() -> None:
    with pytest.raises(Invalid, match=r"unit\.different"):
        units.convert(Decimal(1), "mg/kg", "mg/L")
    with pytest.raises(Invalid, match=r"unit\.unknown"):
        units.tidy("勺")
