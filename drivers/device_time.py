"""The clock of a device as it stands in its bytes: a time without a zone, or nothing where it cannot be one."""

from datetime import datetime

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
