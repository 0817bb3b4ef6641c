"""Rayto plate reader DY-5000LD, and the older DY-3000 that speaks the same way (family K).

What it is: a 96-well reader that sends its results as comma separated text, wells of a duplicate run together (`A1A2`).
Wire source: the host program that reads it; the closing word and the one-byte request are literal there, the order of
the fields is derived. Records begin with `B,` (DY-5000LD: number, item, wells, absorbance, quantity, conclusion, unit,
time) or `R,` (DY-3000: number, item, value, unit, time). Note the odd parity. Nothing on this wire can be checked: it
is read twice, and every reading is flagged `unverifiable` until two readings agree.
Unverified: a record of a genuine device; whether anything stands between two records; the words of its conclusions;
the speed of the DY-3000, which its host sets by a file (give `baud` and `parity`).
"""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.csv_rows import reading_of
from drivers.device_text import text_of
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Reading
from drivers.simulators.rayto_dy5000ld import simulator
from protocols.codec import Codec, ProtocolError
from protocols.csv_upload import Event, Row, upload

FIELDS = MappingProxyType(
    {
        "B": ("number", "item", "position", "absorbance", "value", "call", "unit", "time"),
        "R": ("number", "item", "value", "unit", "time"),
    }
)
"""What follows each record's letter."""
REQUEST = b"a"


def codec(_settings: Settings) -> Codec[Event]:
    """The host's side: one byte asks, text comes until the closing word."""
    return upload({letter: len(names) for letter, names in FIELDS.items()}, _request)


def _request(command: str) -> bytes:
    if command != "read":
        raise ProtocolError(f"this device knows read, not {command!r}")
    return REQUEST


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One reading for each record."""
    if not isinstance(event, Row):
        return ()
    number = text_of(event.fields[0])
    return (reading_of(event, FIELDS[event.letter], letter=event.letter, number=number),)


PROFILE = Profile(
    id="rayto_dy5000ld",
    title=("雷杜 DY-5000LD 酶标仪及旧款 DY-3000", "Rayto DY-5000LD plate reader and the older DY-3000"),
    family="K",
    measures=("veterinary", "mycotoxin", "additive"),
    wiring=(Serial(19200, parity="O"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "literal closing word and request, order of fields in the host program that reads it",
        (
            "no captured record",
            "what stands between records",
            "words of its conclusions",
            "odd parity on a real port",
        ),
    ),
    channels=tuple(tuple(f"{row}{column}" for column in range(1, 13)) for row in "ABCDEFGH"),
    download="read",
    simulator=simulator,
)
