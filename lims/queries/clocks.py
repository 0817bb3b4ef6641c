"""The clocks of the devices beside this computer's: what they said, when it came, how far they are apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lims import clock
from lims.door import question
from lims.queries import equipment
from lims.records.equipment import Instrument
from lims.records.readings import Reading
from lims.rules import devicetime
from lims.storage.unit import View, id_from

LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """One device's clock.

    Attributes:
        instrument: its id.
        name: for people.
        device: the newest time the device said, on its own clock.
        arrived: when that came, on the laboratory's wall clock.
        offset: device less computer, None where an old record may have been told.
        apart: whether people must be told.
    """

    instrument: str
    name: str
    device: datetime
    arrived: datetime
    offset: timedelta | None
    apart: bool


@question()
def clocks(view: View) -> dict[str, DeviceClock]:
    """Return the clocks of the devices that said a time within the last day, by instrument."""
    pushing = {one.id for one in equipment.kinds() if one.pushes}
    query = (
        select(Reading.instrument, Reading.device_time, Reading.received_at)
        .where(
            Reading.site == view.site,
            Reading.id >= id_from(view.now - LOOK_BACK),
            Reading.device_time.is_not(None),
        )
        .order_by(Reading.id.desc())
    )
    said: dict[str, list[tuple[datetime, datetime]]] = {}
    for instrument, device, arrived in view.rows(query):
        pair = datetime.fromisoformat(device), clock.local(arrived).replace(tzinfo=None)
        said.setdefault(instrument, []).append(pair)
    rows = view.all(select(Instrument).where(Instrument.site == view.site, Instrument.active))
    return {
        row.id: _clock(row, said[row.id], pushes=row.profile in pushing) for row in rows if row.id in said
    }


def _clock(row: Instrument, said: list[tuple[datetime, datetime]], *, pushes: bool) -> DeviceClock:
    offset = devicetime.offset(said, pushes=pushes)
    device, arrived = max(said) if not pushes else said[0]
    apart = offset is not None and abs(offset) > devicetime.APART
    return DeviceClock(row.id, row.name, device, arrived, offset, apart)
