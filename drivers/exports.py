"""Exports of readers' programs: the tables of a file, and where plates, lists and facts stand in them."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from python_calamine import CalamineError, CalamineWorkbook

from protocols.files import FileShot
from protocols.plate_lines import ROWS as LETTERS
from protocols.tables import Rows, rows, text_of

UNPACKED = 64 << 20
"""Bytes a workbook may unpack to."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WELL = re.compile(r"([A-Pa-p])0?([1-9]|1[0-9]|2[0-4])")
_KEY = re.compile(r"\s*([^:：=]{1,40}?)\s*[:：=]\s*(.*)")


class TableError(ValueError):
    """A file that holds no table that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a plate: its well, the text as it stands in the file, and of which read it is."""

    well: str
    text: str
    read: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file."""

    name: str
    rows: Rows
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def sheets(shot: FileShot, encoding: str = "", delimiter: str = "") -> list[Sheet]:
    """Read the tables of a text file or a workbook.

    Raises:
        TableError: a workbook that is damaged or unpacks to more than it may.
    """
    if shot.data.startswith((_ZIP, _OLE)):
        found = _workbook(shot.data)
    else:
        found = [("", rows(text_of(shot.data, encoding), delimiter))]
    return [Sheet(name, table, MappingProxyType(_facts(table))) for name, table in found]


def _workbook(data: bytes) -> list[tuple[str, Rows]]:
    if data.startswith(_ZIP):
        _unpacked(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        tables = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names]
    except (CalamineError, ValueError, OSError) as error:
        raise TableError(f"the workbook cannot be read: {error}") from error
    return [
        (name, [[_written(cell) for cell in row] for row in table])
        for name, table in zip(names, tables, strict=True)
    ]


def _unpacked(data: bytes) -> None:
    import zipfile  # noqa: PLC0415 - only workbooks need it

    try:
        size = sum(one.file_size for one in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except zipfile.BadZipFile as error:
        raise TableError(f"the workbook is damaged: {error}") from error
    if size > UNPACKED:
        raise TableError(f"the workbook unpacks to {size} bytes, more than {UNPACKED}")


def _written(cell: object) -> str:
    """A cell as text; a workbook's own numbers by their shortest decimal that is this number again."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(Decimal(repr(cell)), "f")
    isoformat = getattr(cell, "isoformat", None)
    return isoformat() if isoformat else str(cell).strip()


def _facts(table: Rows) -> dict[str, str]:
    """Names and texts beside each other (`Date`, `2026-08-07`) or in one cell (`Date: 2026-08-07`), first ones win."""
    found: dict[str, str] = {}
    for row in table:
        filled = [cell for cell in row if cell]
        if not filled or len(filled) > 6:
            continue
        if pair := _KEY.fullmatch(filled[0]):
            found.setdefault(pair[1], pair[2] or " ".join(filled[1:]))
        elif len(filled) == 2 and not _numeric(filled[0]):
            found.setdefault(filled[0], filled[1])
    return {name: text for name, text in found.items() if text}


def _numeric(text: str) -> bool:
    return bool(re.fullmatch(r"[<>]?\s*[+-]?[0-9]+(?:[.,][0-9]+)?", text))


def well_of(text: str) -> str:
    """The name of a well without leading zeros, such as `A1` for `a01`; empty where the text names none."""
    found = _WELL.fullmatch(text.strip())
    return f"{found[1].upper()}{int(found[2])}" if found else ""


# Grids ----------------------------------------------------------------------------------------------------


def grids(table: Rows) -> Iterator[list[Cell]]:
    """Every plate that is drawn as a grid: a row of column numbers, and rows of figures under it.

    Rows have their letter before them, or, where a plate has none (SoftMax), stand in their order. A row without a
    letter under one with a letter is a further read of the same wells; a text behind the last column names the read.
    """
    number = 0
    while number < len(table):
        span = _columns(table[number])
        if span is None:
            number += 1
            continue
        cells, used = _grid(table, number, *span)
        if cells:
            yield cells
        number += max(used, 1)


def _columns(row: Sequence[str]) -> tuple[int, int] | None:
    """Where column numbers 1, 2, 3 ... stand: first place and count; None where there are fewer than two."""
    for place, cell in enumerate(row):
        if cell.lstrip("0") != "1":
            continue
        count = 1
        while place + count < len(row) and row[place + count].lstrip("0") == str(count + 1):
            count += 1
        if count >= 2:
            return place, count
    return None


def _grid(table: Rows, head: int, first: int, count: int) -> tuple[list[Cell], int]:
    """The cells under a row of column numbers, and how many rows they take with it."""
    cells: list[Cell] = []
    lettered = first > 0 and any(_letter(row, first) == "A" for row in table[head + 1 : head + 3])
    letter, reads, line = "", 0, head + 1
    for row in table[head + 1 :]:
        part = row[first : first + count]
        own = _letter(row, first) if lettered else ""
        if not any(part) and not own:
            break
        if lettered:
            reads = 0 if own else reads + 1
            letter = own or letter
        else:
            letter = LETTERS[line - head - 1] if line - head <= len(LETTERS) else ""
        if not letter or _columns(row) is not None:
            break
        name = next((cell for cell in row[first + count :] if cell), "") or (str(reads + 1) if reads else "")
        cells += [Cell(f"{letter}{column + 1}", text, name) for column, text in enumerate(part) if text]
        line += 1
    return cells, line - head


def _letter(row: Sequence[str], first: int) -> str:
    text = next((cell for cell in reversed(row[:first]) if cell), "") if len(row) >= first else ""
    return text.upper() if len(text) == 1 and text.upper() in "ABCDEFGHIJKLMNOP" else ""


# Lists ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One row under a heading: name of each column to its text."""

    row: int
    cells: Mapping[str, str]


def listed(table: Rows, wanted: Sequence[frozenset[str]]) -> list[Entry]:
    """The rows under the first heading that holds a name of each set of `wanted`, up to an empty row."""
    for number, row in enumerate(table):
        names = {cell.lower() for cell in row if cell}
        if all(names & one for one in wanted):
            return list(_under(table, number))
    return []


def _under(table: Rows, head: int) -> Iterator[Entry]:
    names: list[str] = []
    for place, cell in enumerate(table[head]):
        name = cell or f"column {place + 1}"
        names.append(name if name not in names else f"{name} ({place + 1})")
    for number, row in enumerate(table[head + 1 :], head + 1):
        if not any(row):
            return
        yield Entry(number, MappingProxyType(dict(zip(names, row, strict=False))))


def named(cells: Mapping[str, str], names: frozenset[str]) -> str:
    """The text of the first column whose name is one of these, in small letters; empty where there is none."""
    return next((text for name, text in cells.items() if name.lower() in names), "")
