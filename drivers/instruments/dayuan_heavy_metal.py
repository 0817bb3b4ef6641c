"""Dayuan heavy-metal module DY6300-2 (family G): anodic stripping voltammetry of lead, cadmium and others, run live.

What it is: a three-electrode cell that plates and strips, driven by our program: `start:{...}` begins a run, the
module streams time, voltage and current, and says at the end what it found.
Wire source: the host program that drives it; one port test is literal there, everything else derived.
The reading's value is the module's own density in µg/L; `not detected` is its own word, `negative`. The course of the
run stands in extra, `peak_ua` is the greatest current of it, computed by us. The wire has no check at all: every
reading is flagged `unverifiable`.
Settings: `item` and `position`; `curve = [a0, a1, a2]` and `dilution` of the calibration, from which a concentration
is computed beside the module's own (roots that do not exist give none).
Unverified: any captured frame; bytes 2 to 7 and 22 to 55 of a status; whether a stage `spike` waits for a person.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.dayuan_heavy_metal import simulator
from protocols.codec import Codec
from protocols.stripping import Run, module

PLACES = Decimal("0.0001")


def codec(_settings: Settings) -> Codec[Any]:
    """The host's side of the module."""
    return module()


def read(event: object, settings: Settings) -> Sequence[Reading]:
    """One reading for each run that ended; statuses on the way carry none."""
    return [_ended(event, settings)] if isinstance(event, Run) else ()


def _ended(run: Run, settings: Settings) -> Reading:
    last, found = run.last, run.last.stage == "done"
    extra = {
        "stage": last.stage,
        "seconds": f"{last.seconds:f}",
        "density": f"{last.density:f}",
        "last_mv": str(last.millivolts),
        "last_ua": f"{last.microamperes:f}",
    }
    if run.course:
        extra |= {
            "times": " ".join(f"{one.seconds:f}" for one in run.course),
            "millivolts": " ".join(str(one.millivolts) for one in run.course),
            "microamperes": " ".join(f"{one.microamperes:f}" for one in run.course),
            **_computed(max(one.microamperes for one in run.course), settings),
        }
    return Reading(
        position=str(settings.get("position", "1")),
        item=settings.get("item"),
        value=last.density if found else None,
        unit="ug/L" if found else None,
        call=None if found else Call.NEGATIVE,
        flags=(Flag.UNVERIFIABLE,),
        extra=MappingProxyType(extra),
    )


def _computed(peak: Decimal, settings: Settings) -> dict[str, str]:
    """The peak, and the concentration that the laboratory's own curve gives for it, where it has one."""
    texts = {"peak_ua": f"{peak:f}"}
    curve = settings.get("curve")
    if curve is None:
        return texts
    found = concentration(peak, *(Decimal(str(one)) for one in curve))
    if found is None:
        return texts
    diluted = found * Decimal(str(settings.get("dilution", 1)))
    return texts | {"computed_ug_l": f"{diluted.quantize(PLACES):f}"}


def concentration(peak: Decimal, a0: Decimal, a1: Decimal, a2: Decimal) -> Decimal | None:
    """The x at which a0 + a1 x + a2 x² is the peak current, the greater root; None where there is none."""
    if a2 == 0:
        return None if a1 == 0 else (peak - a0) / a1
    inside = a1 * a1 - 4 * a2 * (a0 - peak)
    try:
        return (inside.sqrt() - a1) / (2 * a2) if inside >= 0 else None
    except InvalidOperation:
        return None


PROFILE = Profile(
    id="dayuan_heavy_metal",
    title=("达元 DY6300-2 重金属检测模块", "Dayuan DY6300-2 heavy-metal module"),
    family="G",
    measures=("heavy_metal",),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "host program that drives it; the port test is literal there",
        ("no captured frame", "bytes 2 to 7 and 22 to 55 of a status", "stage spike"),
    ),
    channels=(("1",),),
    probe="test",
    simulator=simulator,
    download="hello",
)
