"""Dayuan meters of the `03 FF` wire (family A): DY-3000(DY), DY-3500, DY-6600, TL-300 and DY-7200.

What it is: photometers and strip readers that keep records of wet chemistry, gold strips and dry chemistry. A download
fetches the item lists (a record only names a place in them), counts the records of a day and reads them one by one.
Wire source: host programs that download from these meters; the test, count and start requests are literal there and
verify under both XORs, layouts of replies are derived from the same programs. Settings: `kinds`, which of `wet`,
`strip`, `dry` the meter has; `dialect`, one of `binary`, `text` (DY-7200: records of labelled text, sent one after
another) and `81-04` (older pesticide units: no request is known and there is no check, so it is only listened to and
every reading is flagged `unverifiable`); newer units need `baud = 115200`.
Hosts drop what they call invalid. Here it is a reading without a value, and the figures 32.767, 32.766 and 999.980,
which are the same bits as their marks for it, keep their value and are held as of unknown meaning.
Unverified: every reply of a genuine meter; whether item replies repeat the place that was asked for; how many pad bytes
follow the channels; the unnamed bytes of lists and records; the form of the DY-7200's time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import CALLS, figure, hex_of, rate_doubts, text_of
from drivers.device_time import device_time, loose_time
from drivers.errors import Refused
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.dayuan_03ff import simulator
from protocols.codec import Codec
from protocols.three_ff import Event, Rates, Record, download, listener, unpacked

DIALECTS = ("binary", "text", "81-04")
VALID, SUSPECT = 0x80, 0xC0
RATE = 0  # the method whose figures are inhibition rates
RATE_CALLS: Mapping[int, Call] = MappingProxyType({0x7FFF: Call.INVALID, 0x7FFE: Call.NOT_APPLICABLE})
FIGURE_CALLS: Mapping[int, Call] = MappingProxyType(
    {0x7FFFFFFF: Call.INVALID, 0x7FFFFFFE: Call.INVALID, 0x7FFFFFFD: Call.NOT_APPLICABLE}
)
AMBIGUOUS = frozenset((0x7FFF, 0x7FFE, 0x0F422C))
"""Figures which some firmware means as marks: 32.767, 32.766 and 999.980."""
CARD_CALLS: Mapping[int, Call] = MappingProxyType(
    {1: Call.POSITIVE, 2: Call.NEGATIVE, 3: Call.NOT_APPLICABLE}
)
QUALITATIVE = {"strip": (0, 1), "dry": (0,)}
QUANTITATIVE = {"strip": (2, 3), "dry": (2,)}
LABELS = (
    "title",
    "client",
    "laboratory",
    "sample_type",
    "batch",
    "sample",
    "item",
    "result",
    "standard",
    "time",
)
"""The fields of a DY-7200 record in their order."""
RATES_ITEM = "pesticide inhibition"


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download in the dialect of the settings."""
    dialect = settings.get("dialect", "binary")
    if dialect not in DIALECTS:
        raise Refused("setting_word", setting="dialect", value=dialect, allowed=" ".join(DIALECTS))
    if dialect == "81-04":
        return listener()
    return download(list(settings.get("kinds", ("wet",))), text=dialect == "text")


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """The readings of one record, one for each channel of wet chemistry; other events carry none."""
    if isinstance(event, Rates):
        return [_rate(raw, event.last) for raw in event.records]
    if not isinstance(event, Record):
        return ()
    if settings.get("dialect") == "text":
        return (_labelled(event),)
    if event.data[0] == 0:
        return ()  # an empty slot
    return _wet(event) if event.kind == "wet" else (_card(event),)


@dataclass(frozen=True, slots=True)
class _Item:
    """What the meter's list says of the item that a record names."""

    name: str | None
    unit: str | None
    method: int | None
    flags: tuple[Flag, ...]


def _item(event: Record) -> _Item:
    if event.item is None:
        return _Item(None, None, None, (Flag.UNKNOWN_ITEM,))
    name, unit = text_of(event.item[:16]), text_of(event.item[16:24])
    return _Item(name or None, unit or None, event.item[24], () if name else (Flag.UNKNOWN_ITEM,))


def _clock(event: Record, at: int) -> tuple[datetime | None, dict[str, str], tuple[Flag, ...]]:
    """The record's time, what is said beside every reading of it, and the doubt about a time that cannot be."""
    raw = event.data[at : at + 4]
    measured_at = device_time(*unpacked(int.from_bytes(raw, "little")))
    extra = {"kind": event.kind, "item_number": str(event.data[1]), "record_number": str(event.number)}
    if measured_at is not None:
        return measured_at, extra, ()
    return None, extra | {"clock_bytes": hex_of(raw)}, (Flag.BAD_CLOCK,)


def _wet(event: Record) -> list[Reading]:
    if len(event.data) < 8:
        raise ValueError(f"a wet record of {len(event.data)} bytes has no clock")
    cells = [event.data[at : at + 8] for at in range(8, len(event.data) - 7, 8)]
    return [_cell(event, cell) for cell in cells if any(cell[1:])]


def _cell(event: Record, cell: bytes) -> Reading:
    item = _item(event)
    measured_at, extra, doubts = _clock(event, 4)
    value, call, flags = _valued(item.method, cell[4:])
    if not cell[1] & VALID:
        value, call = None, Call.INVALID
        flags = (Flag.NOT_A_NUMBER,)
    elif cell[1] >= SUSPECT and call is None:
        call = Call.SUSPECT
    extra |= {
        "method": "unknown" if item.method is None else str(item.method),
        "flag_byte": f"{cell[1]:02X}",
        "value_bytes": hex_of(cell[4:]),
    }
    extra |= {"unknown_bytes": hex_of(cell[2:4]), "record_bytes": hex_of(event.data[2:4])}
    control = (Flag.CONTROL,) if cell[0] == 0 else ()
    return Reading(
        position=str(cell[0]),
        item=item.name,
        value=value,
        unit="%" if item.method == RATE else item.unit,
        call=call,
        flags=(*item.flags, *flags, *control, *doubts),
        record=f"wet {event.number}",
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


def _valued(method: int | None, raw: bytes) -> tuple[Decimal | None, Call | None, tuple[Flag, ...]]:
    """The figure of four bytes under its item's method; without the method no figure is given."""
    if method is None:
        return None, None, (Flag.UNKNOWN_MEANING,)
    if method == RATE:
        rate = int.from_bytes(raw[:2], "little")
        if rate in RATE_CALLS:
            return None, RATE_CALLS[rate], (Flag.NOT_A_NUMBER,)
        return Decimal(rate).scaleb(-1), None, rate_doubts(Decimal(rate).scaleb(-1))
    return _figure(raw)


def _figure(raw: bytes) -> tuple[Decimal | None, Call | None, tuple[Flag, ...]]:
    """A figure in thousandths whose highest bit is its sign."""
    bits = int.from_bytes(raw, "little")
    if bits in FIGURE_CALLS:
        return None, FIGURE_CALLS[bits], (Flag.NOT_A_NUMBER,)
    size = Decimal(bits & 0x7FFFFFFF).scaleb(-3)
    return (-size if bits >> 31 else size), None, (Flag.UNKNOWN_MEANING,) if bits in AMBIGUOUS else ()


def _card(event: Record) -> Reading:
    if len(event.data) < 9:
        raise ValueError(f"a {event.kind} record of {len(event.data)} bytes has no result")
    item, data = _item(event), event.data
    measured_at, extra, doubts = _clock(event, 2)
    method, call = data[8] >> 6, CARD_CALLS.get(data[8] & 3)
    value: Decimal | None = None
    flags: tuple[Flag, ...] = ()
    if method in QUANTITATIVE[event.kind] and len(data) >= 13:
        value, said, flags = _figure(data[9:13])
        call = said or call
    elif method not in QUALITATIVE[event.kind]:
        flags = (Flag.UNKNOWN_MEANING,)
    number = str(int.from_bytes(data[6:8], "little"))
    extra |= {"running_number": number, "method": str(method), "result_bytes": hex_of(data[8:])}
    return Reading(
        item=item.name,
        value=value,
        unit=item.unit,
        call=call,
        flags=(*item.flags, *flags, *doubts),
        record=f"{event.kind} {number}",
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


def _labelled(event: Record) -> Reading:
    """A DY-7200's record: labelled lines in a fixed order, the result as value, unit and conclusion or as one word."""
    lines = [text_of(line) for line in event.data[3:].split(b"\r")]
    texts = dict(zip(LABELS, (line.partition("：")[2].strip() for line in lines), strict=False))
    words = texts.get("result", "").split()
    value, flags = figure(words[0]) if len(words) > 1 else (None, (Flag.NOT_A_NUMBER,))
    measured_at = loose_time(texts.get("time", ""))
    return Reading(
        sample=texts.get("sample") or None,
        item=texts.get("item") or None,
        value=value,
        unit=words[1] if len(words) > 2 else None,
        call=CALLS.get(words[-1]) if words else None,
        flags=(*flags, *(() if measured_at else (Flag.BAD_CLOCK,))),
        measured_at=measured_at,
        record=hex_of(event.data[:3]),
        extra=MappingProxyType({"head_bytes": hex_of(event.data[:3]), "text": "\n".join(lines)}),
    )


def _rate(raw: bytes, last: int) -> Reading:
    value = Decimal(int.from_bytes(raw[8:], "little")).scaleb(-2)
    measured_at = device_time(2000 + raw[3], raw[4], raw[5], raw[6], raw[7], 0)
    extra = {"unknown_bytes": hex_of(raw[1:3]), "last_byte": f"{last:02X}"}
    if measured_at is None:
        extra["clock_bytes"] = hex_of(raw[3:8])
    bad = () if measured_at else (Flag.BAD_CLOCK,)
    return Reading(
        position=str(raw[0]),
        item=RATES_ITEM,
        value=value,
        unit="%",
        flags=(Flag.UNVERIFIABLE, *rate_doubts(value), *bad),
        measured_at=measured_at,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_03ff",
    title=(
        "达元 DY-3000(DY)/DY-3500/DY-6600/TL-300/DY-7200 检测仪",
        "Dayuan DY-3000(DY), DY-3500, DY-6600, TL-300 and DY-7200 meters",
    ),
    family="A",
    measures=("pesticide", "additive", "veterinary"),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal requests and layouts in host programs that download from these meters",
        (
            "no captured reply",
            "place in item replies",
            "pad bytes",
            "form of the DY-7200's time",
            "81 04 requests",
        ),
    ),
    channels=(tuple(str(one) for one in range(1, 9)), tuple(str(one) for one in range(9, 17))),
    defaults=MappingProxyType[str, object]({"dialect": "binary", "kinds": ("wet", "strip", "dry")}),
    download="day:today",
    probe="test",
    simulator=simulator,
    destructive=("clear",),
)
