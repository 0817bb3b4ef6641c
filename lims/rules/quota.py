"""How many samples a township owes: arithmetic over people and counted samples, nothing stored."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

PER_THOUSAND = Decimal(5)
"""Samples per 1,000 people a year (连政综〔2018〕72号); a laboratory may set another figure."""


@dataclass(frozen=True, slots=True)
class Line:
    """One township's standing.

    Attributes:
        people: as entered, or None when nobody did: then there is no basis and no target.
        target: samples owed for the year, rounded up, or None.
        laboratory: laboratory samples done.
        rapid: rapid tests done.
        counted: those of both kinds that count by the laboratory's setting.
        due: samples owed by today on an even pace, or None.
        missing: what is still owed for the year, or None.
    """

    people: int | None
    target: int | None
    laboratory: int
    rapid: int
    counted: int
    due: int | None
    missing: int | None

    @property
    def basis(self) -> bool:
        """Whether a population stands behind the figures."""
        return self.people is not None


def target(people: int, per_thousand: Decimal = PER_THOUSAND) -> int:
    """Return the year's samples for `people`, rounded up: 561,490 people owe 2,808."""
    return int((per_thousand * people / 1000).to_integral_value(ROUND_CEILING))


def elapsed(year: int, today: date) -> Decimal:
    """Return the share of `year` that has passed by the end of `today`, from 0 to 1."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (min(max(today, first), last) - first).days + 1 if today >= first else 0
    return Decimal(days) / Decimal((last - first).days + 1)


def line(
    people: int | None,
    laboratory: int,
    rapid: int,
    *,
    counts: frozenset[str],
    share: Decimal,
    per_thousand: Decimal = PER_THOUSAND,
) -> Line:
    """Work out one township's line.

    Args:
        people: population of the year, or None.
        laboratory: laboratory samples done.
        rapid: rapid tests done.
        counts: which of `laboratory` and `rapid` count.
        share: of the year that has passed.
        per_thousand: samples per 1,000 people a year.
    """
    counted = (laboratory if "laboratory" in counts else 0) + (rapid if "rapid" in counts else 0)
    if people is None:
        return Line(None, None, laboratory, rapid, counted, None, None)
    owed = target(people, per_thousand)
    due = int((owed * share).to_integral_value(ROUND_CEILING))
    return Line(people, owed, laboratory, rapid, counted, due, max(0, owed - counted))
