"""What was handed over is written no more where it came from: no act of a van may touch a bag that is not its own."""

from sqlalchemy import select

from lims.errors import RuleBroken
from lims.records.portions import Portion
from lims.records.samples import Sample
from lims.storage.unit import Unit

_SAYS = frozenset({"verdict", "review", "hold", "positive_case", "label_print", "upload"})
"""Tables that say something of what was found before; what a van found stays the van's to answer for."""
_ANSWERS = frozenset({"given_back", "receipt"})
"""Tables of the acts that themselves say who writes from now on."""


def check(unit: Unit) -> None:
    """Make sure that an act writes about no sample that this site handed over, or gave back, before.

    Raises:
        RuleBroken: it does.
    """
    numbers: set[object] = set()
    portions: set[object] = set()
    for change in unit.changes:
        if change.table in _SAYS:
            continue
        numbers.add(change.row["id"] if change.table == "sample" else change.row.get("sample"))
        numbers.add(change.row.get("subject_id"))
        portions.add(change.row.get("portion"))
    numbers -= {None, "", *(change.row.get("sample") for change in unit.changes if change.table in _ANSWERS)}
    portions -= {None, ""}
    if portions:
        of = select(Portion.sample).where(Portion.site == unit.site, Portion.id.in_(portions))
        numbers.update(unit.all(of))
    if numbers:
        query = select(Sample).where(Sample.site == unit.site, Sample.id.in_(numbers))
        for state in ("handed", "returned"):
            if row := unit.one(query.where(Sample.state == state)):
                raise RuleBroken(f"sample.{state}", number=row.id)
