"""A reader's program that exports its plate as a grid, or what it measured as a list, into a folder."""

from collections.abc import Mapping, Sequence

from drivers.exports import well_of
from drivers.profile import Record, Settings
from drivers.simulators.pushing import Pushing
from protocols.files import encode
from protocols.plate_lines import COLUMNS, ROWS, well


def simulator(settings: Settings, records: Sequence[Record]) -> Pushing:
    """A program with these wells or samples; one file, named `export.csv`."""
    text = listing(records) if any(record.sample for record in records) else grid(records)
    return Pushing([encode("export.csv", text.encode(str(settings.get("encoding") or "utf-8")))])


def grid(records: Sequence[Record]) -> str:
    """A plate under column numbers, facts above it."""
    wells = {well_of(record.position) or f"A{record.position}": said(record) for record in records}
    lines = [*_facts(records[0]), "", "<>;" + ";".join(str(column + 1) for column in range(COLUMNS))]
    for row, letter in enumerate(ROWS):
        figures = [wells.get(well(row, column), "") for column in range(COLUMNS)]
        lines += [f"{letter};{';'.join(figures)}"] if any(figures) else []
    return "\r\n".join(lines) + "\r\n"


def listing(records: Sequence[Record]) -> str:
    """Samples and what was read of each, facts above them."""
    read = records[0].fields.get("read", "Abs")
    lines = [*_facts(records[0]), "", f"Well;Sample;{read}"]
    lines += [f"{record.position};{record.sample};{said(record)}" for record in records]
    return "\r\n".join(lines) + "\r\n"


def said(record: Record) -> str:
    """The figure as it stood in the file."""
    return record.fields.get("value_text") or record.value


def _facts(record: Record) -> list[str]:
    told: Mapping[str, str] = record.fields
    clock = record.measured_at.replace("T", " ") or told.get("clock", "")
    names = [name for name in ("instrument", "wavelength") if told.get(name)]
    return [f"{name.capitalize()};{told[name]}" for name in names] + ([f"Date/Time;{clock}"] if clock else [])
