"""A table that somebody hands in, .xlsx or .csv, as rows of texts; what could harm or deceive is refused first."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from lims.errors import Invalid
from lims.rules.logger import decoded

MOST_BYTES = 50_000_000
"""What a workbook may come to once it is unpacked."""
MOST_ROWS = 200_000
_CELLS = re.compile(rb"<(?:[\w.-]+:)?sheetData[\s>/]")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s>/]")


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the heading: its number as the sheet shows it, and its cells by their column's heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its headings in their order, and its rows that hold anything."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]


def read(name: str, data: bytes) -> Sheet:
    """Read a table by the ending of its file's name; CSV may be UTF-8 or GB 18030.

    Raises:
        Invalid: neither .xlsx nor .csv, no workbook, formulas, macros, links to other files, unpacked too large, too
            many rows, no heading, or a heading that stands twice.
    """
    ending = name.rpartition(".")[2].lower()
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(decoded(data), newline="")))
    elif ending == "xlsx":
        rows = _workbook(name, data)
    else:
        raise Invalid("sheet.kind", file=name)
    return _table(name, rows)


def _workbook(name: str, data: bytes) -> list[list[str]]:
    _examine(name, data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, IndexError, ValueError) as fault:
        raise Invalid("sheet.broken", file=name, detail=str(fault)[:120]) from None


def _examine(name: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_BYTES:
                raise Invalid("sheet.large", file=name, most=MOST_BYTES // 1_000_000)
            names = [part.filename.lower() for part in parts]
            if any(one.endswith("vbaproject.bin") for one in names):
                raise Invalid("sheet.macro", file=name)
            if any(one.startswith("xl/externallinks/") for one in names):
                raise Invalid("sheet.link", file=name)
            if any(_calculates(archive.read(part)) for part in parts):
                raise Invalid("sheet.formula", file=name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Invalid("sheet.broken", file=name, detail=str(fault)[:120]) from None


def _calculates(part: bytes) -> bool:
    """Tell whether a part holds cells and a formula in them, wherever it lies, in UTF-8 or UTF-16."""
    plain = part.replace(b"\0", b"")
    return bool(_CELLS.search(plain) and _FORMULA.search(plain))


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return "" if cell is None else str(cell)


def _table(name: str, rows: Sequence[Sequence[str]]) -> Sheet:
    if len(rows) > MOST_ROWS:
        raise Invalid("sheet.rows", file=name, most=MOST_ROWS)
    headings = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if not any(headings):
        raise Invalid("sheet.heading", file=name)
    twice = sorted({one for one in headings if one and headings.count(one) > 1})
    if twice:
        raise Invalid("sheet.twice", file=name, heading=twice[0])
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {head: cell.strip() for head, cell in zip(headings, row, strict=False) if head}
        if any(cells.values()):
            lines.append(Line(number, {head: cells.get(head, "") for head in headings if head}))
    return Sheet(headings, tuple(lines))
