"""The time: UTC for what is written, a steady clock for how long, and whether the wall clock was moved."""

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone in which times are shown; what is stored is always UTC."""

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_WINDOWS_BOOT_KEY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"


@dataclass(frozen=True, slots=True)
class Tick:
    """Both clocks read together: `wall` (UTC), `steady` (seconds since some moment of `boot`)."""

    wall: datetime
    steady: float
    boot: str


def now() -> datetime:
    """Return the present moment, aware, in UTC, cut to the millisecond, as it is written everywhere."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def monotonic() -> float:
    """Return seconds that only grow, sleep of the computer included where the system counts it."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)  # Linux: CLOCK_MONOTONIC stands still while suspended
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


@cache
def boot_id() -> str:
    """Name this start of the computer; two readings of `monotonic` compare only under one name.

    Where the system gives no name the process makes its own, so that nothing is compared wrongly.
    """
    try:
        return _LINUX_BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return _windows_boot_id() or uuid.uuid4().hex


def _windows_boot_id() -> str | None:
    try:
        import winreg  # noqa: PLC0415 - exists on Windows alone
    except ImportError:
        return None
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS_BOOT_KEY) as key:  # type: ignore[attr-defined, unused-ignore] # Windows
            return f"windows-{winreg.QueryValueEx(key, 'BootId')[0]}"  # type: ignore[attr-defined, unused-ignore] # Windows
    except OSError:
        return None


def tick() -> Tick:
    """Read both clocks and the boot they belong to."""
    return Tick(now(), monotonic(), boot_id())


def step(before: Tick, after: Tick, tolerance: float = 2.0) -> timedelta | None:
    """Return how far the wall clock was moved between two ticks, forward positive, or None.

    None also when the computer was started anew in between: then nothing can be said.

    Args:
        before: the earlier tick.
        after: the later tick of the same computer.
        tolerance: seconds of ordinary drift and correction that are no step.
    """
    if before.boot != after.boot:
        return None
    moved = (after.wall - before.wall) - timedelta(seconds=after.steady - before.steady)
    return moved if abs(moved) > timedelta(seconds=tolerance) else None


def local(moment: datetime) -> datetime:
    """Return an aware moment on the wall clock of the laboratory.

    Raises:
        ValueError: the moment has no zone, so nobody can say when it was.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"a time without a zone: {moment.isoformat()}")
    return moment.astimezone(ZONE)
