"""Quantities with a unit, exact: what can be added and compared, and what was written on a form."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lims.errors import Invalid
from lims.rules import regulation

_TO_LEAST = {
    "mg": ("mg", Decimal(1)),
    "g": ("mg", Decimal(1000)),
    "kg": ("mg", Decimal(1_000_000)),
    "mL": ("mL", Decimal(1)),
    "L": ("mL", Decimal(1000)),
}
"""Unit to the least unit it can be counted in, and how many of those it is; every other unit counts itself."""

_SPELLED = {
    "克": "g",
    "千克": "kg",
    "公斤": "kg",
    "毫克": "mg",
    "毫升": "mL",
    "ml": "mL",
    "升": "L",
    "l": "L",
    "KG": "kg",
    "Kg": "kg",
}
_WRITTEN = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(\S{1,10})\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity as somebody said it; `unit` is a code of the vocabulary `unit`."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"

    @property
    def least(self) -> tuple[str, Decimal]:
        """The least unit this can be counted in, and how many of them."""
        unit, factor = _TO_LEAST.get(self.unit, (self.unit, Decimal(1)))
        return unit, self.value * factor


def checked(amount: Amount) -> Amount:
    """Return an amount that may be kept.

    Raises:
        Invalid: not above zero, not a finite number of at most 18 digits, or a unit outside its vocabulary.
    """
    value = amount.value
    if not value.is_finite() or value <= 0 or len(value.as_tuple().digits) > 18 or value >= 10**12:
        raise Invalid("amount.value", value=str(value))
    if amount.unit not in regulation.codes("unit"):
        raise Invalid("amount.unit", unit=amount.unit)
    return amount


def written(text: str) -> Amount | None:
    """Return what a form's text such as `2 kg` or `500克` says, or None where it cannot be told for certain."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    unit = next((term.code for term in regulation.vocabulary("unit") if found[2] in (term.code, term.zh)), "")
    unit = unit or _SPELLED.get(found[2], "")
    try:
        return checked(Amount(Decimal(found[1]), unit))
    except (Invalid, InvalidOperation):
        return None


def fits(whole: Amount, parts: Iterable[Amount]) -> bool | None:
    """Tell whether `parts` together are at most `whole`; None where their units cannot be compared."""
    unit, most = whole.least
    counted = [part.least for part in parts]
    if any(other != unit for other, _ in counted):
        return None
    return sum((value for _, value in counted), Decimal(0)) <= most
