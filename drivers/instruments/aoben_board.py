"""Aoben (TND) all-in-one board (family V): 20-channel photometer, dry cards, gold strip, ATP; assays are ours.

What it is: the board behind two differently branded Android hosts. It lights one LED at a time, answers bare ASCII
words, and computes nothing but a strip's ratio.
Wire source: the words and the shape of the replies in two independent hosts, with sample replies in their comments.
Readings: a look (`lights`) each channel's light; `colours` each card's; `atp` the swab's RLU; `strip` the ratio that
the board itself gave in `value`, its curve in `samples`, and the lines that we found beside, computed from the curve.
A text instead of a scan (`No signal`) is the board's own `invalid`. No wire check exists: every reading is flagged.
Both hosts can be switched to show made-up figures (0.8/0.5, OK0.3): a laboratory that plays marks its instrument
`simulated`, and a genuine board never sends exactly these for long.
Settings: `wavelengths` of the LEDs, `interval` between looks (the board needs more than four seconds), `source`
`start` `end` `line_width` `distance` `threshold` of a scan, `point_bytes` 2 or 3 (the hosts disagree), `mode =
"strip"` where a recording of scans is decoded, `item`, `position`; `assay.measure = gray` for assays of dry cards.
Unverified: bytes of a point; what the ratio divides by what; which channel count belongs to which model.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from drivers.assay import Done
from drivers.curves import lines
from drivers.lights import WAVELENGTHS, assay_readings, colour_readings, light_readings, wavelengths
from drivers.live import LiveBoard
from drivers.profile import Evidence, Live, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.aoben_board import simulator
from drivers.strips import curve_text, line_texts
from protocols.aoben import AobenBoard, Glow, Scan, Strip
from protocols.codec import Codec
from protocols.lights import Colours, Lights

HOLES = tuple(str(one) for one in range(1, 21))
INTERVAL = 4.5
USUAL = Scan()


def codec(settings: Settings) -> Codec[Any]:
    """The host's side of the board, with its assays."""
    names = ("source", "start", "end", "line_width", "distance")
    scan = Scan(
        **{name: int(settings[name]) for name in names if name in settings},
        threshold=str(settings.get("threshold", USUAL.threshold)),
        width=int(settings.get("point_bytes", USUAL.width)),
    )
    interval = float(settings.get("interval", INTERVAL))
    return LiveBoard(
        AobenBoard(scan, strips=settings.get("mode") == "strip"),
        HOLES,
        interval=interval,
        zeroing=interval,
        barrier="temperature",
        choose=tuple(f"led:{led}" for led in wavelengths(settings)),
    )


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """A look, cards, a swab, a strip, or the end of an assay; what was merely done carries no reading."""
    if isinstance(event, Lights):
        return light_readings(event, {"wavelengths": wavelengths(settings)[:1]}, HOLES)
    if isinstance(event, Colours):
        return colour_readings(event)
    if isinstance(event, Glow):
        return [
            Reading(position="ATP", item="ATP", value=event.value, unit="RLU", flags=(Flag.UNVERIFIABLE,))
        ]
    if isinstance(event, Strip):
        return [_strip(event, settings)]
    return assay_readings(event, settings) if isinstance(event, Done) else ()


def _strip(event: Strip, settings: Settings) -> Reading:
    ratio = _ratio(event.word)
    extra = {"device_word": event.word}
    if event.samples:
        extra |= {
            "points": str(len(event.samples)),
            "samples": curve_text(event.samples),
            **line_texts(lines(event.samples)),
        }
    flags = [Flag.UNVERIFIABLE] if ratio is not None else [Flag.UNVERIFIABLE, Flag.NOT_A_NUMBER]
    return Reading(
        position=str(settings.get("position", "S")),
        item=settings.get("item"),
        value=ratio,
        unit="T/C" if ratio is not None else None,
        call=None if event.samples else Call.INVALID,
        flags=tuple(flags),
        extra=MappingProxyType(extra),
    )


def _ratio(word: str) -> Decimal | None:
    try:
        found = Decimal(word)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


PROFILE = Profile(
    id="aoben_board",
    title=("奥本（TND）多功能检测主板", "Aoben (TND) all-in-one board"),
    family="V",
    measures=("pesticide", "veterinary", "hygiene"),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "words and replies in two independent hosts, with sample replies in their comments",
        ("bytes of a point of a strip", "meaning of the ratio", "channels of each model"),
    ),
    channels=(HOLES[:10], HOLES[10:], ("S", "ATP")),
    probe="temperature",
    simulator=simulator,
    download="lights",
    live=Live(WAVELENGTHS, INTERVAL),
)
