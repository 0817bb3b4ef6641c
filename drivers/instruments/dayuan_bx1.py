"""Dayuan DY-3000(BX1) photometer board (family D): 16 holes, four LEDs each, a battery; our program runs the assay.

What it is: the bare board of a portable photometer. It answers each poll with the light of every hole and computes
nothing; dark current is already taken off. Zeroing, timing, absorbance and inhibition are ours (`drivers.assay`).
Wire source: literal requests of the host program that drives it; replies derived from the same program.
One look (`lights`) gives a reading for each hole with its lights and no value. An assay (`assay:{...}`) gives one
reading for each placed hole with the lights of both windows and what was computed from them.
Settings: `wavelengths` of the LEDs in the board's order, `interval` and `zeroing` seconds between looks,
`calibrate_to` the light that the LEDs are driven towards, `item` of an assay; a laboratory's own times and limits of
assays as `assay.detect` and the like.
Unverified: captured replies; which LED is which on a given board; the meaning of battery bytes above 05.
"""

from collections.abc import Sequence
from typing import Any

from drivers.assay import Done
from drivers.lights import WAVELENGTHS, assay_readings, light_readings
from drivers.live import LiveBoard
from drivers.profile import Evidence, Live, Profile, Rung, Serial, Settings
from drivers.reading import Reading
from drivers.simulators.dayuan_bx1 import simulator
from protocols.codec import Codec
from protocols.lights import Lights
from protocols.photometer import BX1_HOLES, bx1

HOLES = tuple(str(one) for one in range(1, BX1_HOLES + 1))


def codec(settings: Settings) -> Codec[Any]:
    """The host's side of the board, with its assays."""
    return LiveBoard(
        bx1(int(settings.get("calibrate_to", 1000))),
        HOLES,
        interval=float(settings.get("interval", 0.5)),
        zeroing=float(settings.get("zeroing", 0.1)),
        barrier="version",
    )


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """A look as it was said, or the end of an assay; versions, battery and acknowledgements carry no reading."""
    if isinstance(event, Lights):
        return light_readings(event, settings, HOLES)
    return assay_readings(event, settings) if isinstance(event, Done) else ()


PROFILE = Profile(
    id="dayuan_bx1",
    title=("达元 DY-3000(BX1) 光度检测板", "Dayuan DY-3000(BX1) photometer board"),
    family="D",
    measures=("pesticide",),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal requests and item library of the host program that drives it; replies derived from it",
        ("no captured reply", "order of the LEDs on a given board", "limits of looks and windows"),
    ),
    channels=(HOLES[:8], HOLES[8:]),
    probe="version",
    simulator=simulator,
    destructive=("calibrate",),
    download="lights",
    live=Live(WAVELENGTHS),
)
