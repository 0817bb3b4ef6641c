"""Units of a content: what is written on a form made one spelling, and one unit turned into another."""

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from lims.errors import Invalid

if TYPE_CHECKING:
    from pint import UnitRegistry

_SPELLED = str.maketrans({"μ": "u", "µ": "u", "／": "/", " ": None, "\u3000": None})
_PINT = {"100g": "hectogram", "100mL": "deciliter", "100ml": "deciliter"}
UNITS = (
    "mg/kg", "ug/kg", "ng/kg", "g/kg", "mg/g", "g/100g", "mg/100g", "mg/L", "ug/L", "g/L", "mg/mL",
    "g/100mL", "mg/100mL", "ug/mL", "ng/mL", "ng/L", "pg/mL", "ug/g", "ng/g", "pg/g", "%",
)  # fmt: skip
"""Units in which a limit, a reading or a standard may be given."""


def tidy(unit: str) -> str:
    """Return a unit in the one spelling that is kept, such as `ug/kg` for `μg / kg`.

    Raises:
        Invalid: no unit of a content.
    """
    found = unit.translate(_SPELLED)
    by_case = {known.lower(): known for known in UNITS}
    if found.lower() not in by_case:
        raise Invalid("unit.unknown", unit=unit)
    return by_case[found.lower()]


@cache
def _registry() -> "UnitRegistry[Decimal]":
    import pint  # noqa: PLC0415 - half a second that only a conversion need spend

    return pint.UnitRegistry(non_int_type=Decimal)


@cache
def _factor(source: str, target: str) -> Decimal | None:
    """Return what a content is multiplied with, or None where the two measure different things."""
    registry = _registry()
    parts = [unit.partition("/") for unit in (source, target)]
    spelled = [f"{top}/{_PINT.get(low, low)}" if low else "percent" for top, _, low in parts]
    quantity = registry.Quantity(Decimal(1), spelled[0])
    return Decimal(quantity.to(spelled[1]).magnitude) if quantity.is_compatible_with(spelled[1]) else None


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Return a content in another unit, exactly.

    Raises:
        Invalid: a unit is unknown, or the two measure different things, as mg/kg and mg/L do.
    """
    source, target = tidy(unit), tidy(to)
    if source == target:
        return value
    factor = _factor(source, target)
    if factor is None:
        raise Invalid("unit.different", unit=unit, other=to)
    found: Decimal = value * factor
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()
