"""Understands a moment as hands type it, 905 or 8-3 9:05, and writes it with its day and its zone."""

import re
from datetime import datetime, time, timedelta

from gui import typed
from lims.text import t

_MOMENT = re.compile(r"(?:(\S+)[ T]+)?(\S+?)(?:\s*([+-]\d{2}:\d{2}))?")
_SECONDS = re.compile(r"(\d{1,2}:\d{2}):(\d{2})")


def read(words: str, now: datetime) -> datetime | None:
    """Read a moment: `905`, `8-3 905`, `2026-08-03 09:05:31 +08:00`; None when it is none.

    Args:
        words: what was typed.
        now: an aware moment; its day and its zone stand in for those that were left out.
    """
    found = _MOMENT.fullmatch(typed.narrow(words))
    if found is None:
        return None
    day = typed.read_date(found[1], now.date()) if found[1] else now.date()
    hour = _time(found[2])
    if day is None or hour is None:
        return None
    zone = datetime.strptime(found[3], "%z").tzinfo if found[3] else now.tzinfo
    return datetime.combine(day, hour, zone)


def _time(words: str) -> time | None:
    if (found := _SECONDS.fullmatch(words)) is None:
        return typed.read_time(words)
    hour = typed.read_time(found[1])
    return hour.replace(second=int(found[2])) if hour and int(found[2]) < 60 else None


def shown(moment: datetime) -> str:
    """Write an aware moment the way the program writes one in a field: `2026-08-03 09:05 +08:00`."""
    zone = moment.strftime("%z")
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return f"{moment.date().isoformat()} {clock} {zone[:3]}:{zone[3:5]}"


def roughly(length: timedelta) -> str:
    """Say how long something lasts, its sign left aside: in minutes, in hours and minutes, from two days on in days."""
    minutes = abs(length) // timedelta(minutes=1)
    if minutes >= 2 * 24 * 60:
        return t("{n} days", n=minutes // (24 * 60))
    if minutes >= 60:
        return t("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return t("{minutes} min", minutes=minutes) if minutes else t("less than a minute")
