"""What importing a table of limits would do: rows beside what is in force, and rows set aside."""

from collections.abc import Sequence
from dataclasses import dataclass

from lims.door import question
from lims.errors import Problem
from lims.queries import limits
from lims.rules import limitfile, sheet
from lims.rules.limitfile import Aside, Difference
from lims.rules.limits import Limit, overlaps
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Examined:
    """What importing a table would do, before anything is done.

    Attributes:
        file: its name.
        differences: each row that may be proposed, beside what is in force.
        aside: each row that may not, with every reason.
        edition: id of the edition that was proposed; empty after a dry run.
    """

    file: str
    differences: tuple[Difference, ...]
    aside: tuple[Aside, ...]
    edition: str = ""


@question()
def examine(view: View, name: str, data: bytes) -> Examined:
    """Read a table of limits and compare it with the limits in force; nothing is changed.

    Raises:
        Invalid: the file cannot be read, a column is missing, or it has no column for the food.
    """
    found = limitfile.read(sheet.read(name, data), limits.food_names(view))
    known = limits.known(view)
    clashing = clashes(
        [limit for _, limit in found.limits], [one for group in known.values() for one in group]
    )
    cells = {limit.id: number for number, limit in found.limits}
    aside = [
        Aside(cells[own.id], {}, (Problem("limit.overlaps_published", "", {"other": other.standard}),))
        for own, other in clashing
    ]
    barred = {own.id for own, _ in clashing}
    kept = [(number, limit) for number, limit in found.limits if limit.id not in barred]
    return Examined(name, tuple(limitfile.differences(kept, known)), (*found.aside, *aside))


def clashes(new: Sequence[Limit], known: Sequence[Limit]) -> list[tuple[Limit, Limit]]:
    """Return each new limit that overlaps with a published one, and that one."""
    published = [one for one in known if one.own]
    fresh = {one.id for one in new}
    return [
        (first, second) if first.id in fresh else (second, first)
        for first, second in overlaps([*new, *published])
        if (first.id in fresh) != (second.id in fresh)
    ]
