"""Lists as .xlsx files in which a cell is what was recorded: text stays text and no cell becomes a formula."""

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Literal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lims import clock
from lims.errors import Invalid
from lims.rules.visible import visible
from lims.text import t

CELL_UNITS = 32_767
"""UTF-16 units that Excel keeps in a cell; what is longer it would cut without a word."""

SHEET_ROWS = 1_048_576
"""Rows of a sheet, its head included; a longer list goes on in another sheet."""

_EXACT_DIGITS = 15
"""Digits that a number of Excel keeps; a longer one is written as text."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_DAY = date(1900, 3, 1)
_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its cells hold, its width in characters."""

    heading: str
    kind: Literal["text", "number", "date", "datetime"] = "text"
    width: float = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its title, its columns and its rows, which may be made while they are written."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


def write(
    target: str | os.PathLike[str] | IO[bytes],
    sheets: Sequence[Sheet],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write a workbook; a file is replaced as a whole or not at all.

    A `Decimal` or a count in a column of numbers becomes a number where Excel keeps every digit of it, days
    and aware moments in their columns become dates (moments by the laboratory's own clock), a truth becomes
    a truth, None an empty cell. Everything else is text. A control character stands as `<U+0007>`, a text
    that is too long ends in a notice.

    Args:
        target: a path, or a file opened for writing bytes.
        sheets: at least one.
        progress: told the number of rows written so far; what it raises ends the writing.

    Raises:
        Invalid: the file cannot be written.
        ValueError: there is no sheet, or a row is longer than its columns.
    """
    if not sheets:
        raise ValueError("a workbook needs a sheet")
    if not isinstance(target, str | os.PathLike):
        _save(target, sheets, progress)
        return
    path = Path(target)
    try:
        _replace(path, sheets, progress)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid("workbook.unwritable", file=str(path), reason=reason) from error


def _replace(path: Path, sheets: Sequence[Sheet], progress: Callable[[int], None] | None) -> None:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _save(file, sheets, progress)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new name itself durable; Windows has no such call and needs none."""
    if os.name == "posix":
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def _save(file: IO[bytes], sheets: Sequence[Sheet], progress: Callable[[int], None] | None) -> None:
    book = Workbook(write_only=True)
    done = 0
    try:
        for sheet in sheets:
            for _ in _filling(book, sheet):
                done += 1
                if progress and done % _REPORT_EVERY == 0:
                    progress(done)
        if progress:
            progress(done)
        book.save(file)
    except BaseException:
        _discard(book)
        raise


def _discard(book: Workbook) -> None:
    """Close and remove the drafts that openpyxl keeps for each sheet until the program ends."""
    for sheet in book.worksheets:
        with suppress(Exception):  # it is the first error that counts
            sheet.close()
        writer = getattr(sheet, "_writer", None)
        if writer is not None:
            with suppress(OSError, ValueError):
                writer.cleanup()


def _filling(book: Workbook, sheet: Sheet) -> Iterator[None]:
    """Write a sheet, yielding after each row; a sheet that is full goes on in another one."""
    page, used, number = _page(book, sheet, 1), 1, 1
    for row in sheet.rows:
        if len(row) > len(sheet.columns):
            raise ValueError(f"{sheet.title}: a row of {len(row)} under {len(sheet.columns)} columns")
        if used == SHEET_ROWS:
            _close(page, sheet, used)
            number += 1
            page, used = _page(book, sheet, number), 1
        page.append([_cell(page, column, value) for column, value in zip(sheet.columns, row, strict=False)])
        used += 1
        yield
    _close(page, sheet, used)


def _page(book: Workbook, sheet: Sheet, number: int) -> Worksheet:
    page: Worksheet = book.create_sheet(_title(sheet.title, number))
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(place)].width = column.width
    head = []
    for column in sheet.columns:
        cell = _text(page, column.heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        head.append(cell)
    page.append(head)
    return page


def _close(page: Worksheet, sheet: Sheet, rows: int) -> None:
    if sheet.columns:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{rows}"


# Cells ----------------------------------------------------------------------------------------------------


def _cell(page: Worksheet, column: Column, value: object) -> Cell | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _filled(page, value)
    match column.kind:
        case "number":
            return _number(page, value)
        case "date" | "datetime":
            return _moment(page, column.kind, value)
    return _text(page, value.isoformat(" ") if isinstance(value, datetime) else str(value))


def _number(page: Worksheet, value: object) -> Cell:
    exact = Decimal(value) if isinstance(value, int) else value
    if not isinstance(exact, Decimal) or not exact.is_finite():
        return _text(page, str(value))
    _, digits, exponent = exact.as_tuple()
    places = max(0, -int(exponent))
    if len(digits) > _EXACT_DIGITS or exact.adjusted() >= _EXACT_DIGITS or places > _EXACT_DIGITS:
        return _text(page, f"{exact:f}" if exact.adjusted() < 40 and places < 40 else str(exact))
    cell = _filled(page, exact)
    cell.number_format = "0." + "0" * places if places else "0"
    return cell


def _moment(page: Worksheet, kind: str, value: object) -> Cell:
    """Write a day or an aware moment as a date; what has no zone or no place in Excel's calendar is text."""
    if isinstance(value, datetime):
        if value.utcoffset() is None or value.date() < _FIRST_DAY:
            return _text(page, value.isoformat(" "))
        cell = _filled(page, clock.local(value).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
        return cell
    if kind == "date" and isinstance(value, date) and value >= _FIRST_DAY:
        cell = _filled(page, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text(page, str(value))


def _filled(page: Worksheet, value: date | Decimal | bool | None) -> Cell:
    cell: Cell = WriteOnlyCell(page)
    cell.value = value
    return cell


def _text(page: Worksheet, value: object) -> Cell:
    """Return a cell that is text whatever it begins with, also after a person has edited it in Excel."""
    text = _fitting(_plain(str(value)))
    cell = _filled(page, None)
    cell._value = text  # type: ignore[attr-defined] # noqa: SLF001 - the setter would make a formula or an error of it
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell


def _plain(text: str) -> str:
    """Return a text that XML can hold, with `_x0041_` kept from being read as a letter."""
    shown = "".join(f"<U+{ord(c):04X}>" if c in "\ufffe\uffff" else c for c in visible(text) or "")
    return _ESCAPE.sub("_x005F_", shown)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str) -> str:
    if _units(text) <= CELL_UNITS:
        return text
    room = CELL_UNITS - _units(t("paper.cut", kept=len(text), all=len(text)))
    kept = text.encode("utf-16-le")[: room * 2].decode("utf-16-le", errors="ignore")
    return kept + t("paper.cut", kept=len(kept), all=len(text))


def _title(title: str, number: int) -> str:
    """Return a title that Excel takes: at most 31 units, without the signs of a reference."""
    tail = f" ({number})" if number > 1 else ""
    plain = (
        re.sub(r"[\[\]:*?/\\]", "-", visible(title) or "").replace("\n", " ").replace("\t", " ").strip("'")
    )
    room = 31 - len(tail)
    if _units(plain) > room:
        plain = plain.encode("utf-16-le")[: (room - 1) * 2].decode("utf-16-le", errors="ignore") + "…"
    return (plain or "-") + tail
