"""What was tested, one row an item of a sample: the first verdict that counts, with all it can be counted by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from lims.queries.figures import UNCOUNTED
from lims.queries.sites import answered_for
from lims.records.results import Result, Verdict
from lims.records.runs import Run
from lims.records.samples import Sample
from lims.storage.unit import View

POSITIVE = frozenset({"positive", "suspect"})
"""Words of a first verdict that open a case."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of one sample (项次); `word` is that of the first verdict, for a first positive stays visible."""

    sample: str
    drawn_on: date
    township: str
    group: str
    stage: str
    food: str
    business: str
    business_name: str
    kind: str
    source: str
    place: str
    station: str
    item: str
    method: str
    operator: str
    lot: str
    word: str

    @property
    def month(self) -> str:
        """Month of the year, two digits."""
        return f"{self.drawn_on:%m}"

    @property
    def quarter(self) -> str:
        """Quarter of the year, `1` to `4`."""
        return str((self.drawn_on.month + 2) // 3)


DIMENSIONS = (
    "township", "group", "stage", "food", "business", "kind", "source", "place", "station", "item", "method",
    "operator", "lot", "month", "quarter",
)  # fmt: skip
"""What items can be counted by."""


def items(view: View, first: date, last: date, business: str = "") -> Iterator[Item]:
    """Yield every item of valid samples drawn between two days, both included, by sample and item.

    Verdicts that a reviewer rejected do not count; of the rest of one sample and item the first stands, but for
    an invalid one that a later verdict replaced.
    """
    query = (
        select(Verdict, Sample, Run.lot)
        .join(Sample, (Sample.site == Verdict.site) & (Sample.id == Verdict.sample))
        .join(Result, (Result.site == Verdict.site) & (Result.id == Verdict.result))
        .join(Run, (Run.site == Result.site) & (Run.id == Result.run))
        .where(
            Verdict.site.in_(answered_for(view)),
            Verdict.state != "rejected",
            Sample.state.not_in(UNCOUNTED),
            Sample.drawn_on >= first,
            Sample.drawn_on <= last,
        )
        .order_by(Sample.id, Verdict.item, Verdict.at, Verdict.id)
    )
    if business:
        query = query.where(Sample.business == business)
    kept: Item | None = None
    for verdict, sample, lot in view.rows(query):
        found = _item(verdict, sample, lot)
        if kept is not None and (kept.sample, kept.item) == (found.sample, found.item):
            kept = found if kept.word == "invalid" else kept
            continue
        if kept is not None:
            yield kept
        kept = found
    if kept is not None:
        yield kept


def _item(verdict: Verdict, sample: Sample, lot: str) -> Item:
    form = sample.form
    return Item(
        sample.id, sample.drawn_on, sample.township, sample.product_group, sample.stage, sample.food,
        sample.business or "", sample.business_name, sample.kind, form.get("task_source", "/"),
        form.get("place_kind", "/"), sample.id[:4], verdict.item, verdict.method, verdict.tester, lot, verdict.word,
    )  # fmt: skip
