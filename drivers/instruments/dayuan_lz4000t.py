"""Dayuan LZ-4000T pesticide-residue analyser: download of a day's inhibition rates (family C).

What it is: an enzyme-inhibition photometer that stores its results, each under a number and a short sample name.
Wire source: the host program that downloads from it; its test frame is literal there and verifies under CRC-8, the
layout of counts and records is derived from the same program. The frame states no channel and no item: the item is
called `pesticide inhibition`, because this instrument measures nothing else, and the position stays unknown.
One host reads the day's total from the wrong bytes; here it is the count asked for first, and the frames are counted.
Unverified: a record from a genuine device; the three bytes of the test's answer; whether rates beyond 100 % occur;
the siblings LZ-3000 and LZ-6000 (set `lenient = true` to take frames under a plain sum too, flagged).
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import hex_of, rate_doubts, text_of
from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.dayuan_lz4000t import simulator
from protocols.codec import Codec
from protocols.frames import SUM8
from protocols.lz4000 import Event, Record, day_download

ITEM = "pesticide inhibition"


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download; `lenient` in the settings takes frames under a plain sum as well."""
    return day_download((SUM8,) if settings.get("lenient") else ())


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One record; answers to tests and counts carry none."""
    if not isinstance(event, Record):
        return ()
    frame = event.raw
    number = int.from_bytes(frame[8:10], "little")
    value = Decimal(int.from_bytes(frame[22:24], "little")).scaleb(-2)
    measured_at = device_time(2000 + frame[16], *frame[17:22])
    flags = list(rate_doubts(value))
    extra = {"record_number": f"{number:04d}"}
    if measured_at is None:
        flags.append(Flag.BAD_CLOCK)
        extra["clock_bytes"] = hex_of(frame[16:22])
    if event.lenient:
        flags.append(Flag.LENIENT_CHECK)
    return (
        Reading(
            sample=text_of(frame[10:16]) or None,
            item=ITEM,
            value=value,
            unit="%",
            flags=tuple(flags),
            measured_at=measured_at,
            record=str(number),
            extra=MappingProxyType(extra),
        ),
    )


PROFILE = Profile(
    id="dayuan_lz4000t",
    title=("达元 LZ-4000T 农药残留速测仪", "Dayuan LZ-4000T pesticide residue analyser"),
    family="C",
    measures=("pesticide",),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal test frame and layouts in the host program that downloads from it",
        ("no captured record", "rates beyond 100 %", "the siblings LZ-3000 and LZ-6000"),
    ),
    download="day:today",
    probe="test",
    simulator=simulator,
)
