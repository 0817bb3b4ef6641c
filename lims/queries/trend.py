"""How the rate of positives went month by month, read from counts that are kept beside the verdicts."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from lims.door import question
from lims.errors import Invalid
from lims.queries.sites import answered_for
from lims.records.tally import VerdictTally
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Month:
    """One month (`2026-05`): verdicts that count, invalid ones, positive or suspect ones."""

    month: str
    verdicts: int
    invalid: int
    positives: int

    @property
    def rate(self) -> Decimal | None:
        """Positives among what is valid, or None where nothing is."""
        valid = self.verdicts - self.invalid
        return (Decimal(self.positives) / valid).quantize(Decimal("0.0001")) if valid else None


@question()
def monthly(view: View, first: int, last: int, *, item: str = "") -> list[Month]:
    """Return the months of some years in which anything was tested, of one item or of all.

    Raises:
        Invalid: the years are turned round.
    """
    if last < first:
        raise Invalid("statistics.days", first=str(first), last=str(last))
    query = (
        select(VerdictTally.month, VerdictTally.word, func.sum(VerdictTally.verdicts))
        .where(
            VerdictTally.site.in_(answered_for(view)),
            VerdictTally.month >= f"{first:04d}-01",
            VerdictTally.month <= f"{last:04d}-12",
        )
        .group_by(VerdictTally.month, VerdictTally.word)
    )
    if item:
        query = query.where(VerdictTally.item == item)
    counts: dict[str, Counter[str]] = {}
    for month, word, count in view.columns(query):
        counts.setdefault(month, Counter())[word] += int(count)
    return [
        Month(month, sum(found.values()), found["invalid"], found["positive"] + found["suspect"])
        for month, found in sorted(counts.items())
        if sum(found.values())
    ]
