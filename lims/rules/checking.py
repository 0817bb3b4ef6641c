"""Checks beside routine: recovery of a spike, difference of parallels, agreement of blind samples and laboratories."""

from dataclasses import dataclass
from decimal import Decimal

from lims.errors import Invalid, Problem
from lims.rules import regulation
from lims.rules.figures import number


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to: its figure (a share) where there is one, whether it passed, and why not as a code."""

    figure: Decimal | None
    passed: bool
    why: str = ""


def outcome(kind: str, expected: str, found: str, native: str = "") -> Outcome:
    """Judge a check by the rule of its kind.

    Args:
        kind: a code of the vocabulary `check_kind`.
        expected: the content added, the first result, or the screening word that should come.
        found: the content found, the second result, or the word that came.
        native: for a spike, what the sample holds without it.

    Raises:
        Invalid: figures where words stand, words where figures are needed, or nothing was added.
    """
    words = regulation.codes("word")
    if expected in words and found in words and kind != "spike":
        return Outcome(None, expected == found, "" if expected == found else "words_differ")
    first, second = _needed(expected, "expected"), _needed(found, "found")
    if kind == "spike":
        return recovery(first, second, number(native) or Decimal(0))
    return difference(first, second)


def _needed(text: str, where: str) -> Decimal:
    value = number(text)
    if value is None:
        raise Invalid("form.problems", [Problem("quality.figure", where, {"value": text[:40]})], count=1)
    return value


def recovery(added: Decimal, found: Decimal, native: Decimal) -> Outcome:
    """Judge a spike: (found - native) / added must lie within the limits.

    Raises:
        Invalid: nothing was added.
    """
    if added <= 0:
        raise Invalid("form.problems", [Problem("quality.nothing_added", "expected")], count=1)
    rule = regulation.table("quality")["spike"]
    share = ((found - native) / added).quantize(Decimal("0.001"))
    if share < Decimal(rule["recovery_low"]):
        return Outcome(share, False, "recovery_low")
    high = share > Decimal(rule["recovery_high"])
    return Outcome(share, not high, "recovery_high" if high else "")


def difference(first: Decimal, second: Decimal) -> Outcome:
    """Judge two results of one sample: their difference over their mean must not exceed the limit."""
    mean = (abs(first) + abs(second)) / 2
    share = (abs(first - second) / mean).quantize(Decimal("0.001")) if mean else Decimal(0)
    most = Decimal(regulation.table("quality")["parallel"]["relative_most"])
    return Outcome(share, share <= most, "" if share <= most else "differ")
