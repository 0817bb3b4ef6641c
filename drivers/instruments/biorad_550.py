"""Bio-Rad 550, 680, Benchmark and Ultramark 96-well readers: a plate when asked, or as the reader sends it.

What it is: an absorbance reader on 9600 8N1 that understands a few words; `last` has it send its last plate again,
`plate` has it read one with the filters in the settings (`filter`, `reference`, `mix` seconds). It also sends each
plate that is read on its own keys; read at two wavelengths, that one holds the difference alone.
Wire source: command chapters of the public user manuals of Models 550 and 680.
Unverified: a plate from a genuine reader; whether line ends count in the check; the 680's longer RPLATE arguments.
"""

from collections.abc import Generator, Sequence
from types import MappingProxyType

from drivers.figures import figure
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.biorad_550 import simulator
from protocols.codec import Codec, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, answer
from protocols.plate_lines import COLUMNS, OVER, ROWS, BioRadLines, Plate, Status, well

DEVICE = "EIA.READER"
PLATE_WAIT = 120.0
WELLS = tuple(tuple(well(row, column) for column in range(COLUMNS)) for row in range(len(ROWS)))

Event = Plate | Status


def codec(settings: Settings) -> Codec[Event]:
    """The host's side: `last`, `plate` and `id`."""

    def scripts(command: str) -> Generator[Ask | Fault, Event | None, None]:
        if command not in ("last", "plate", "id"):
            raise ProtocolError(f"this reader knows last, plate and id, not {command!r}")
        return _script(command, settings)

    return Exchange[Event, Event](BioRadLines(), lambda piece: (piece,), scripts)


def _script(command: str, settings: Settings) -> Generator[Ask | Fault, Event | None, None]:
    if command == "id":
        yield from answer(_ask("ID", 5.0), Status)
        return
    if (yield from answer(_ask("AQ", 5.0), Status)) is None:
        return
    filters = [settings.get("mix", 0), settings.get("filter", 1), settings.get("reference", "")]
    order = "RTPLATE" if command == "last" else f"RPLATE {' '.join(str(one) for one in filters if one != '')}"
    came = yield _ask(order, PLATE_WAIT)
    if came is None:
        yield Fault("timeout", f"no plate within {PLATE_WAIT:g} s")
    elif isinstance(came, Status):
        yield Fault("refused", f"the reader answered error {came.code} {came.text}".strip())
    yield from answer(_ask("RL", 5.0), Status)


def _ask(order: str, wait: float) -> Ask:
    return Ask(f"{DEVICE} {order}\r".encode(), wait)


def read(event: Event, _settings: Settings) -> Sequence[Reading]:
    """One absorbance for each well; a status carries none."""
    return [_well(event, name) for row in WELLS for name in row] if isinstance(event, Plate) else ()


def _well(plate: Plate, name: str) -> Reading:
    text = plate.wells[name]
    extra = dict(plate.told)
    if name in plate.reference:
        extra["reference"] = plate.reference[name]
    return Reading(
        position=name,
        item="absorbance",
        value=figure(text).value,
        unit="Abs",
        flags=(Flag.ABOVE_RANGE,) if text == OVER else (),
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="biorad_550",
    title=("伯乐 Bio-Rad 550/680 酶标仪", "Bio-Rad 550/680 microplate reader"),
    family="Bio-Rad EIA",
    measures=("veterinary", "mycotoxin"),
    wiring=(Serial(9600),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "command chapters of the public user manuals of Models 550 and 680",
        ("a plate of a genuine reader", "line ends in the check"),
    ),
    channels=WELLS,
    download="last",
    probe="id",
    simulator=simulator,
)
