"""What a temperature logger's file says: moments and degrees, or line by line why it cannot be read."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from lims.errors import Problem
from lims.rules.climate import Reading, degrees

_TIME_NAMES = frozenset(
    {"time", "datetime", "date time", "timestamp", "时间", "日期时间", "记录时间", "date/time"}
)
_VALUE_NAMES = frozenset(
    {"value", "temperature", "temp", "temp(c)", "温度", "温度(℃)", "temperature(℃)", "值"}
)
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")
LINES = 200_000


@dataclass(frozen=True, slots=True)
class Logged:
    """Readings of a file, the earliest first, and everything in it that could not be read."""

    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...]


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8 or GB 18030, whatever its mark at the start."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def zone_of(text: str) -> timezone | None:
    """Return a zone such as `+08:00`, or None."""
    found = _ZONE.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(length if found[1] == "+" else -length)


def parse(text: str, zone: str = "") -> Logged:
    """Read a logger's table of time and value.

    Args:
        text: comma, semicolon or tab separated; the first line names the two columns, others are ignored.
        zone: of times that carry none, such as `+08:00`; without it such times are not read.
    """
    lines = text.splitlines()
    if len(lines) > LINES:
        return Logged((), (Problem("logger.lines", "", {"most": LINES}),))
    head = lines[0] if lines else ""
    separator = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    names = [cell.strip().lower().replace("（", "(").replace("）", ")") for cell in next(rows, [])]
    at = next((place for place, name in enumerate(names) if name in _TIME_NAMES), None)
    of = next((place for place, name in enumerate(names) if name in _VALUE_NAMES), None)
    if at is None or of is None:
        return Logged((), (Problem("logger.head", "1"),))
    return _table(list(rows), at, of, zone_of(zone))


def _table(rows: Sequence[Sequence[str]], at: int, of: int, zone: timezone | None) -> Logged:
    read: dict[datetime, Decimal] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        found = _line(row, at, of, zone, str(number))
        if isinstance(found, Problem):
            problems.append(found)
        elif read.setdefault(found[0], found[1]) != found[1]:
            problems.append(Problem("logger.twice", str(number), {"time": row[at]}))
    return Logged(tuple(sorted(read.items())), tuple(problems))


def _line(row: Sequence[str], at: int, of: int, zone: timezone | None, where: str) -> Reading | Problem:
    if len(row) <= max(at, of):
        return Problem("logger.short", where)
    moment, value = _moment(row[at].strip()), degrees(row[of])
    if moment is None:
        return Problem("logger.time", where, {"text": row[at][:40]})
    if value is None or abs(value) > 100:
        return Problem("logger.value", where, {"text": row[of][:40]})
    if moment.tzinfo is None:
        if zone is None:
            return Problem("logger.zone", where, {"text": row[at][:40]})
        moment = moment.replace(tzinfo=zone)
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000), value


def _moment(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - whether it has a zone is asked where it is used
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else None
    except ValueError:
        return None
