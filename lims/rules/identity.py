"""Is this the device that stands behind an instrument: by the number it says, by the adapter of its line."""

from collections.abc import Mapping
from dataclasses import dataclass

SERIAL = "device_serial"
"""Under this name a reading carries the serial number that the device says of itself."""
NONE = frozenset({"", "/"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a device: its serial number, and the USB facts of the adapter that its line ends in."""

    serial: str
    line: Mapping[str, str]


def line_facts(identity: Mapping[str, object]) -> dict[str, str]:
    """Return what tells one line from another whatever number the system gave its port today.

    That is the adapter's USB vendor, product and serial number, or the socket it is plugged into where it has no
    serial number. A network address or a plain serial port tells nothing of the device behind it.
    """
    if not identity.get("vid"):
        return {}
    own = "serial" if identity.get("serial") else "location"
    return {name: str(identity[name]).upper() for name in ("vid", "pid", own) if identity.get(name)}


def against(bound: Known, seen: Known) -> str:
    """Return why what was seen is not the device that was bound: `other_device`, `other_line`, or nothing.

    A device that says its number is told by it alone; the line speaks only for one that says none.
    """
    if seen.serial not in NONE:
        return "" if _plain(seen.serial) == _plain(bound.serial) else "other_device"
    if bound.line and seen.line and dict(bound.line) != dict(seen.line):
        return "other_line"
    return ""


def _plain(serial: str) -> str:
    return serial.strip().upper().lstrip("0")
