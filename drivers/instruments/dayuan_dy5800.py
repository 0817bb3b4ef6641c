"""Dayuan DY-5800 portable food-safety meter: one frame pushed for each result (family L).

What it is: a handheld photometer that sends each result by itself; nothing can be asked, RTS must be raised.
Wire source: the host program that listens to it; the layout is derived from it. The frame has no check: every reading
is flagged `unverifiable`, and as the meter sends a result once, a person compares it with the display before it counts.
Unverified: a frame of a genuine meter; byte 41; whether the user has nine bytes or ten; the words of values that are
none (`NaN` is known); whether the hole is written with a leading zero.
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.device_text import figure, hex_of, rate_doubts, text_of
from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.dayuan_dy5800 import simulator
from protocols.codec import Codec
from protocols.dy5800 import Result, receiver


def codec(_settings: Settings) -> Codec[Result]:
    """The host's side, which only listens."""
    return receiver()


def read(event: Result, _settings: Settings) -> Sequence[Reading]:
    """One reading."""
    fields = event.fields
    said = {name: text_of(raw) for name, raw in fields.items() if name != "unknown"}
    digits = (fields["date"] + fields["time"]).decode("ascii")
    year, month, day, hour, minute = (int(digits[at : at + 2]) for at in range(0, 10, 2))
    measured_at = device_time(2000 + year, month, day, hour, minute, 0)
    value, doubts = figure(said["value"])
    if value is not None and said["unit"] == "%":
        doubts += rate_doubts(value)
    extra = {
        "absorbance": said["absorbance"],
        "value_text": said["value"],
        "user": said["user"],
        "byte_41": hex_of(fields["unknown"]),
        "clock_digits": digits,
    }
    return (
        Reading(
            position=said["hole"] or None,
            sample=said["code"] or None,
            item=said["item"] or None,
            value=value,
            unit=said["unit"] or None,
            call=Call.INVALID if said["value"] == "NaN" else None,
            flags=(Flag.UNVERIFIABLE, *doubts, *(() if measured_at else (Flag.BAD_CLOCK,))),
            measured_at=measured_at,
            extra=MappingProxyType(extra | {"sample_name": said["sample"]}),
        ),
    )


PROFILE = Profile(
    id="dayuan_dy5800",
    title=("达元 DY-5800 便携式食品安全检测仪", "Dayuan DY-5800 portable food-safety meter"),
    family="L",
    measures=("pesticide", "additive"),
    wiring=(Serial(9600, rts=True),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "layout in the host program that listens to it",
        ("no captured frame", "byte 41", "nine or ten bytes of user", "words of values that are none"),
    ),
    simulator=simulator,
    ends=b"",
)
