"""Dayuan bottle colorimeters DY-6200 and DY-6201, and the meat-moisture meter DY-6400 (family M).

What it is: handheld meters that keep their results and send all of them when greeted and asked.
Wire source: the host program that downloads from them; the three commands and the answer to the greeting are literal
there, records are derived. The setting `model` is `DY-6200`, `DY-6201` or `DY-6400`: the wire does not say it, item
codes mean other items on each, and the moisture meter's records are shorter. Without it records are read as of a
colorimeter and the item stays unknown.
There is no check: all is fetched twice, and every reading is flagged `unverifiable` until two downloads agree. The
moisture meter sends a day without a time: it stands in extra. Its host draws no conclusion, and neither do we.
Unverified: a record of a genuine meter; the last byte of moisture records; what the meter answers to `erase`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_text import hex_of
from drivers.device_time import device_time
from drivers.errors import Refused
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.dayuan_6a import simulator
from protocols.codec import Codec
from protocols.six_a import BOTTLE, MOISTURE, Event, Record, download

ITEMS: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "DY-6200": {
            1: "酚酞",
            2: "亚硝酸盐",
            3: "硝酸盐",
            4: "余氯",
            5: "蛋白质",
            6: "人血白蛋白",
            7: "过氧化物",
        },
        "DY-6201": {1: "汞", 2: "砷", 3: "铅", 4: "亚硝酸盐", 5: "蛋白质", 6: "人血白蛋白", 7: "过氧化物"},
    }
)
"""What the item codes mean on each colorimeter."""
MOISTURE_MODEL = "DY-6400"
MODELS = ("", *ITEMS, MOISTURE_MODEL)
SPECIES: Mapping[int, str] = MappingProxyType({1: "猪", 2: "牛", 3: "羊", 4: "鸡", 5: "其它"})
CALLS: Mapping[int, Call] = MappingProxyType({1: Call.NEGATIVE, 2: Call.POSITIVE, 3: Call.SUSPECT})
OUT_OF_RANGE = 4
MOISTURE_ITEM = "meat moisture"


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download, for the model of the settings."""
    model = settings.get("model", "")
    if model not in MODELS:
        raise Refused("setting_word", setting="model", value=model, allowed=" ".join(MODELS[1:]))
    return download(MOISTURE if model == MOISTURE_MODEL else BOTTLE)


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """One reading for each record."""
    if not isinstance(event, Record):
        return ()
    model = str(settings.get("model", ""))
    return (_moisture(event.raw) if model == MOISTURE_MODEL else _bottle(event.raw, model),)


def _bottle(raw: bytes, model: str) -> Reading:
    digits = raw[7:13].hex()
    year, month, day, hour, minute, second = (int(digits[at : at + 2]) for at in range(0, 12, 2))
    measured_at = device_time(2000 + year, month, day, hour, minute, second)
    item = ITEMS.get(model, {}).get(raw[5])
    flags = (
        Flag.UNVERIFIABLE,
        *(() if item else (Flag.UNKNOWN_ITEM,)),
        *(() if measured_at else (Flag.BAD_CLOCK,)),
    )
    if raw[6] == OUT_OF_RANGE:  # the device does not say on which side
        flags += (Flag.UNKNOWN_MEANING,)
    number = str(int.from_bytes(raw[1:3], "little"))
    extra = {
        "number": number,
        "item_code": str(raw[5]),
        "conclusion_byte": f"{raw[6]:02X}",
        "clock_bytes": hex_of(raw[7:]),
    }
    return Reading(
        item=item,
        value=Decimal(int.from_bytes(raw[3:5], "little")).scaleb(-2),
        unit="mg/kg",
        call=CALLS.get(raw[6]),
        flags=flags,
        measured_at=measured_at,
        record=number,
        extra=MappingProxyType(extra),
    )


def _moisture(raw: bytes) -> Reading:
    figures, digits = raw[1:3].hex(), raw[4:7].hex()
    value = Decimal(int(figures)).scaleb(-1) if figures.isdecimal() else None
    day = f"20{digits[:2]}-{digits[2:4]}-{digits[4:]}"
    extra = {
        "date": day,
        "number": str(raw[7]),
        "value_bytes": hex_of(raw[1:3]),
        "species_byte": f"{raw[3]:02X}",
        "species": SPECIES.get(raw[3], "unknown"),
        "last_byte": f"{raw[8]:02X}",
    }
    return Reading(
        item=MOISTURE_ITEM,
        value=value,
        unit="%",
        flags=(Flag.UNVERIFIABLE, *((Flag.NOT_A_NUMBER,) if value is None else ())),
        record=f"{day} {raw[7]}",
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="dayuan_6a",
    title=(
        "达元 DY-6200/DY-6201 比色仪、DY-6400 肉类水分仪",
        "Dayuan DY-6200, DY-6201 colorimeters, DY-6400 meat moisture",
    ),
    family="M",
    measures=("additive", "heavy_metal", "water", "moisture"),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal commands and greeting, record layouts in the host program that downloads from them",
        ("no captured record", "last byte of moisture records", "answer to erase"),
    ),
    download="read",
    simulator=simulator,
    destructive=("erase",),
)
