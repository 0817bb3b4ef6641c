"""A year's samples spread over units, groups, stages and months so that every sum is kept exactly."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any, TypeVar

from lims.errors import Invalid, Problem
from lims.rules import regulation, texts
from lims.rules.quota import target

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Group:
    """A product group's share of a year: weight, the department that organises it, weights of its stages."""

    code: str
    weight: int
    department: str
    stages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shares:
    """How a year is spread, with the source of the weights and whether they were checked."""

    groups: tuple[Group, ...]
    months: tuple[int, ...]
    source: str
    verified: bool


def shipped() -> str:
    """Return the text of the shares that ship with the program."""
    return resources.files("lims.rules").joinpath("data", "plan.toml").read_text("utf-8")


def shares(text: str = "") -> Shares:
    """Return the shares of a text, of the shipped one without it.

    Raises:
        Invalid: the text is no TOML, lacks a source, a month or a group, or has a word or weight that cannot be.
    """
    found = texts.parsed(text or shipped())
    problems = list(_faults(found))
    if problems:
        raise Invalid("edition.problems", problems, count=len(problems))
    groups = tuple(
        Group(row["code"], row["weight"], row["department"], row["stages"]) for row in found["group"]
    )
    return Shares(groups, tuple(found["months"]["weights"]), found["source"], found["verified"])


def _faults(found: Mapping[str, Any]) -> Iterator[Problem]:
    if not str(found.get("source", "")).strip() or type(found.get("verified")) is not bool:
        yield Problem("clocks.source", "source")
    months = found.get("months", {})
    if not _weights(months.get("weights"), 12):
        yield Problem("shares.months", "months")
    rows = found.get("group", [])
    codes = [row.get("code") for row in rows]
    for code in sorted(regulation.codes("product_group") ^ set(codes)) or [""] * (
        len(codes) != len(set(codes))
    ):
        yield Problem("shares.groups", "group", {"code": code})
    for row in rows:
        yield from _of_group(str(row.get("code")), row)
    if not any(row.get("weight") for row in rows):
        yield Problem("shares.nothing", "group")


def _of_group(where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    stages = row.get("stages", {})
    known = stages.keys() <= regulation.codes("stage") and row.get("department") in regulation.codes(
        "department"
    )
    if not known:
        yield Problem("shares.words", where)
    if not _weights([row.get("weight")], 1, least=0) or not _weights([*stages.values()], len(stages)):
        yield Problem("shares.weights", where)


def _weights(found: object, count: int, least: int = 1) -> bool:
    """Tell whether these are so many whole numbers from 0 to 1000, with a sum that is not nothing."""
    if not isinstance(found, list) or len(found) != count or any(type(one) is not int for one in found):
        return False
    return all(0 <= one <= 1000 for one in found) and sum(found) >= least


def reweighted(text: str, weights: Mapping[str, int], months: Sequence[int], source: str) -> str:
    """Return a text with other weights of groups and months, from a source that somebody read."""
    found = texts.parsed(text or shipped())
    for row in found["group"]:
        row["weight"] = weights[row["code"]]
    return texts.written({**found, "source": source, "verified": True, "months": {"weights": [*months]}})


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of the plan asks for."""

    unit: str
    department: str
    product_group: str
    stage: str
    month: int
    samples: int


def apportion(total: int, weights: Mapping[K, int]) -> dict[K, int]:
    """Share a total out by weights, exactly: the largest remainders get what is left, the earlier key first.

    Raises:
        ValueError: the total is negative, or no weight is above zero while something is to be shared.
    """
    sum_ = sum(weights.values())
    if total < 0 or (total and sum_ <= 0):
        raise ValueError(f"cannot share {total} by weights that sum to {sum_}")
    if not total:
        return dict.fromkeys(weights, 0)
    exact = {key: Fraction(total * weight, sum_) for key, weight in weights.items()}
    found = {key: int(share) for key, share in exact.items()}
    by_rest = sorted(
        exact, key=lambda key: found[key] - exact[key]
    )  # the largest remainder first, ties in order
    for key in by_rest[: total - sum(found.values())]:
        found[key] += 1
    return found


def spread(people: Mapping[str, int], per_thousand: Decimal, plan: Shares) -> Iterator[Cell]:
    """Yield the cells of a year, those that ask for something.

    Each unit owes its own people's share rounded up; within it every level is shared out exactly.

    Args:
        people: unit to people.
        per_thousand: samples per 1,000 people.
        plan: the shares.

    Raises:
        Invalid: a unit without people.
    """
    empty = [Problem("plan.people", unit) for unit, count in people.items() if count <= 0]
    if empty:
        raise Invalid("plan.problems", empty, count=len(empty))
    for unit, count in people.items():
        yield from _unit(unit, target(count, per_thousand), plan)


def _unit(unit: str, owed: int, plan: Shares) -> Iterator[Cell]:
    weights = {
        (place, stage): group.weight * share
        for place, group in enumerate(plan.groups)
        for stage, share in group.stages.items()
    }
    placed = _months(apportion(owed, weights), dict(enumerate(plan.months, 1)))
    for (place, stage), months in placed.items():
        group = plan.groups[place]
        for month, samples in months.items():
            if samples:
                yield Cell(unit, group.department, group.code, stage, month, samples)


def _months(
    asked: Mapping[tuple[int, str], int], months: Mapping[int, int]
) -> dict[tuple[int, str], dict[int, int]]:
    """Place every cell's samples in months along one line of the year, so that the unit's months are shared out too."""
    total = sum(asked.values())
    line = [month for month, count in apportion(total, months).items() for _ in range(count)]
    found = {key: dict.fromkeys(months, 0) for key in asked}
    # one sample of each cell after the other, evenly through the year: the k-th of n stands at (k + 1/2) / n
    places = sorted(
        (Fraction(2 * k + 1, 2 * count), key) for key, count in asked.items() for k in range(count)
    )
    for (_, key), month in zip(places, line, strict=True):
        found[key][month] += 1
    return found
