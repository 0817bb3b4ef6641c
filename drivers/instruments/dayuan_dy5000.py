"""Dayuan DY-5000 plate reader: absorbance and concentration of up to 96 wells of a day (family J).

What it is: a 96-well reader that stores its results and sends those of the days it is asked for, at 2400 baud.
Wire source: the host program that downloads from it; request, layout and well order are derived from it. The wire has
no length and no check, and its end byte occurs inside figures: frames are cut by whole wells and a possible trailer,
the day is fetched twice, and every reading is flagged `unverifiable` until two downloads agree.
Wells are numbered down the columns: 0 is A1, 7 is H1, 8 is A2. The unit is the device's own word.
Unverified: an answer of a genuine reader; the bytes before the well number and before concentrations; what a reader
without results of that day says; whether the wells of both lists stand in the same order.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.device_text import hex_of, text_of
from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy5000 import simulator
from protocols.codec import Codec
from protocols.dy5000 import Plate, Well, plate_download


def codec(_settings: Settings) -> Codec[Plate]:
    """The host's side of the download."""
    return plate_download()


def read(event: Plate, _settings: Settings) -> Sequence[Reading]:
    """One reading for each well."""
    return [_reading(event, well) for well in event.wells]


def _reading(plate: Plate, well: Well) -> Reading:
    digits = plate.clock.hex()
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    return Reading(
        position=well_name(well.number),
        item=text_of(plate.item) or None,
        value=well.concentration,
        unit=text_of(plate.unit) or None,
        flags=(Flag.UNVERIFIABLE,),
        measured_at=device_time(2000 + year, month, day, hour, minute, second),
        extra=MappingProxyType({"absorbance": f"{well.absorbance:f}", "unknown_bytes": hex_of(well.unknown)}),
    )


def well_name(number: int) -> str:
    """`A1` for 0, `H1` for 7, `A2` for 8, `H12` for 95."""
    return f"{'ABCDEFGH'[number % 8]}{number // 8 + 1}"


PROFILE = Profile(
    id="dayuan_dy5000",
    title=("达元 DY-5000 酶标仪", "Dayuan DY-5000 plate reader"),
    family="J",
    measures=("veterinary", "mycotoxin"),
    wiring=(Serial(2400),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "layout in the host program that downloads from it",
        ("no captured answer", "bytes beside the well number", "what it says of a day without results"),
    ),
    channels=tuple(tuple(f"{row}{column}" for column in range(1, 13)) for row in "ABCDEFGH"),
    download="day:today",
    simulator=simulator,
)
