"""BioTek ELx and Synergy 96-well readers: a plate is read when a person asks for it.

What it is: an absorbance reader on 9600 8N2 with RTS/CTS that is given a plate's geometry and a read order and
answers with a row, a column and a figure for each well. `read` reads at the setting `wavelength` in nanometres,
`version` and `serial` ask who it is. Some units speak at 38461 baud (setting `baud`).
Wire source: an open laboratory-automation driver for this family, for commands, order text and answer.
There is no check on this wire and the reader cannot repeat a plate: every reading is flagged `unverifiable`.
Unverified: everything on a genuine ELx; the geometry of other plates (setting `geometry`); the first 22 bytes.
"""

from collections.abc import Generator, Sequence
from types import MappingProxyType

from drivers.figures import figure
from drivers.profile import Evidence, Profile, Rung, Serial, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.biotek_elx import simulator
from protocols.codec import Codec, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer
from protocols.plate_lines import COLUMNS, OVER, ROWS, BioTekAnswers, Plate, Ready, Status, well

GEOMETRY = "08120112207434014351135308559127881422"
"""Rows, columns, corners and size of a usual 96-well plate in hundredths of a millimetre."""
ORDER = "00470101010812000120010000110010000010600008{wavelength:04d}1"
WHO = {"version": b"e", "serial": b"C"}
PLATE_WAIT = 180.0
WELLS = tuple(tuple(well(row, column) for column in range(COLUMNS)) for row in range(len(ROWS)))

Event = Plate | Status | Ready


def codec(settings: Settings) -> Codec[Event]:
    """The host's side: `read`, `version` and `serial`."""

    def scripts(command: str) -> Script[Event]:
        if command in WHO:
            return _who(WHO[command])
        if command != "read":
            raise ProtocolError(f"this reader knows read, version and serial, not {command!r}")
        return _read(int(settings.get("wavelength", 450)), str(settings.get("geometry", GEOMETRY)))

    return Exchange[Event, Event](BioTekAnswers(), lambda piece: (piece,), scripts)


def _who(letter: bytes) -> Generator[Ask | Fault, Event | None, None]:
    yield from answer(Ask(letter, 5.0), Status)


def _read(wavelength: int, geometry: str) -> Generator[Ask | Fault, Event | None, None]:
    order = ORDER.format(wavelength=wavelength)
    order += f"{sum(order.encode()) % 100:02d}"
    for letter, text in ((b"y", geometry), (b"D", order)):
        if (yield from answer(Ask(letter, 5.0), Ready)) is None:
            return
        if (yield from answer(Ask(text.encode() + b"\x03", 10.0), Status)) is None:
            return
    status = yield from answer(Ask(b"O", 10.0), Status)
    if status is not None and status.code != "0000":
        yield Fault("refused", f"the reader answered {status.code} {status.text}".strip())
    elif status is not None:
        yield from answer(Ask(b"", PLATE_WAIT), Plate)


def read(event: Event, settings: Settings) -> Sequence[Reading]:
    """One absorbance for each well that was read; other answers carry none."""
    if not isinstance(event, Plate):
        return ()
    told = MappingProxyType({**event.told, "wavelength": str(settings.get("wavelength", 450))})
    return [
        Reading(
            position=name,
            item="absorbance",
            value=figure(text).value,
            unit="Abs",
            flags=(Flag.UNVERIFIABLE, *((Flag.ABOVE_RANGE,) if text == OVER else ())),
            extra=told,
        )
        for name, text in event.wells.items()
    ]


PROFILE = Profile(
    id="biotek_elx",
    title=("宝特 BioTek ELx 酶标仪", "BioTek ELx microplate reader"),
    family="BioTek",
    measures=("veterinary", "mycotoxin"),
    wiring=(Serial(9600, stop=2),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "an open laboratory-automation driver for this family",
        ("everything on a genuine ELx", "the geometry of other plates", "the first 22 bytes of an answer"),
    ),
    channels=WELLS,
    download="read",
    probe="version",
    simulator=simulator,
)
