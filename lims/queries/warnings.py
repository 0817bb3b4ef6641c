"""Early warning over the laboratory's own verdicts: where first positives came more often lately than elsewhere."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import tested
from lims.records.samples import Sample
from lims.rules import warning
from lims.rules.warning import Alarm, Seen
from lims.storage.unit import View

DIMENSIONS = ("item", "food", "business", "township", "supplier")
COMPARED_DAYS = 365


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found, over which days, and how often a look at nothing would raise any alarm."""

    first: date
    last: date
    items: int
    positives: int
    false_alarms: float
    alarms: tuple[Alarm, ...]


@question()
def look(view: View, *, days: int = COMPARED_DAYS) -> Look:
    """Look for clusters of first positives among the items of the last days."""
    last = clock.local(view.now).date()
    first = last - timedelta(days=days - 1)
    suppliers = _suppliers(view, first)
    seen = [
        Seen(
            one.drawn_on,
            one.word in tested.POSITIVE,
            {
                "item": one.item,
                "food": one.food,
                "business": one.business_name,
                "township": one.township,
                "supplier": suppliers.get(one.sample, ""),
            },
        )
        for one in tested.items(view, first, last)
        if one.word != "invalid"
    ]
    found = warning.alarms(seen, last, DIMENSIONS)
    return Look(first, last, len(seen), sum(one.positive for one in seen), warning.FALSE_ALARMS, tuple(found))


def _suppliers(view: View, first: date) -> dict[str, str]:
    """Return who produced or supplied what was sampled, where the form says so."""
    query = select(Sample.id, Sample.form).where(Sample.site == view.site, Sample.drawn_on >= first)
    said = {number: str(form.get("producer_name", "/")) for number, form in view.rows(query)}
    return {number: name for number, name in said.items() if name != "/"}
