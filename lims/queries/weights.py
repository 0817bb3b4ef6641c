"""Weights that balances have handed over and that no portion was taken from yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from lims.door import question
from lims.queries import equipment
from lims.records.equipment import Instrument
from lims.records.readings import Reading, Stray
from lims.records.weighings import Weighing
from lims.storage.unit import View

HANDS = frozenset({"sampler", "technician", "manager"})
FRESH = timedelta(hours=1)
"""How long a weight may wait for its portion; an older one says nothing of what lies on the pan."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One stable weight, in the unit that the balance said; `verified` where two answers of it were the same."""

    reading: str
    balance: str
    value: Decimal
    unit: str
    at: datetime
    verified: bool


@question(needs="sampler technician manager")
def balances(view: View) -> Sequence[str]:
    """Return the ids of the balances in use."""
    kinds = {one.id for one in equipment.kinds() if one.measures == ("weight",)}
    query = select(Instrument).where(Instrument.site == view.site, Instrument.active).order_by(Instrument.id)
    return [row.id for row in view.all(query) if row.profile in kinds]


@question(needs="sampler technician manager")
def recent(view: View) -> Sequence[Weight]:
    """Return the weights of the last hour that are still to be used, the newest first."""
    used = select(Weighing.reading).where(Weighing.site == view.site)
    waiting = select(Stray.id).where(Stray.site == view.site, Stray.settled == "")
    query = (
        select(Reading)
        .where(
            Reading.site == view.site,
            Reading.item == "mass",
            Reading.value.is_not(None),
            Reading.received_at >= view.now - FRESH,
            Reading.id.not_in(used),
            Reading.id.not_in(waiting),
        )
        .order_by(Reading.received_at.desc())
    )
    return [
        Weight(row.id, row.instrument, row.value, row.unit or "", row.received_at, not row.flags)
        for row in view.all(query)
        if row.value is not None
    ]
