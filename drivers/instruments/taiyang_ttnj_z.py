"""Taiyang smart pesticide analysers TTNJ-Z16 and TTNJ-Z24 (family I): groups of eight named results.

What it is: photometers that keep up to 500 groups and **erase themselves after an upload**. So nothing asks for it by
itself: a person does, and the call `24` for the next group leaves only after the last one is on this computer's disk;
a group that is broken is not followed by a call, and the instrument leaves its mode with everything still inside.
Wire source: the maker's document for the control words and layout; groups are derived from it.
There is no check on this wire and no second download to compare with: every reading is flagged `unverifiable`, and a
person compares it with the instrument's own print before it counts. Only the day is sent, no time: it stands in extra
and no time of ours takes its place. Hosts cut the rate to whole percent and take `26` for B6; both are not done here.
Unverified: which of two bytes flags the slots (either is accepted, when it fits them); bytes 4 and 27; whether a rate
comes for channels without a control.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from drivers.device_text import hex_of, rate_doubts, text_of
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.taiyang_ttnj_z import simulator
from protocols.codec import Broken, Codec
from protocols.ttnj import Event, Group, TtnjDownload
from protocols.ttnj_chain import TtnjChain
from protocols.ttnj_z import SMART, entry, flagged, slots_in_use
from protocols.words import Number, float32

ITEM = "pesticide inhibition"
CALLS: Mapping[int, Call] = MappingProxyType({1: Call.NEGATIVE, 2: Call.POSITIVE})
PAUSE = 0.2  # seconds that the maker's program waits between link and results


def codec(_settings: Settings) -> Codec[Event]:
    """The host's side of the download."""
    return TtnjChain(TtnjDownload(SMART), check=_flagged, pause=PAUSE, end=False)


def _flagged(event: Event | Broken) -> Event | Broken:
    if not isinstance(event, Group) or flagged(event.raw):
        return event
    used = f"{slots_in_use(event.raw):08b}"
    detail = f"bytes 27 and 28 are {hex_of(event.raw[27:29])}, the slots in use are {used}, slot 1 rightmost"
    return Broken(event.offset, event.raw, "mask", detail)


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each used slot of a group; model codes and ends carry none."""
    if not isinstance(event, Group):
        return ()
    used = slots_in_use(event.raw)
    return [_slot(event.raw, slot) for slot in range(8) if used >> slot & 1]


def _slot(group: bytes, slot: int) -> Reading:
    one, day = entry(group, slot), text_of(group[5:16])
    rate = float32(one.rate)
    value = None if rate.value is None else rate.value.scaleb(2)
    record = int.from_bytes(group[:4], "big")
    extra = {
        "date": day,
        "operator": text_of(group[16:27]),
        "record_number": str(record),
        "entry_number": str(one.number),
        "source": text_of(one.source[:7]),
        "source_note": text_of(one.source[7:]),
        "absorbance": _said(float32(one.absorbance)),
        "sample_delta_a": _said(float32(one.delta)),
        "floats_bytes": hex_of(one.absorbance + one.delta + one.rate),
        "conclusion_byte": f"{one.conclusion:02X}",
        "head_bytes": hex_of(bytes((group[4], group[27], group[28]))),
        "slot": str(slot + 1),
    }
    return Reading(
        position=_position(one.channel),
        sample=text_of(one.name) or None,
        item=ITEM,
        value=value,
        unit="%",
        call=CALLS.get(one.conclusion, Call.INVALID),
        flags=(Flag.UNVERIFIABLE, *rate_doubts(value), *(() if _is_day(day) else (Flag.BAD_CLOCK,))),
        record=f"{day} {record}.{one.number}",
        extra=MappingProxyType(extra),
    )


def _said(number: Number) -> str:
    return number.reason if number.value is None else f"{number.value:f}"


def _position(channel: int) -> str:
    """`A1` to `C8` of codes 21 to 48, any other code as it is."""
    row, place = channel >> 4, channel & 0x0F
    return f"{'ABC'[row - 2]}{place}" if 2 <= row <= 4 and 1 <= place <= 8 else f"{channel:02X}"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).year > 1
    except ValueError:
        return False


PROFILE = Profile(
    id="taiyang_ttnj_z",
    title=("泰扬 TTNJ-Z16/Z24 智能型农残速测仪", "Taiyang TTNJ-Z16/Z24 smart pesticide analyser"),
    family="I",
    measures=("pesticide",),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "maker's document of control words and layout",
        ("no captured group", "which byte flags the slots", "bytes 4 and 27"),
    ),
    channels=tuple(tuple(f"{row}{place}" for place in range(1, 9)) for row in "ABC"),
    download="download",
    consuming=("download", "results"),
    simulator=simulator,
)
