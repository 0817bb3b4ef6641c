"""A USB device that speaks in reports, by hidapi, which is an optional extra and loaded when it is first used."""

from typing import Protocol

from drivers import profile
from drivers.errors import LinkLost

_UNNUMBERED = b"\0"
_FAULTS = (OSError, ValueError)


class Reports(Protocol):
    """What hidapi's device does, and any stand-in for it in memory."""

    def read(self, size: int, timeout_ms: int) -> list[int]:
        """Wait up to `timeout_ms` for a report of at most `size` bytes; empty when none came."""

    def write(self, data: bytes) -> int:
        """Send a report, its number before it; return how many bytes went, or -1."""

    def close(self) -> None:
        """Let go of the device."""


class HidLink:
    """An open device: what is written goes out in whole reports, zeros behind it, and reports come in as bytes.

    Args:
        device: the open device, owned from now on.
        report: bytes of a report.
        identity: what is known of it.
    """

    def __init__(self, device: Reports, report: int, identity: dict[str, str]) -> None:
        self._device, self._report = device, report
        self.identity = identity
        self.notes: tuple[str, ...] = ()

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for a report; raises `LinkLost` when the device is gone."""
        try:
            return bytes(self._device.read(self._report, max(1, round(timeout * 1000))))
        except _FAULTS as error:
            raise LinkLost("gone", reason=str(error), **self.identity) from error

    def write(self, data: bytes) -> None:
        """Send `data` in reports; raises `LinkLost` when the device is gone or takes nothing."""
        for at in range(0, len(data), self._report):
            report = _UNNUMBERED + data[at : at + self._report].ljust(self._report, b"\0")
            try:
                sent = self._device.write(report)
            except _FAULTS as error:
                raise LinkLost("gone", reason=str(error), **self.identity) from error
            if sent < 0:
                raise LinkLost("write_timeout", **self.identity)

    def close(self) -> None:
        """Close the device."""
        self._device.close()


def open_device(wiring: profile.Hid, serial_number: str = "") -> HidLink:
    """Open the device of this vendor and product, with this serial number where one is given.

    Raises:
        LinkLost: `hid_missing`, hidapi is not installed; `device_absent`; `device_ambiguous`, several fit and no serial
            number tells them apart; `hid_failed`, the system refuses it.
    """
    try:
        import hid  # noqa: PLC0415 - an optional extra: most stations have no such device
    except ImportError as error:
        raise LinkLost("hid_missing", reason=str(error)) from error
    port = f"hid:{wiring.vendor:04X}:{wiring.product:04X}"
    try:
        found = hid.enumerate(wiring.vendor, wiring.product)
        fitting = [one for one in found if serial_number in ("", one.get("serial_number"))]
        if not fitting:
            raise LinkLost("device_absent", port=port, serial=serial_number)
        if len(fitting) > 1:
            ports = " ".join(str(one.get("serial_number")) for one in fitting)
            raise LinkLost("device_ambiguous", port=port, ports=ports)
        device = hid.device()
        device.open_path(fitting[0]["path"])
    except _FAULTS as error:
        raise LinkLost("hid_failed", port=port, reason=str(error)) from error
    facts = {
        "port": port,
        "vid": f"{wiring.vendor:04X}",
        "pid": f"{wiring.product:04X}",
        "serial": str(fitting[0].get("serial_number") or ""),
    }
    return HidLink(device, wiring.report, {name: value for name, value in facts.items() if value})
