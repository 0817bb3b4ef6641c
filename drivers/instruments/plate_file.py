"""Exports of plate readers' and photometers' programs, as text or workbook, from a watched folder.

What it is: files of Gen5, SoftMax Pro, SkanIt, Magellan, MARS, EnVision, Genesys and VISIONlite, and any other whose
plate is a grid under column numbers, a list of wells, or a list of samples. Files are only read, and only once they
stand still; each content is taken once.
Wire source: layouts as an open converter of laboratory files reads them. Settings: `glob`, `encoding`, `delimiter`,
`comma` (decimal comma; found out where it is not set), `clock` (form of the time as strptime writes it), `unit`.
Unverified: each program's own file until a laboratory has compared one with its screen.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from drivers.exports import Entry, Sheet, TableError, grids, listed, named, sheets, well_of
from drivers.figures import figure
from drivers.moments import moment_of
from drivers.profile import Evidence, Folder, Profile, Record, Rung, Settings
from drivers.reading import Flag, Reading
from drivers.simulators.plate_file import simulator
from protocols.codec import Codec
from protocols.files import FileCodec, FileShot
from protocols.tables import decimal_comma

WELLS = frozenset({"well", "wells", "wellposition", "well position", "well id", "position", "孔位", "孔"})
SAMPLES = frozenset(
    {"sample", "sample id", "sample name", "name", "样品", "样品名称", "样品编号", "sample_id"}
)
VALUES = frozenset(
    {"abs", "absorbance", "od", "value", "values", "result", "raw data", "signal", "吸光度", "a", "meas"}
)
TIMES = (
    "date/time",
    "date time",
    "datetime",
    "measurement date",
    "measured on",
    "日期时间",
    "检测时间",
    "date",
    "日期",
)
CLOCKS = ("time", "时间")
SERIALS = ("serial number", "reader serial number")
OVER = frozenset({"OVRFLW", "OVERFLOW", "OVER", "*", "*.*", "*.**", "*.***", "#SAT", "SAT", "+++"})
ALONE = frozenset(
    {
        "wavelength",
        "filter",
        "plate",
        "barcode",
        "instrument",
        "reader serial number",
        "serial number",
        "method",
        "protocol",
        "测量波长",
        "波长",
    }
)

_NANOMETRES = re.compile(r"[1-9][0-9]{2}(?:\.[0-9])? ?nm")


def codec(settings: Settings) -> Codec[FileShot]:
    """Files as the folder link hands them over; one without a single figure is broken."""

    def judge(shot: FileShot) -> str:
        try:
            return "" if read(shot, settings) else "neither a plate nor a list of figures was found"
        except TableError as error:
            return str(error)

    return FileCodec(judge)


def read(event: FileShot, settings: Settings) -> Sequence[Reading]:
    """One reading for each well or sample that holds anything, and each read of it."""
    found = sheets(event, str(settings.get("encoding", "")), str(settings.get("delimiter", "")))
    return [reading for sheet in found for reading in _sheet(sheet, settings)]


def _record(texts: Sequence[str]) -> str:
    """What tells a plate or a row from another: its own figures, so that saving a file again makes nothing new."""
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _sheet(sheet: Sheet, settings: Settings) -> Iterator[Reading]:
    plates = list(grids(sheet.rows))
    texts = [cell.text for plate in plates for cell in plate] or [cell for row in sheet.rows for cell in row]
    comma = bool(settings["comma"]) if "comma" in settings else decimal_comma(texts)
    about = _About(sheet, settings, comma=comma)
    for number, plate in enumerate(plates, 1):
        more = {"plate": str(number)} if len(plates) > 1 else {}
        about.record = _record([f"{cell.well}={cell.text}" for cell in plate])
        for cell in plate:
            yield about.reading(cell.well, cell.text, more | ({"read": cell.read} if cell.read else {}))
    if plates:
        return
    for entry in listed(sheet.rows, (WELLS,)) or listed(sheet.rows, (SAMPLES, VALUES)) or _numbered(sheet):
        yield from _entry(entry, about)


def _numbered(sheet: Sheet) -> list[Entry]:
    """Samples whose figures stand under wavelengths, such as `410 nm` or `A(410nm)`."""
    found = listed(sheet.rows, (SAMPLES,))
    return [one for one in found if any(_NANOMETRES.search(name.lower()) for name in one.cells)]


def _entry(entry: Entry, about: "_About") -> Iterator[Reading]:
    """A row of a list: each of its value columns is one reading; other columns stand in extra."""
    wells, names = (
        named(entry.cells, WELLS),
        {name for name in entry.cells if name.lower() in WELLS | SAMPLES},
    )
    values = [name for name in entry.cells if name not in names and _holds_value(name)]
    sample = named(entry.cells, SAMPLES)
    other = {
        name: text for name, text in entry.cells.items() if text and name not in names and name not in values
    }
    position = well_of(wells) or wells or str(entry.row)
    about.record = _record([f"{name}={text}" for name, text in entry.cells.items()])
    for name in values:
        if text := entry.cells[name]:
            yield about.reading(position, text, other | {"read": name}, sample)


def _holds_value(name: str) -> bool:
    small = name.lower()
    return (
        small in VALUES
        or _NANOMETRES.search(small) is not None
        or any(small.startswith((f"{one} ", f"{one}(", f"{one}_")) for one in VALUES)
    )


class _About:
    """What all figures of one table share: time, decimal mark, facts; `record` is of the plate or row in hand."""

    def __init__(self, sheet: Sheet, settings: Settings, *, comma: bool) -> None:
        self.record = ""
        self._settings, self._comma = settings, comma
        small = {name.lower().strip(": "): text for name, text in sheet.facts.items()}
        self._clock = _clock(small)
        self._at: datetime | None = moment_of(self._clock, str(settings.get("clock", "")))
        self._facts = {name: text for name, text in small.items() if name in ALONE}
        self._facts |= {"sheet": sheet.name} if sheet.name else {}
        if serial := next((self._facts[name] for name in SERIALS if name in self._facts), ""):
            self._facts["device_serial"] = serial
        if self._at is None and self._clock:
            self._facts["clock"] = self._clock

    def reading(self, position: str, text: str, more: Mapping[str, str], sample: str = "") -> Reading:
        """One figure."""
        found = figure(text, comma=self._comma)
        over = text.upper() in OVER
        flags = (Flag.ABOVE_RANGE,) if over else found.flags
        extra = {**self._facts, **more}
        if found.value is None or self._comma:
            extra["value_text"] = text
        return Reading(
            position=position,
            sample=sample or None,
            item="absorbance",
            value=found.value,
            unit=str(self._settings.get("unit", "Abs")),
            flags=(*flags, *((Flag.BAD_CLOCK,) if self._at is None else ())),
            measured_at=self._at,
            record=f"{self.record}.{more['read']}" if "read" in more else self.record,
            extra=MappingProxyType(extra),
        )


def _clock(facts: Mapping[str, str]) -> str:
    """The date and time that stand in the facts, in one text; empty where none does."""
    day = next((facts[name] for name in TIMES if name in facts), "")
    hour = next((facts[name] for name in CLOCKS if name in facts), "")
    return f"{day} {hour}" if hour and ":" not in day else day


PROFILE = Profile(
    id="plate_file",
    title=("酶标仪、光度计导出文件", "Exports of plate readers and photometers"),
    family="exported files",
    measures=("veterinary", "mycotoxin"),
    wiring=(Folder("*.csv;*.txt;*.asc;*.xls;*.xlsx"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "layouts as an open converter of laboratory files reads them",
        ("each program's own file",),
    ),
    channels=tuple(tuple(f"{letter}{column}" for column in range(1, 13)) for letter in "ABCDEFGH"),
    simulator=simulator,
    samples=tuple(
        Record(well, value=value, measured_at="2026-01-05T09:30:00")
        for well, value in (("A1", "2.345"), ("A2", "0.048"), ("B1", "1.102"), ("B2", "0.977"))
    ),
)
