"""What came in: today's receipts, and whether a scanned sample came in before."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, select

from lims import clock
from lims.door import question
from lims.queries import custody, samples, sites
from lims.queries.custody import Passing
from lims.queries.people import Names, names
from lims.queries.samples import Row
from lims.records.samples import Receipt, Sample
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Received:
    """One receipt with the sample it is about; `by` is a name, `reason` empty where none was needed."""

    id: str
    number: str
    food: str
    business: str
    accepted: bool
    condition: str
    seal_state: str
    seal: str
    temperature: str
    quantity: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """A scanned sample and, when it came in before, how; both None when no sample has the number.

    `handover` is how a van gave it to us, where it did and the bag was not received yet; `van` is the name of the
    site that drew it, where that is one that we founded.
    """

    sample: Row | None
    receipt: Received | None
    handover: Passing | None = None
    van: str = ""


def _received(known: Names, receipt: Receipt, sample: Sample) -> Received:
    return Received(
        receipt.id,
        sample.id,
        sample.food,
        sample.business_name,
        receipt.accepted,
        receipt.condition,
        receipt.seal_state,
        receipt.seal,
        receipt.temperature,
        receipt.quantity,
        receipt.reason,
        known(receipt.by),
        receipt.at,
    )


def _receipts(view: View) -> Select[Receipt, Sample]:
    return (
        select(Receipt, Sample)
        .join(Sample, (Sample.site == Receipt.site) & (Sample.id == Receipt.sample))
        .where(Receipt.site == view.site)
        .order_by(Receipt.id.desc())
    )


@question()
def today(view: View) -> list[Received]:
    """Return every receipt of this day by the laboratory's clock, the newest first."""
    start = clock.local(view.now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = names(view)
    return [_received(known, *pair) for pair in view.rows(_receipts(view).where(Receipt.at >= start))]


@question()
def arrival(view: View, number: str) -> Arrival:
    """Return what is known of a sample that was just scanned; one that a van handed over can be received here.

    Raises:
        RuleBroken: a site that this one founded keeps it and has not handed it over, or it was given back.
    """
    there = sites.holding(view, number)
    if there.site != view.site and (row := there.get(Sample, number)).state == "handed":
        sites.expected(view, row)
        passed = custody.handovers(there, number)
        found = replace(samples.row(row), van=sites.vans(view)[there.site])
        return Arrival(found, None, passed[-1] if passed else None, found.van)
    sample = samples.by_number(view, number)
    if sample is None:
        return Arrival(None, None)
    before = view.rows(_receipts(view).where(Receipt.sample == number).limit(1))
    receipt = _received(names(view), *before[0]) if before else None
    drawn_by = sites.drawn_by(view, number)
    return Arrival(sample, receipt, None, sites.vans(view)[drawn_by.site] if drawn_by is not None else "")
