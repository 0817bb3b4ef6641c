"""Dayuan DY-3500(I) and older DY-3000 all-in-one main board (family F): live photometer rows and a strip camera.

What it is: rows of eight holes with four LEDs each and a dark current, and a camera over one strip. The board
computes nothing: our program runs the assays and finds the lines of a strip.
Wire source: request literals of the host program; replies derived from it, one byte of each row's check verified
against a derived example only.
Readings: a look (`lights`) gives each hole's lights and dark current; `strip` sets the box and reads its camera
image, whose mean green of each row stands in `samples` as the board said it, the lines computed from it beside; a
gray profile (`profile`) likewise. Nothing on this wire has a check that a host relies on, so every look and strip is
flagged `unverifiable`; an assay needs many looks that agree, which takes the place of a second download.
Settings: `top` `left` `height` `width` `c_offset` `t_offset` of the box, `row_check`, `rows`, `wavelengths`,
`interval`, `zeroing`, `item`, `position` of the strip.
Unverified: length and check byte of a row; the layout of the colour reply (kept as bytes, no reading); that the
image is not turned upside down; the mean of several images that hosts take.
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from drivers.assay import Done
from drivers.curves import camera_lines
from drivers.lights import WAVELENGTHS, assay_readings, light_readings
from drivers.live import LiveBoard
from drivers.profile import Evidence, Live, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_dy3500i import simulator
from drivers.strips import curve_text, line_texts
from protocols.aio import AioBoard, Box, GrayProfile, Image
from protocols.codec import Codec
from protocols.lights import Lights

HOLES = tuple(str(one) for one in range(1, 17))
CENTS = Decimal("0.01")


def codec(settings: Settings) -> Codec[Any]:
    """The host's side of the board, with its assays."""
    names = ("top", "left", "height", "width", "c_offset", "t_offset")
    box = Box(**{name: int(settings[name]) for name in names if name in settings})
    return LiveBoard(
        AioBoard(box, row_check=bool(settings.get("row_check"))),
        HOLES,
        interval=float(settings.get("interval", 0.5)),
        zeroing=float(settings.get("zeroing", 0.1)),
        barrier="version",
    )


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """A look, a strip, or the end of an assay; colours, sums at one line and versions carry no reading."""
    if isinstance(event, Lights):
        return light_readings(event, settings, HOLES)
    if isinstance(event, Image):
        return [_strip(_green(event), "camera", settings)]
    if isinstance(event, GrayProfile):
        return [_strip([Decimal(gray) for gray in event.grays], "profile", settings)]
    return assay_readings(event, settings) if isinstance(event, Done) else ()


def _green(image: Image) -> list[Decimal]:
    """The mean green of each row, 0 to 252: six bits of it stand in the middle of each pixel."""
    size = 2 * image.width
    rows = [image.pixels[at : at + size] for at in range(0, len(image.pixels), size)]
    return [(Decimal(sum(_greens(row))) / image.width).quantize(CENTS) for row in rows]


def _greens(row: bytes) -> list[int]:
    return [(int.from_bytes(row[at : at + 2], "little") >> 5 & 0x3F) << 2 for at in range(0, len(row), 2)]


def _strip(samples: Sequence[Decimal], source: str, settings: Settings) -> Reading:
    extra = {
        "source": source,
        "points": str(len(samples)),
        "samples": curve_text(samples),
        "lines_by": "chord area of 15 points",
        **line_texts(camera_lines(samples)),
    }
    return Reading(
        position=str(settings.get("position", "S")),
        item=settings.get("item"),
        flags=(Flag.UNVERIFIABLE,),
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_dy3500i",
    title=("达元 DY-3500(I) 多功能主板", "Dayuan DY-3500(I) all-in-one main board"),
    family="F",
    measures=("pesticide", "veterinary", "additive"),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "request literals of the host program; replies derived from it",
        (
            "no captured reply",
            "length and check byte of a row",
            "layout of the colour reply",
            "averaging of images",
        ),
    ),
    channels=(HOLES[:8], HOLES[8:], ("S",)),
    simulator=simulator,
    download="lights",
    live=Live(WAVELENGTHS),
)
