"""Which instruments another device stands behind than the one that was bound, and what waits because of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from lims.door import question
from lims.records.equipment import Identity, Instrument, Sighting
from lims.records.readings import Reading, Stray
from lims.rules import identity
from lims.rules.identity import Known
from lims.storage.unit import View


@dataclass(frozen=True, slots=True)
class Stranger:
    """An instrument whose device is not the bound one.

    Attributes:
        instrument: its id.
        reason: `other_device`, it says another serial number; `other_line`, its adapter is another one.
        bound: the serial number that stands on its papers.
        says: the serial number the device says, empty where it says none.
        waiting: readings that wait for somebody to bind it.
    """

    instrument: str
    reason: str
    bound: str
    says: str
    waiting: int


@question()
def strangers(view: View) -> Mapping[str, Stranger]:
    """Return the instruments behind which another device was seen, by id."""
    query = (
        select(Reading, Stray.reason)
        .join(Stray, (Stray.site == Reading.site) & (Stray.id == Reading.id))
        .where(Stray.site == view.site, Stray.settled == "", Stray.reason.in_(("other_device", "other_line")))
        .order_by(Reading.id.desc())
    )
    held: dict[str, list[tuple[Reading, str]]] = {}
    for reading, reason in view.rows(query):
        held.setdefault(reading.instrument, []).append((reading, reason))
    found = {}
    for row in view.all(select(Instrument).where(Instrument.site == view.site, Instrument.active)):
        waiting = held.get(row.id, [])
        reason = waiting[0][1] if waiting else _line(view, row)
        if reason:
            says = str(waiting[0][0].extra.get(identity.SERIAL, "")) if waiting else ""
            found[row.id] = Stranger(row.id, reason, row.serial, says, len(waiting))
    return found


def _line(view: View, row: Instrument) -> str:
    """Return why the line itself is another one, before the device has said a word."""
    bound, seen = view.find(Identity, row.id), view.find(Sighting, row.id)
    if bound is None or seen is None:
        return ""
    return identity.against(Known(row.serial, bound.line), Known("", seen.line))
