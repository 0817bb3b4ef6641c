"""Is a lot fit for use: the evaluation common to the KJ methods, over blanks and spikes of known content."""

from dataclasses import dataclass
from decimal import Decimal

from lims.errors import Invalid
from lims.rules import regulation


@dataclass(frozen=True, slots=True)
class Table:
    """How often reference and kit agreed.

    Attributes:
        true_positive: content present, kit positive (N11).
        false_negative: content present, kit negative (N12).
        false_positive: content absent, kit positive (N21).
        true_negative: content absent, kit negative (N22).
    """

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What the table comes to, and every limit that it misses, as codes; shares are between 0 and 1."""

    sensitivity: Decimal
    specificity: Decimal
    false_negative_rate: Decimal
    false_positive_rate: Decimal
    accuracy: Decimal
    chi_square: Decimal
    missed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no limit is missed."""
        return not self.missed


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.0001"))


def evaluate(table: Table) -> Figures:
    """Work out an acceptance test.

    Sensitivity N11/(N11+N12), specificity N22/(N21+N22), false rates their complements, accuracy (N11+N22)/N, and
    McNemar's (|N12-N21|-1)^2/(N12+N21), which is 0 where both are 0.

    Raises:
        Invalid: a number below zero, or no blank or no spike at all.
    """
    n11, n12, n21, n22 = table.true_positive, table.false_negative, table.false_positive, table.true_negative
    if min(n11, n12, n21, n22) < 0 or not n11 + n12 or not n21 + n22:
        raise Invalid("acceptance.counts")
    differ = n12 + n21
    chi = Decimal((abs(n12 - n21) - 1) ** 2) / differ if differ else Decimal(0)
    figures = {
        "sensitivity": _share(n11, n11 + n12),
        "specificity": _share(n22, n21 + n22),
        "false_negative": _share(n12, n11 + n12),
        "false_positive": _share(n21, n21 + n22),
        "chi_square": chi.quantize(Decimal("0.001")),
    }
    return Figures(
        figures["sensitivity"],
        figures["specificity"],
        figures["false_negative"],
        figures["false_positive"],
        _share(n11 + n22, n11 + n12 + n21 + n22),
        figures["chi_square"],
        tuple(name for name, found in figures.items() if _misses(name, found)),
    )


def _misses(name: str, found: Decimal) -> bool:
    rule = regulation.table("quality")["acceptance"]
    least, most = rule.get(f"{name}_least"), rule.get(f"{name}_most")
    return (least is not None and found < Decimal(least)) or (most is not None and found > Decimal(most))
