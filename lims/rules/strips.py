"""What the two lines of a strip mean: by the kit's bands or by their difference, and only within its reading window.

Competitive kits (small molecules): the fainter T, the more is there. Sandwich kits (microbes, proteins): the other way
round. Without a C line a strip says nothing, whatever T is.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from lims.rules.methods import Method

FORMATS = frozenset({"competitive", "sandwich"})
_OTHER = {"positive": "negative", "negative": "positive"}


@dataclass(frozen=True, slots=True)
class Lines:
    """Heights of both lines and their ratio T/C; None where there is none."""

    control: Decimal | None
    test: Decimal | None
    ratio: Decimal | None


Meaning = tuple[str, Decimal | None, str]
"""Word, the figure that was judged, and why as a code."""


def meaning(method: Method, lines: Lines) -> Meaning:
    """Say what a strip means by its method's figures; `invalid` with the reason where it means nothing."""
    least = method.control_line_least
    if lines.control is None or (least is not None and lines.control < least):
        return "invalid", lines.ratio, "no_control_line"
    if method.difference_above is not None:
        return _by_difference(method, method.difference_above, lines)
    positive, negative = _bands(method)
    if lines.ratio is None or positive is None or negative is None:
        return "invalid", None, "no_value"
    sandwich = method.format == "sandwich"
    if (lines.ratio >= positive) if sandwich else (lines.ratio < positive):
        return "positive", lines.ratio, "band_positive"
    if (lines.ratio < negative) if sandwich else (lines.ratio >= negative):
        return "negative", lines.ratio, "band_negative"
    return "suspect", lines.ratio, "band_suspect"


def _bands(method: Method) -> tuple[Decimal | None, Decimal | None]:
    """The edge of the positive band and that of the negative one."""
    if method.format == "sandwich":
        return method.positive_from, method.negative_below
    return method.positive_below, method.negative_from


def _by_difference(method: Method, above: Decimal, lines: Lines) -> Meaning:
    """Judge |C - T|: above the kit's figure it means `difference_word`, else the opposite."""
    if lines.control is None or lines.test is None or method.difference_word not in _OTHER:
        return "invalid", None, "no_value"
    difference = abs(lines.control - lines.test)
    if difference > above:
        return method.difference_word, difference, "difference_above"
    return _OTHER[method.difference_word], difference, "difference_within"


def window(method: Method, age: timedelta | None) -> str:
    """Say why a strip was not read in its time, `read_early` or `read_late`, or nothing.

    Args:
        method: states the window in minutes after the sample was put on, where its kit has one.
        age: from the start of the run to the reading; None where it is not known.
    """
    if age is None or method.format not in FORMATS:
        return ""
    if method.read_from is not None and age < timedelta(minutes=float(method.read_from)):
        return "read_early"
    if method.read_until is not None and age > timedelta(minutes=float(method.read_until)):
        return "read_late"
    return ""
