"""Dayuan TL-310 pesticide-residue analyser: download of inhibition rates over a serial line (family B).

What it is: an enzyme-inhibition photometer whose stored results are asked for by date, as the last run or all.
Wire source: the host program that talks to it. Three frames are literal there and their CRC-8 verifies; the
result frame's layout is derived from the same program. The item is called `pesticide inhibition`, because the
frame names none and this instrument measures nothing else.
Unverified: a result frame from a genuine device; what bytes 19, 20 and 24 of it mean; whether the check of every
firmware is right (set `lenient = true` to take frames under a plain sum too, flagged).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.dayuan_tl310 import simulator
from protocols.codec import Codec
from protocols.frames import SUM8
from protocols.sevene import Event, Result, ResultDownload

ITEM = "pesticide inhibition"
STANDARDS: Mapping[int, str] = MappingProxyType({0: "GB/T 5009.199-2003", 1: "NY/T 448-2001"})
CALLS: Mapping[int, Call] = MappingProxyType({1: Call.POSITIVE, 2: Call.NEGATIVE})
NOT_APPLICABLE = 0x7FFE
LARGEST = 32000  # above it no host takes the figure for a rate


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download; `lenient` in the settings takes frames under a plain sum as well."""
    return ResultDownload(lenient=(SUM8,) if settings.get("lenient") else ())


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One channel's result; versions and ends of a download carry none."""
    if not isinstance(event, Result):
        return ()
    frame = event.raw
    number = int.from_bytes(frame[17:19], "big")
    raw_value = int.from_bytes(frame[21:23], "little")
    value = Decimal(raw_value).scaleb(-1) if raw_value <= LARGEST else None
    measured_at = device_time(2000 + frame[11], *frame[12:17])
    extra = {
        "test_number": str(number),
        "standard": STANDARDS.get(frame[10], f"{frame[10]:02X}"),
        "call_byte": f"{frame[23]:02X}",
        "unknown_bytes": bytes((*frame[19:21], frame[24])).hex(" ").upper(),
    }
    flags: list[Flag] = []
    if value is None:
        flags.append(Flag.NOT_A_NUMBER)
        extra["value_bytes"] = frame[21:23].hex(" ").upper()
    elif value > 100:
        flags.append(Flag.ABOVE_RANGE)
    if measured_at is None:
        flags.append(Flag.BAD_CLOCK)
        extra["clock_bytes"] = frame[11:17].hex(" ").upper()
    if event.lenient:
        flags.append(Flag.LENIENT_CHECK)
    return (
        Reading(
            position=str(frame[9]),
            item=ITEM,
            value=value,
            unit="%",
            call=Call.NOT_APPLICABLE if raw_value == NOT_APPLICABLE else CALLS.get(frame[23]),
            flags=tuple(flags),
            measured_at=measured_at,
            record=str(number),
            extra=MappingProxyType(extra),
        ),
    )


PROFILE = Profile(
    id="dayuan_tl310",
    title=("达元 TL-310 农药残留快速检测仪", "Dayuan TL-310 pesticide residue analyser"),
    family="B",
    measures=("pesticide",),
    wiring=(Serial(115200),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal frames in the host program that downloads from it; result layout derived from that program",
        ("no captured result frame", "bytes 19, 20 and 24", "check of every firmware"),
    ),
    channels=(tuple(str(one) for one in range(1, 11)),),
    poll=("last", 20.0),
    probe="version",
    simulator=simulator,
)
