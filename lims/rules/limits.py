"""Which limit judges a food on a day: the nearest class, the edition in force, our own before the shipped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations

from lims.rules import foods, regulation, units

KINDS = ("mrl", "ban", "none")
"""A figure that may be reached, a ban, or a known absence of a limit."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        id: stands on every verdict that it judged.
        analyte: code of the analyte.
        food: code of the class of foods it is set for.
        excepted: codes of classes below it that it is not for.
        kind: `mrl`, `ban` or `none`.
        value: the greatest allowed content; None for a ban and where there is none.
        unit: of `value` and of `detection`.
        detection: for a ban, the content that a method must be able to find; None where nobody said.
        standard: the document.
        clause: where in it, or what goes with the figure.
        source: where this row was read.
        effective_from: first day it judges.
        effective_to: last day, or None.
        verified: whether the figure was checked at its source.
        days_verified: whether the days in force were.
        own: published by the laboratory, not shipped.
        confirmed: the person and day of a confirmation, empty without one.
    """

    id: str
    analyte: str
    food: str
    excepted: tuple[str, ...]
    kind: str
    value: Decimal | None
    unit: str
    detection: Decimal | None
    standard: str
    clause: str
    source: str
    effective_from: date
    effective_to: date | None
    verified: bool
    days_verified: bool = True
    own: bool = False
    confirmed: str = ""

    def in_force(self, on: date) -> bool:
        """Tell whether it judges on a day; its first and its last day count."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def covers(self, food: str) -> bool:
        """Tell whether a food lies in its class and under none of its exceptions."""
        return foods.within(food, (self.food,)) and not foods.within(food, self.excepted)

    def value_in(self, unit: str) -> Decimal | None:
        """Return the figure in another unit, None without one.

        Raises:
            Invalid: the units measure different things.
        """
        return None if self.value is None else units.convert(self.value, self.unit, unit)


@cache
def shipped() -> Mapping[str, Sequence[Limit]]:
    """Return the limits as shipped, by analyte."""
    found: dict[str, list[Limit]] = defaultdict(list)
    for standard in regulation.table("limits")["standard"]:
        for row in standard["rows"]:
            for food in row[1]:
                found[row[0]].append(_shipped(standard, row, food))
    return found


def _shipped(standard: Mapping[str, object], row: Sequence[object], food: str) -> Limit:
    analyte, _, excepted, kind, value, unit, clause, verified = row
    assert isinstance(excepted, list)  # noqa: S101 - our own file
    start, end = standard["effective_from"], standard.get("effective_to")
    assert isinstance(start, date)  # noqa: S101 - the same
    assert end is None or isinstance(end, date)  # noqa: S101 - the same
    return Limit(
        id=f"{standard['id']}/{analyte}/{food}",
        analyte=str(analyte),
        food=food,
        excepted=tuple(excepted),
        kind=str(kind),
        value=Decimal(str(value)) if value else None,
        unit=str(unit),
        detection=None,
        standard=str(standard["number"]),
        clause=str(clause),
        source=str(standard["source"]),
        effective_from=start,
        effective_to=end,
        verified=bool(verified),
        days_verified=bool(standard["days_verified"]),
    )


def applying(known: Iterable[Limit], food: str, on: date) -> Limit | None:
    """Return the limit that judges a food on a day, or None where none is known.

    The narrowest class wins; of one class the laboratory's own wins over the shipped, then the later one.

    Args:
        known: limits of one analyte.
        food: code of the food.
        on: the day of sampling or production.
    """
    nearness = {code: at for at, code in enumerate(foods.ancestry(food))}
    fitting = [one for one in known if one.in_force(on) and one.covers(food)]
    return min(
        fitting,
        key=lambda one: (nearness[one.food], not one.own, -one.effective_from.toordinal(), one.id),
        default=None,
    )


def overlaps(known: Sequence[Limit]) -> list[tuple[Limit, Limit]]:
    """Return every two limits that judge one analyte in one class on one day: which one holds could not be told."""
    by_place: dict[tuple[str, str, bool], list[Limit]] = defaultdict(list)
    for one in known:
        by_place[one.analyte, one.food, one.own].append(one)
    return [
        (first, second)
        for group in by_place.values()
        for first, second in combinations(sorted(group, key=lambda one: one.effective_from), 2)
        if second.in_force(max(first.effective_from, second.effective_from))
        and first.in_force(second.effective_from)
    ]


def confirmed(limit: Limit, by: str, on: date, source: str) -> Limit:
    """Return a limit that a person checked at its source, with his name and the day."""
    return replace(
        limit,
        verified=True,
        days_verified=True,
        confirmed=f"{by} {on.isoformat()}",
        source=source or limit.source,
    )
