"""Taiyang key-type analysers TTNJ-8/16/24/32 and TTJ-xHyy (family H): pesticide, formaldehyde, borax and the like.

What it is: photometers whose stored groups of eight slots are fetched over 9600 8N1 while their transfer menu is
open. Wire source: the maker's documents and two complete captured groups with the figures of the screen beside
them, and four captured fragments.
There is no check on this wire: every reading is flagged `unverifiable` and counts only after two equal downloads.
The mask (byte 7) says which slots are used, least significant bit first; where it differs from the slots that hold
anything, the group is broken (`mask`) and gives no reading. Units with eight channels are said to keep a record
counter in bytes 7 and 8 instead; the only such captures hold 01 00, which fits both. Models named in the setting
`counter_models` are read that way, and then nothing cross-checks their slots.
What the second float means depends on model and sample type: an inhibition rate, a concentration or the sample's
absorbance change. `meanings` in the settings says it; without it no value is given and both floats stand in extra.
Unverified: mask bit order on the machine; the counter; most sample-type codes.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.taiyang_ttnj import simulator
from protocols.codec import Broken, Codec
from protocols.ttnj import Event, Group, TtnjDownload, slots_in_use
from protocols.ttnj_chain import TtnjChain
from protocols.words import float32

MODELS: Mapping[int, str] = MappingProxyType(
    {
        0x01: "TTNJ-8",
        0x02: "TTNJ-16",
        0x03: "TTNJ-32",
        0x04: "TTNJ-24",
        0x05: "TTNJ-Z16/Z24",
        0x11: "TTJ-10H8",
        0x12: "TTJ-8H8",
        0x13: "TTJ-4H8",
        0x14: "TTJ-3H8",
        0x15: "TTJ-4H8",
        0x21: "TTJ-8H16",
        0x22: "TTJ-6H16",
        0x23: "TTJ-4H16",
        0x24: "TTJ-8H24",
        0x31: "TTJ-10H32",
        0x32: "TTJ-8H32",
        0x33: "TTJ-4H32",
    }
)
SAMPLE_TYPES: Mapping[int, str] = MappingProxyType({1: "pesticide", 2: "formaldehyde", 5: "borax"})
"""Sample-type codes as the captures show them."""
ANY = "*"


def _masked(event: Event | Broken, settings: Settings) -> Event | Broken:
    """The event, or a group whose mask differs from the slots that hold anything as broken."""
    if not isinstance(event, Group) or _counts(event, settings):
        return event
    used, mask = slots_in_use(event.raw), event.raw[7]
    if used == mask:
        return event
    detail = f"the mask is {mask:08b}, the slots in use are {used:08b}, slot 1 rightmost"
    return Broken(event.offset, event.raw, "mask", detail)


def _model(event: Group, settings: Settings) -> str | None:
    named = settings.get("model")
    if named:
        return str(named)
    return None if event.model is None else MODELS.get(event.model, f"{event.model:02X}")


def _counts(event: Group, settings: Settings) -> bool:
    """True where bytes 7 and 8 are a record counter on this model, so that there is no mask."""
    return _model(event, settings) in settings.get("counter_models", ())


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """One reading for each used slot of a group; model codes and ends carry none."""
    if not isinstance(event, Group):
        return ()
    used = slots_in_use(event.raw)
    return [_slot(event, settings, slot) for slot in range(8) if used >> slot & 1]


def _slot(event: Group, settings: Settings, slot: int) -> Reading:
    raw, model = event.raw, _model(event, settings)
    pair = raw[9 + 8 * slot : 17 + 8 * slot]
    first, second = float32(pair[:4]), float32(pair[4:])
    measured_at = device_time(2000 + raw[6], raw[4], raw[3], raw[2], raw[1], raw[0])
    meaning = _meaning(settings, model, raw[5])
    kind = meaning.get("meaning")
    extra = {
        "absorbance": first.reason if first.value is None else f"{first.value:f}",
        "second": second.reason if second.value is None else f"{second.value:f}",
        "floats_bytes": pair.hex(" ").upper(),
        "sample_type_code": str(raw[5]),
        "sample_type": SAMPLE_TYPES.get(raw[5], "unknown"),
        "bytes_7_8": raw[7:9].hex(" ").upper(),
        "model": model or "unknown",
    }
    if kind == "sample_delta_a":
        extra |= {"control_delta_a": extra["absorbance"], "sample_delta_a": extra["second"]}
    if measured_at is None:
        extra["clock_bytes"] = raw[:7].hex(" ").upper()
    value = second.value if kind in ("inhibition", "concentration") else None
    flags = [Flag.UNVERIFIABLE]
    flags += [Flag.BAD_CLOCK] if measured_at is None else []
    flags += [] if kind else [Flag.UNKNOWN_MEANING]
    flags += [Flag.NOT_A_NUMBER] if None in (first.value, second.value) else []
    flags += _range(value) if kind == "inhibition" else []
    counts = _counts(event, settings)
    return Reading(
        position=str(slot + 1) if counts else _position(raw[8], slot),
        item=meaning.get("item"),
        value=value,
        unit="%" if kind == "inhibition" else meaning.get("unit"),
        flags=tuple(flags),
        measured_at=measured_at,
        record=str(raw[7] | raw[8] << 8) if counts else None,
        extra=MappingProxyType(extra),
    )


def _meaning(settings: Settings, model: str | None, sample_type: int) -> Mapping[str, Any]:
    """What the settings say of the second float, under the model's name or `*`, then the sample-type code."""
    meanings = settings.get("meanings", {})
    found = meanings.get(model, {}).get(str(sample_type)) or meanings.get(ANY, {}).get(str(sample_type)) or {}
    return found if found.get("meaning") in ("inhibition", "concentration", "sample_delta_a") else {}


def _range(value: Decimal | None) -> list[Flag]:
    if value is None or 0 <= value <= 100:
        return []
    return [Flag.BELOW_RANGE if value < 0 else Flag.ABOVE_RANGE]


def _position(group: int, slot: int) -> str:
    """`A1` to `O8` by group and slot, plain `1` to `8` where there is no group, the byte itself for any other."""
    if group == 0:
        return str(slot + 1)
    letter = chr(ord("A") + (group >> 4) - 1) if group & 0x0F == 0 else f"{group:02X}-"
    return f"{letter}{slot + 1}"


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download, with the mask of each group checked."""
    return TtnjChain(TtnjDownload(), check=lambda event: _masked(event, settings))


PROFILE = Profile(
    id="taiyang_ttnj",
    title=("泰扬 TTNJ/TTJ 按键型农残速测仪", "Taiyang TTNJ/TTJ key-type analyser"),
    family="H",
    measures=("pesticide",),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.CAPTURE,
        "maker's documents; two captured groups and four fragments, with the screen's figures",
        ("mask bit order on the machine", "record counter of eight-channel units", "most sample-type codes"),
    ),
    channels=(tuple(str(one) for one in range(1, 9)),),
    poll=("download", 30.0),
    simulator=simulator,
    destructive=("clear",),
)
