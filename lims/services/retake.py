"""Strays taken in again, once what kept them out has changed: the device was bound, its words were mapped."""

from collections.abc import Sequence

from sqlalchemy import select

from lims.door import Lims, question, verb
from lims.records import readings as kept
from lims.services import measure
from lims.storage.unit import Unit, View

AGAIN = frozenset({"other_device", "other_line", "unknown_item", "other_item", "other_food"})
"""Reasons that a person can take away without touching what the device said."""
MAY = "technician manager administrator"


@verb(needs=MAY)
def stray(unit: Unit, reading: str) -> bool:
    """Look again for the place of a stray; True where it has one now.

    What the device said stays as it was kept. One that still has no place waits on, with its new reason.

    Raises:
        NotFound: no such stray.
    """
    waiting = unit.get(kept.Stray, reading)
    if waiting.settled or waiting.reason not in AGAIN:
        return False
    return measure.again(unit, unit.get(kept.Reading, reading), waiting)


@question(needs=MAY)
def waiting(view: View, instrument: str = "") -> Sequence[str]:
    """Return the strays that may find their place now, of one instrument or of all, as they came."""
    query = (
        select(kept.Stray.id)
        .join(kept.Reading, (kept.Stray.site == kept.Reading.site) & (kept.Stray.id == kept.Reading.id))
        .where(kept.Stray.site == view.site, kept.Stray.settled == "", kept.Stray.reason.in_(AGAIN))
        .order_by(kept.Stray.id)
    )
    return view.all(query.where(kept.Reading.instrument == instrument) if instrument else query)


def strays(lims: Lims, instrument: str = "") -> int:
    """Take in again what waits, each in an act of its own; return how many found their place."""
    return sum(lims.do(stray, one) for one in lims.ask(waiting, instrument))
