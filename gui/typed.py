"""Understands dates, times and numbers as hands type them: 0803, 8-3, 2026/8/3, 905, 1，5, ３７。4."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from lims.text import mark

DATE_HINT = mark("For example 0803, 8-3 or 2026/8/3")
TIME_HINT = mark("For example 905 or 9:05")
NUMBER_HINT = mark("A number, for example 37.4")

_MARKS = str.maketrans("。，、：－／．—–−", ".,.:-/.---")
_DATE_PARTS = re.compile(r"(?:(\d{4}|\d{2})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_TIME_PARTS = re.compile(r"(\d{1,2})[:.时点](\d{1,2})?分?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def narrow(text: str) -> str:
    """Return the text with full-width digits and Chinese punctuation as a machine writes them, trimmed."""
    return unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip()


def read_date(text: str, today: date) -> date | None:
    """Read a day; a year left out is the one that brings it nearest to `today`. None when it is no day."""
    plain = narrow(text).replace(" ", "")
    if found := _DATE_PARTS.fullmatch(plain):
        year, month, day = found.groups()
    elif plain.isascii() and plain.isdigit() and len(plain) in {4, 6, 8}:
        year, month, day = plain[:-4], plain[-4:-2], plain[-2:]
    else:
        return None
    if not year:
        return _nearest(int(month), int(day), today)
    return _day(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    years = (today.year - 1, today.year, today.year + 1)
    days = [found for year in years if (found := _day(year, month, day)) is not None]
    return min(days, key=lambda each: abs((each - today).days), default=None)


def read_time(text: str) -> time | None:
    """Read a time of day: 905, 0905, 9:05, 9点05, 9点, 下午3:20. None when it is none."""
    plain = narrow(text).replace(" ", "")
    later = plain.startswith("下午")
    plain = plain.removeprefix("下午").removeprefix("上午")
    if found := _TIME_PARTS.fullmatch(plain):
        hour, minute = int(found[1]), int(found[2] or 0)
    elif plain.isascii() and plain.isdigit() and 3 <= len(plain) <= 4:
        hour, minute = int(plain[:-2]), int(plain[-2:])
    elif plain.isascii() and plain.isdigit() and len(plain) <= 2:
        hour, minute = int(plain), 0
    else:
        return None
    hour += 12 if later and hour < 12 else 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_number(text: str) -> Decimal | None:
    """Read a number with every digit it has: 37.40 stays 37.40. None when it is none or could mean two.

    A single comma is a decimal point as a Chinese keyboard types it (1,5 is 1.5), unless exactly three digits
    follow it: 1,500 may be either, so it is refused rather than guessed.
    """
    plain = narrow(text).replace(" ", "")
    if _GROUPED.fullmatch(plain) and (plain.count(",") > 1 or "." in plain):
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain and not re.search(r",\d{3}$", plain):
        plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def read(kind: str, text: str, now: datetime) -> date | time | Decimal | None:
    """Read a text of a kind of field: `date`, `time` or `number`."""
    if kind == "date":
        return read_date(text, now.date())
    return read_time(text) if kind == "time" else read_number(text)


def shown(value: date | time | Decimal) -> str:
    """Write what was understood the one way the program writes it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.strftime("%H:%M") if isinstance(value, time) else value.isoformat()
