"""Dayuan card board (family E): draws a colloidal-gold strip in, scans it by line and hands over the curve.

What it is: motor, card sensor and line scanner of the DY-3000(BX1) and its kin, generations 1 to 3 of the wire.
Wire source: one complete captured scan, check literals of the maker, and the host program that drives the board.
The board draws no conclusion: the reading has no value and no call, but the curve and, found in it by
`drivers.curves`, the heights of control line C and test line T and their ratio. Whether that is positive is
decided by the kit's bands in the laboratory (competitive: less T is more residue).
Settings: `generation` 1 to 3, `position` of the board, `item` of the kit in it, `scan_wait` seconds, `lenient`.
Unverified: scans of generations 2 and 3; the baseline method for long curves; camera images are not read.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.curves import SHORT, lines
from drivers.profile import Evidence, Profile, Record, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_cards import simulator
from drivers.strips import curve_text, line_texts
from protocols.cards import CardBoard, Curve, Event
from protocols.codec import Codec


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of one board."""
    wait = settings.get("scan_wait")
    return CardBoard(
        int(settings.get("generation", 2)),
        lenient=bool(settings.get("lenient")),
        scan_wait=None if wait is None else float(wait),
    )


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """One reading for each scan; versions, acknowledgements and presence carry none."""
    if not isinstance(event, Curve):
        return ()
    long = len(event.samples) >= SHORT
    extra = {
        "generation": "3" if event.generation == 3 else str(1 + long),
        "points": str(len(event.samples)),
        "samples": curve_text(event.samples),
        **line_texts(lines(event.samples)),
    }
    return (
        Reading(
            position=str(settings.get("position", "1")),
            item=settings.get("item"),
            flags=(Flag.LENIENT_CHECK,) if event.lenient else (),
            extra=MappingProxyType(extra),
        ),
    )


PROFILE = Profile(
    id="dayuan_cards",
    title=("达元胶体金卡检测模块（1–3 代）", "Dayuan gold-strip card board, generations 1 to 3"),
    family="E",
    measures=("veterinary",),
    wiring=(Serial(115200), Serial(256000)),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.CAPTURE,
        "one complete captured scan of the first boards; check literals; host program",
        ("scans of generations 2 and 3", "baseline method for long curves"),
    ),
    channels=(("1",),),
    probe="version",
    simulator=simulator,
    samples=tuple(Record("1", fields={"c": "6000", "t": depth}) for depth in ("5800", "500")),
    destructive=("calibrate",),
)
