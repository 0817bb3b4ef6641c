"""What a van must know of its own computer: how full the battery is and how much room the disk has."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from lims.text import t

POWER = Path("/sys/class/power_supply")
LOW_BATTERY = 25
"""Per cent below which it is said."""
LOW_DISK = 5 << 30
"""Free bytes below which it is said, though nothing is full yet."""


@dataclass(frozen=True, slots=True)
class State:
    """Per cent of the battery, None where there is none or nobody says; whether it charges; free bytes of the disk."""

    battery: int | None
    charging: bool
    free: int | None


def state(folder: Path, power: Path = POWER) -> State:
    """Ask the computer; what it does not say stays None. For a worker thread."""
    level, charging = _windows() if sys.platform == "win32" else reported(power)
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        free = None
    return State(level, charging, free)


def reported(power: Path) -> tuple[int | None, bool]:
    """Read per cent and charging of the first battery that Linux reports; None where there is none."""
    for supply in sorted(power.glob("*")):
        try:
            if (supply / "type").read_text(encoding="ascii").strip() == "Battery":
                level = int((supply / "capacity").read_text(encoding="ascii"))
                return level, (supply / "status").read_text(encoding="ascii").strip() in {"Charging", "Full"}
        except (OSError, ValueError):
            continue
    return None, False


def _windows() -> tuple[int | None, bool]:
    import ctypes  # noqa: PLC0415 - only there

    status = (
        ctypes.c_ubyte * 12
    )()  # ACLineStatus, BatteryFlag, BatteryLifePercent, ...; 128 and 255 say unknown
    if not ctypes.windll.kernel32.GetSystemPowerStatus(status):  # type: ignore[attr-defined]  # only there
        return None, False
    known = status[1] not in {128, 255} and status[2] <= 100
    return (int(status[2]) if known else None), status[0] == 1


def words(found: State) -> dict[str, str]:
    """Say it for the top bar; what is not known, or is no trouble to anybody, is an empty text."""
    charge = t("charging") if found.charging else ""
    battery = t("Battery {level} %", level=found.battery) if found.battery is not None else ""
    disk = t("Disk {free} GB free", free=found.free >> 30) if found.free is not None else ""
    low = found.battery is not None and found.battery < LOW_BATTERY and not found.charging
    full = found.free is not None and found.free < LOW_DISK
    return {
        "battery": " ".join(
            part for part in ("△" if low else "", battery, charge if battery else "") if part
        ),
        "disk": f"△ {disk}" if full else disk,
    }
