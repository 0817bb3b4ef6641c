"""What was handed over is written no more where it came from: no act of a van may touch a bag that is not its own."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lims.errors import RuleBroken
from lims.records.peers import Member
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
        if kept := _kept_elsewhere(unit, [str(number) for number in numbers]):
            raise RuleBroken("sample.returned", number=kept)


def _kept_elsewhere(unit: Unit, numbers: Sequence[str]) -> str | None:
    """Return a sample that stands here as ours although its van, by its own log, has it back.

    So it is after this site was restored from a backup that is older than its word.
    """
    foreign = {number[:4] for number in numbers} - {unit.place.station}
    if not foreign:
        return None
    ours = aliased(Sample)
    query = (
        select(Sample.id)
        .join(Member, (Member.of == Sample.site) & (Member.site == unit.site) & Member.id.in_(foreign))
        .join(ours, (ours.site == unit.site) & (ours.id == Sample.id))
        .where(Sample.id.in_(numbers), Sample.state != "handed")
    )
    return unit.one(query)
