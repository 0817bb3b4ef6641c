"""Dayuan DY-2620 frying-oil meter: polar compounds and temperature, record by record (family R).

What it is: a probe for used frying oil that keeps its readings and hands out the one that is asked for by number.
Wire source: the host program that downloads from it; the first request is literal there and its CRC verifies, the
record's layout is derived. The unit byte's only known value, 00, is degrees Celsius; with another one the temperature
stands without a unit. The host passes up to 27 %: that is a limit's affair, the meter concludes nothing.
Answers do not repeat the number that was asked for, so a record has none; two readings of one minute that differ are
held as a conflict. Some units are said to speak at 9600 baud (`baud = 9600`).
Unverified: an answer of a genuine meter; the unit byte; how the end of the records is framed (two ways are taken).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import hex_of, rate_doubts
from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy2620 import simulator
from protocols.codec import Codec
from protocols.dy2620 import Event, Records, download

ITEM = "polar compounds"
UNITS: Mapping[int, str] = MappingProxyType({0: "℃"})


def codec(_settings: Settings) -> Codec[Event]:
    """The host's side of the download."""
    return download()


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record."""
    return [_reading(raw) for raw in event.raws] if isinstance(event, Records) else ()


def _reading(raw: bytes) -> Reading:
    measured_at = device_time(2000 + raw[0], raw[1], raw[2], raw[3], raw[4], 0)
    temperature, polar = (Decimal(int.from_bytes(raw[at : at + 2], "big")).scaleb(-1) for at in (6, 8))
    extra = {
        "temperature": f"{temperature:f}",
        "temperature_unit": UNITS.get(raw[5], "unknown"),
        "unit_byte": f"{raw[5]:02X}",
    }
    if measured_at is None:
        extra["clock_bytes"] = hex_of(raw[:5])
    return Reading(
        item=ITEM,
        value=polar,
        unit="%",
        flags=(*rate_doubts(polar), *(() if measured_at else (Flag.BAD_CLOCK,))),
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_dy2620",
    title=("达元 DY-2620 煎炸油品质检测仪", "Dayuan DY-2620 frying oil meter"),
    family="R",
    measures=("frying_oil",),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal request and record layout in the host program that downloads from it",
        ("no captured answer", "unit byte", "frame that ends the records"),
    ),
    download="read",
    simulator=simulator,
)
