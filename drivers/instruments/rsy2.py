"""Meat-moisture meter RSY-2, second and third generation (family Q).

What it is: a probe that keeps moisture readings of meat and sends them as framed text.
Wire source: the host program that talks to it; two requests are literal there and verify, layouts of records are
derived. The setting `generation` is 2 (all records in one list, a day without a time) or 3 (records of the days asked
for). Generation 2 is assumed to check its answers as its requests are; `lenient = true` takes records with another
check too, flagged `unverifiable`. Setting the meter's clock is an act of its own, never done by itself.
Unverified: an answer of a genuine meter; the check of generation 2; that the last six digits of generation 3 are a
time; what the type digit means (it is kept as it is); the answers to version and clock.
"""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.device_time import device_time
from drivers.errors import Refused
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.rsy2 import simulator
from protocols.codec import Codec
from protocols.rsy2 import Event, Records, download

ITEM = "meat moisture"
GENERATIONS = (2, 3)


def codec(settings: Settings) -> Codec[Event]:
    """The host's side of the download, for the generation of the settings."""
    generation = settings.get("generation", GENERATIONS[0])
    if generation not in GENERATIONS:
        raise Refused("setting_word", setting="generation", value=generation, allowed="2 3")
    return download(generation, lenient=bool(settings.get("lenient")))


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record."""
    if not isinstance(event, Records):
        return ()
    form = _list_entry if event.generation == 2 else _dated
    return [form(raw.decode("ascii"), () if event.checked else (Flag.UNVERIFIABLE,)) for raw in event.raws]


def _list_entry(text: str, flags: tuple[Flag, ...]) -> Reading:
    """Generation 2: mark, number 3, figure 3, blank, type, blank, `yy/MM/dd`, blank."""
    day = f"20{text[10:18]}".replace("/", "-")
    extra = {"generation": "2", "date": day, "type": text[8], "number": text[1:4], "figure": text[4:7]}
    return _reading(text[4:7], extra, flags, record=f"{day} {text[1:4]}")


def _dated(text: str, flags: tuple[Flag, ...]) -> Reading:
    """Generation 3: number 4, figure 3, type, `yyMMdd`, six digits of time."""
    clock = text[8:20]
    extra = {"generation": "3", "type": text[7], "number": text[:4], "figure": text[4:7], "clock_text": clock}
    return _reading(text[4:7], extra, flags, record=text[:4], clock=clock)


def _reading(
    figure: str, extra: dict[str, str], flags: tuple[Flag, ...], *, record: str, clock: str = ""
) -> Reading:
    value = Decimal(int(figure)).scaleb(-1) if figure.isdecimal() else None
    measured_at = None
    if clock.isdecimal():
        year, month, day, hour, minute, second = (int(clock[at : at + 2]) for at in range(0, 12, 2))
        measured_at = device_time(2000 + year, month, day, hour, minute, second)
    doubts = (*flags, *(() if value is not None else (Flag.NOT_A_NUMBER,)))
    return Reading(
        item=ITEM,
        value=value,
        unit="%",
        flags=(*doubts, *((Flag.BAD_CLOCK,) if clock and measured_at is None else ())),
        measured_at=measured_at,
        record=record,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="rsy2",
    title=("RSY-2 肉类水分快速检测仪", "RSY-2 meat moisture meter"),
    family="Q",
    measures=("moisture",),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal requests and layouts in the host program that talks to it",
        ("no captured answer", "check of generation 2", "time of generation 3", "type digit"),
    ),
    defaults=MappingProxyType[str, object]({"generation": 2}),
    download="day:today",
    simulator=simulator,
    destructive=("set_clock:",),
)
