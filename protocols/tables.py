"""Rows of an exported text file: encoding and delimiter as the file shows them, cells as texts."""

import codecs
import csv
import io
import re
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]
DELIMITERS = "\t;,"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMA = re.compile(r"[<>]?\s*[+-]?[0-9]+,[0-9]+")
_POINT = re.compile(r"[<>]?\s*[+-]?[0-9]+\.[0-9]+")


def text_of(data: bytes, encoding: str = "") -> str:
    """Decode a file by its mark, else as UTF-8, else as GB 18030; bytes that fit none are shown as numbers."""
    named = encoding or next((name for mark, name in _MARKS if data.startswith(mark)), "")
    for name in (named,) if named else ("utf-8", "gb18030"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "backslashreplace")


def delimiter_of(text: str) -> str:
    """The delimiter that most lines hold; a tab before a semicolon, a semicolon before a comma."""
    lines = [line for line in text.splitlines() if line.strip()]
    return max(DELIMITERS, key=lambda one: (sum(one in line for line in lines), -DELIMITERS.index(one)))


def rows(text: str, delimiter: str = "") -> Rows:
    """Cut a text into rows of trimmed cells; a text that is no table gives rows of one cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or delimiter_of(text))
    try:
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error:
        return [[line.strip()] for line in text.splitlines()]


def decimal_comma(cells: Sequence[str]) -> bool:
    """True where figures are written with a comma and none with a point."""
    return any(_COMMA.fullmatch(cell) for cell in cells) and not any(_POINT.fullmatch(cell) for cell in cells)
