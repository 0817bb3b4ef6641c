"""Dayuan Android instruments (family Y): F80, DY-1000, LZ-3000/4000P/7000, TL-330/680: light, dry cards, fluorescence.

What it is: the board behind an Android host. It answers polls with the light of every hole, the colours of
dry-chemistry (pesticide) cards, the heaters, and the scan of a fluorescence card, and computes nothing.
Wire source: request literals of the Android hosts; replies derived from the same programs.
One look (`lights`) or card reading (`colours`) gives what was said and no value; an assay gives one reading for each
placed hole, or with the setting `assay.measure = gray` for each dry card, as with every board whose assays this
program runs (`drivers.assay`).
Boards with fewer rows send zeros for those they have not; these give no reading. Units with rows of six send raw
lights, units with rows of eight scaled ones on the host's side: here every light stands as it was sent.
Settings: `end` of frames (170 or 126), `order` of the length, `lenient` (takes answers other than lights under any
check byte, flagged, because these hosts do), `holes` and `row` of the board, `board` to calibrate, `interval`,
`zeroing`, `wavelengths`, `item`.
Unverified: captured replies; the order of the length in answer 16; the layout of the fluorescence scan (taken as
16-bit points, little-endian).
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from drivers.assay import Done
from drivers.lights import WAVELENGTHS, assay_readings, colour_readings, light_readings
from drivers.live import LiveBoard
from drivers.profile import Evidence, Live, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_android import simulator
from protocols.codec import Codec
from protocols.lights import Colours, Lights
from protocols.photometer import Curve, android

HOLES = tuple(str(one) for one in range(1, 25))


def codec(settings: Settings) -> Codec[Any]:
    """The host's side of the board, with its assays."""
    board = settings.get("board")
    return LiveBoard(
        android(
            end=int(settings.get("end", 0xAA)),
            order="big" if settings.get("order") == "big" else "little",
            lenient=bool(settings.get("lenient")),
            board=None if board is None else int(board),
        ),
        HOLES,
        interval=float(settings.get("interval", 1.0)),
        zeroing=float(settings.get("zeroing", 0.2)),
        barrier="heaters",
    )


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """A look, the cards' colours, a fluorescence scan, or the end of an assay; the rest carries no reading."""
    if isinstance(event, Lights):
        return light_readings(event, settings, HOLES)
    if isinstance(event, Colours):
        return colour_readings(event)
    if isinstance(event, Curve):
        return [_scanned(event)]
    return assay_readings(event, settings) if isinstance(event, Done) else ()


def _scanned(event: Curve) -> Reading:
    return Reading(
        position="F",
        flags=(Flag.LENIENT_CHECK,) if event.lenient else (),
        extra=MappingProxyType({"samples": " ".join(map(str, event.samples))}),
    )


PROFILE = Profile(
    id="dayuan_android",
    title=(
        "达元安卓平台快检仪（光度、干式卡、荧光）",
        "Dayuan Android instruments: photometer, dry cards, fluorescence",
    ),
    family="Y",
    measures=("pesticide", "veterinary"),
    wiring=(Serial(115200), Serial(9600)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "request literals of the Android hosts; replies derived from the same programs",
        ("no captured reply", "order of the length in answer 16", "layout of the fluorescence scan"),
    ),
    channels=(HOLES[:8], HOLES[8:16], HOLES[16:]),
    simulator=simulator,
    destructive=("calibrate",),
    download="lights",
    live=Live(WAVELENGTHS, 1.0),
)
