"""The clock of a device as it stands in its bytes: a time without a zone, or nothing where it cannot be one."""

import re
from datetime import datetime

_LOOSE = re.compile(
    r"(\d{4})\D{1,2}(\d\d?)\D{1,2}(\d\d?)\D{1,3}(\d\d?)[:：时](\d\d?)(?:[:：分](\d\d?)秒?)?分?"
)

TODAY = "today"


def dated(command: str) -> str:
    """Put this computer's date for `today` in a command, so that what is written down says which day was asked."""
    name, colon, argument = command.partition(":")
    today = datetime.now().astimezone().date().isoformat()
    return f"{name}{colon}{argument.replace(TODAY, today)}"


def device_time(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime | None:
    """The time that these fields say; None where no calendar or clock has it, never a time of our own."""
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - devices know no zone
    except ValueError:
        return None


def parsed_time(digits: str) -> datetime | None:
    """The time in `YYYYMMDDHHMMSS` (or `YYYYMMDDHHMM`) as ASTM writes it; None where it is none."""
    if len(digits) not in (12, 14) or not digits.isascii() or not digits.isdigit():
        return None
    parts = [int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, len(digits), 2))]
    return device_time(*parts, *[0] * (6 - len(parts)))


def loose_time(text: str) -> datetime | None:
    """The time in a text such as `2019-08-07 10:31:44`, `2019/8/7 9:05` or `2019年8月7日 10时31分`, else None."""
    match = _LOOSE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    return device_time(year, month, day, hour, minute, second)
