"""Dayuan DY-6100 ATP hygiene monitor with a serial line (family N): relative light units with their limits.

What it is: a luminometer that counts its records and sends them all. Note the even parity.
Wire source: the host program that downloads from it; letters and layout are derived from it. The meter sends its two
limits with each record and no conclusion, so none is given here: the limits stand in extra.
There is no check: all is fetched twice, and every reading is flagged `unverifiable` until two downloads agree.
Unverified: a record of a genuine meter; first and last byte of a record; the answer to `delete`. Even parity was not
tested: a pseudo terminal has none.
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy6100 import simulator
from protocols.codec import Codec
from protocols.dy6100 import Event, Record, download

ITEM = "ATP"


def codec(_settings: Settings) -> Codec[Event]:
    """The host's side of the download."""
    return download()


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record; numbers carry none."""
    if not isinstance(event, Record):
        return ()
    raw = event.raw
    number, light, lower, upper = (int.from_bytes(raw[at : at + 2], "little") for at in (1, 3, 5, 7))
    second, minute, hour, weekday, day, month, year = raw[11:18]
    measured_at = device_time(2000 + year, month, day, hour, minute, second)
    extra = {
        "lower_limit": str(lower),
        "upper_limit": str(upper),
        "group": str(raw[9]),
        "program": str(raw[10]),
        "number": str(number),
        "unknown_bytes": f"{raw[0]:02X} {weekday:02X} {raw[18]:02X}",
    }
    if event.serial is not None:
        extra["device_serial"] = str(event.serial)
    if measured_at is None:
        extra["clock_bytes"] = raw[11:18].hex(" ").upper()
    return (
        Reading(
            item=ITEM,
            value=Decimal(light),
            unit="RLU",
            flags=(Flag.UNVERIFIABLE, *(() if measured_at else (Flag.BAD_CLOCK,))),
            measured_at=measured_at,
            record=str(number),
            extra=MappingProxyType(extra),
        ),
    )


PROFILE = Profile(
    id="dayuan_dy6100",
    title=("达元 DY-6100 ATP 荧光检测仪（串口）", "Dayuan DY-6100 ATP hygiene monitor, serial"),
    family="N",
    measures=("hygiene",),
    wiring=(Serial(9600, parity="E"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "letters and layout in the host program that downloads from it",
        ("no captured record", "first and last byte of a record", "even parity on a real port"),
    ),
    download="read",
    simulator=simulator,
    destructive=("delete",),
)
