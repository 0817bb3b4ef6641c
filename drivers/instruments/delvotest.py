"""Delvotest plates for antibiotics in milk: the CSV that the DA scanner's program exports after each plate.

What it is: a file of two header rows, the plate from row 4 on (position, Z-value, result), the method from row 102
and the temperature in rows 122 and 123, parted by semicolons. Results are words: NEG, POS, UND (undecided), NA, FST
and INV; Z is the colour's figure without a unit.
Wire source: the maker's public help pages for rows, columns and words; wells are found by their names, not by rows.
Settings: `words` maps a result word to a call, `clock` is the form of the time, `encoding` and `delimiter` the file's.
Unverified: a genuine file; what FST means (it is kept, flagged, and decides nothing); the names in the header rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from drivers.exports import Sheet, TableError, sheets, well_of
from drivers.figures import CALLS, figure
from drivers.moments import moment_of
from drivers.profile import Evidence, Folder, Profile, Record, Rung, Settings
from drivers.reading import Call, Flag, Reading
from drivers.simulators.delvotest import simulator
from protocols.codec import Codec
from protocols.files import FileCodec, FileShot
from protocols.tables import decimal_comma

WORDS: Mapping[str, Call | None] = MappingProxyType(
    {
        "NEG": Call.NEGATIVE,
        "POS": Call.POSITIVE,
        "UND": Call.SUSPECT,
        "NA": Call.NOT_APPLICABLE,
        "INV": Call.INVALID,
        "FST": None,
    }
)
SAMPLES = frozenset({"sample", "sample id", "sample name", "样品", "样品编号"})
TIMES = frozenset({"date", "date/time", "time", "日期", "时间"})
ITEM = "antibiotics"


def codec(settings: Settings) -> Codec[FileShot]:
    """Files as the folder link hands them over; one without a single well is broken."""

    def judge(shot: FileShot) -> str:
        try:
            return "" if read(shot, settings) else "no row with a well and a result word was found"
        except TableError as error:
            return str(error)

    return FileCodec(judge)


def read(event: FileShot, settings: Settings) -> Sequence[Reading]:
    """One reading for each well."""
    tables = sheets(event, str(settings.get("encoding", "")), str(settings.get("delimiter", "")))
    record = hashlib.sha256(event.data).hexdigest()[:16]
    return [reading for sheet in tables for reading in _sheet(sheet, record, settings)]


def _sheet(sheet: Sheet, record: str, settings: Settings) -> list[Reading]:
    table = sheet.rows
    first = next((number for number, row in enumerate(table) if _well(row)), None)
    if first is None:
        return []
    heading = table[first - 1] if first else ()
    about = dict(zip(table[0], table[1], strict=False)) if first > 2 else {}
    clock = " ".join(text for name, text in about.items() if name.lower() in TIMES and text)
    body = [row for row in table[first:] if _well(row)]
    comma = decimal_comma([cell for row in body for cell in row])
    facts = {name: text for name, text in about.items() if name and text and name.lower() not in TIMES}
    shared = (clock, facts, record)
    return [_reading(row, heading, shared, settings, comma=comma) for row in body]


def _well(row: Sequence[str]) -> str:
    """The well of a row that holds one and a result word; empty for any other row."""
    well = next((name for cell in row if (name := well_of(cell))), "")
    return well if well and any(cell in WORDS for cell in row) else ""


def _reading(
    row: Sequence[str],
    heading: Sequence[str],
    shared: tuple[str, Mapping[str, str], str],
    settings: Settings,
    *,
    comma: bool,
) -> Reading:
    clock, facts, record = shared
    word = next(cell for cell in row if cell in WORDS)
    own: Mapping[str, str] = settings.get("words", {})
    call = CALLS.get(own[word]) if word in own else WORDS[word]
    measured_at = moment_of(clock, str(settings.get("clock", "")))
    place = next(
        (number for number, cell in enumerate(row) if figure(cell, comma=comma).value is not None), None
    )
    value = None if place is None else figure(row[place], comma=comma).value
    cells = {
        name or f"column {number + 1}": cell
        for number, (name, cell) in enumerate(zip(heading, row, strict=False))
    }
    sample = next((text for name, text in cells.items() if name.lower() in SAMPLES), "")
    skipped = {_well(row), word, sample, *((row[place],) if place is not None else ())}
    extra = {
        **facts,
        **{name: cell for name, cell in cells.items() if cell and cell not in skipped},
        "result": word,
    }
    extra |= {"clock": clock} if measured_at is None and clock else {}
    flags = [Flag.UNKNOWN_MEANING] if call is None else []
    flags += [Flag.NOT_A_NUMBER] if value is None else []
    flags += [Flag.BAD_CLOCK] if measured_at is None else []
    return Reading(
        position=_well(row),
        sample=sample or None,
        item=ITEM,
        value=value,
        call=call,
        flags=tuple(flags),
        measured_at=measured_at,
        record=record,
        extra=MappingProxyType(extra),
    )


PROFILE = Profile(
    id="delvotest",
    title=("Delvotest 乳中抗生素扫描仪导出文件", "Delvotest plates, exported by the scanner's program"),
    family="exported files",
    measures=("veterinary",),
    wiring=(Folder("*.csv"),),
    codec=codec,
    read=read,
    evidence=Evidence(
        Rung.DOCUMENT,
        "the maker's public help pages",
        ("a genuine file", "what FST means", "names in the header"),
    ),
    channels=tuple(tuple(f"{letter}{column}" for column in range(1, 13)) for letter in "ABCDEFGH"),
    defaults=MappingProxyType[str, object]({"delimiter": ";"}),
    simulator=simulator,
    samples=tuple(
        Record(well, sample=well, value=value, measured_at="2026-01-05T09:30:00", fields={"result": word})
        for well, value, word in (("A1", "-8.21", "NEG"), ("A2", "4.10", "POS"), ("A3", "-0.50", "UND"))
    ),
)
