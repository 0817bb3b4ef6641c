"""NC-series residue and multi-item meters: push records between FE FE, with no check and no published layout.

What it is: a meter that pushes records of 26, 24 or 20 hexadecimal characters. Its figure is a whole number: one
thousandth for residues (types 0 and 64), one hundredth for other items, one tenth in the short record.
Wire source: a host program's handling of the stream (separator, lengths, scales, item codes).
Nothing public says where in a record each field stands. The setting `layouts` says it for each length, as
`{"26": {"value": [16, 6], "type": [14, 2], "item": [12, 2], "channel": [10, 2], "date": [0, 10], "number": [22, 4]}}`:
first hexadecimal character and count, counted from 0. A record without a layout is kept with its bytes and no value.
There is no check: every reading is flagged `unverifiable`. List in `lengths` only what this meter sends.
Unverified: everything but separator, lengths, scales and item codes; whether bytes or characters go over the line
(`text = true` for characters); whether figures are decimal digits (`digits = "hex"` where they are not).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from drivers.device_time import device_time
from drivers.profile import Evidence, Profile, Record, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.nc_meter import simulator
from protocols.codec import Codec
from protocols.fefe import FefeRecords, Piece

ITEMS: Mapping[int, str] = MappingProxyType(
    {
        0: "农药残留",
        1: "甲醛",
        2: "吊白块",
        3: "二氧化硫",
        4: "亚硝酸盐",
        5: "硝酸盐",
        6: "蛋白质",
        7: "过氧化氢",
        8: "甲醇",
        9: "余氯",
    }
)
RESIDUE_TYPES = frozenset({0, 64})
SHORT = 20  # hexadecimal characters of the record whose figure is a tenth


def codec(settings: Settings) -> Codec[Piece]:
    """The host's side, which only listens."""
    lengths = frozenset(int(one) // 2 for one in settings["lengths"])
    return FefeRecords(lengths, text=bool(settings.get("text", False)))


def read(event: Piece, settings: Settings) -> Sequence[Reading]:
    """One reading for each record; without a layout for its length it carries its bytes alone."""
    text = event.data.hex().upper()
    layout: Mapping[str, Sequence[int]] | None = settings.get("layouts", {}).get(str(len(text)))
    extra = {"record": text}
    if layout is None:
        flags = (Flag.UNVERIFIABLE, Flag.UNKNOWN_MEANING)
        return (Reading(flags=flags, extra=MappingProxyType(extra)),)
    return (_reading(text, layout, settings, extra),)


def _reading(
    text: str, layout: Mapping[str, Sequence[int]], settings: Settings, extra: dict[str, str]
) -> Reading:
    parts = {name: text[first : first + count] for name, (first, count) in layout.items()}
    base = 16 if settings.get("digits") == "hex" else 10
    whole = {name: _whole(part, base) for name, part in parts.items()}
    flags = [Flag.UNVERIFIABLE]
    code, kind, raw = whole.get("item"), whole.get("type"), whole.get("value")
    items: Mapping[str, Any] = settings.get("items", {})
    item = items.get(str(code)) or (ITEMS.get(code) if code is not None else None)
    value = None if raw is None else Decimal(raw).scaleb(-_decimals(len(text), kind))
    measured_at = _clock(parts.get("date", ""))
    flags += [Flag.UNKNOWN_ITEM] if item is None else []
    flags += [Flag.NOT_A_NUMBER] if value is None else []
    flags += [Flag.BAD_CLOCK] if measured_at is None else []
    extra |= {name: parts[name] for name in ("type", "number", "date") if name in parts}
    channel = whole.get("channel")
    return Reading(
        position=None if channel is None else str(channel),
        item=item,
        value=value,
        unit=settings.get("units", {}).get(str(code)),
        flags=tuple(flags),
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


def _whole(part: str, base: int) -> int | None:
    try:
        return int(part, base)
    except ValueError:
        return None


def _decimals(length: int, kind: int | None) -> int:
    if length == SHORT:
        return 1
    return 3 if kind in RESIDUE_TYPES else 2


def _clock(digits: str) -> datetime | None:
    if len(digits) not in (6, 10, 12) or not digits.isdigit():
        return None
    year, *rest = (int(digits[at : at + 2]) for at in range(0, len(digits), 2))
    month, day, hour, minute, second = (*rest, 0, 0, 0)[:5]
    return device_time(2000 + year, month, day, hour, minute, second)


PROFILE = Profile(
    id="nc_meter",
    title=("NC 系列农残/多功能速测仪", "NC-series residue and multi-item meter"),
    family="NC FEFE",
    measures=("pesticide", "additive"),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "a host program's handling of the stream: separator, lengths, scales, item codes",
        ("the place of each field", "line settings", "no captured record"),
    ),
    defaults=MappingProxyType[str, object]({"lengths": (26, 24, 20)}),
    simulator=simulator,
    samples=(
        Record("3", fields={"record": "26080710310300000374000001"}),
        Record("4", fields={"record": "26080710310401050374000001"}),
    ),
)
