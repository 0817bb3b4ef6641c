"""The multi-rule of Westgard: which rules a series of controls breaks, point by point.

Source: Westgard JO, Barry PL, Hunt MR, Groth T. Clin Chem 1981;27:493-501.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from lims.rules import regulation

Scores = Sequence[Decimal]
"""Distances from the mean in standard deviations, the earliest first."""


def _same_side(scores: Scores, count: int, beyond: int) -> bool:
    last = scores[-count:]
    if len(last) < count:
        return False
    return all(one > beyond for one in last) or all(one < -beyond for one in last)


RULES: dict[str, Callable[[Scores], bool]] = {
    "1_2s": lambda scores: abs(scores[-1]) > 2,
    "1_3s": lambda scores: abs(scores[-1]) > 3,
    "2_2s": lambda scores: _same_side(scores, 2, 2),
    "r_4s": lambda scores: len(scores) > 1 and min(scores[-2:]) < -2 and max(scores[-2:]) > 2,
    "4_1s": lambda scores: _same_side(scores, 4, 1),
    "10_x": lambda scores: _same_side(scores, 10, 0),
}
"""Each rule, told of the series up to and with the point that it judges."""


def score(value: Decimal, mean: Decimal, sd: Decimal) -> Decimal:
    """Return how many standard deviations a value lies from the mean, to the hundredth."""
    return ((value - mean) / sd).quantize(Decimal("0.01"))


def broken(scores: Scores) -> tuple[str, ...]:
    """Return the rules that the last point breaks, in the order of the table; none without a point."""
    return tuple(name for name, rule in RULES.items() if rule(scores)) if scores else ()


def rejecting(rules: Sequence[str]) -> tuple[str, ...]:
    """Return those of the rules that put a run out of hand; the others only warn."""
    reject = regulation.table("quality")["westgard"]["reject"]
    return tuple(rule for rule in rules if rule in reject)
