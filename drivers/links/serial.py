"""A serial line by pyserial, with every way in which a port can vanish told as one error."""

import os
import select
import sys
from collections.abc import Mapping
from dataclasses import replace

import serial
from serial.tools import list_ports

from drivers import profile
from drivers.errors import LinkLost

if sys.platform == "win32":
    _FAULTS: tuple[type[Exception], ...] = (OSError, ValueError)
else:
    import termios

    _FAULTS = (OSError, ValueError, termios.error)  # pyserial lets the bare errors of a vanished port through

WRITE_TIMEOUT = 5.0
_CHUNK = 4096
_NOTHING = "the port is ready but gives nothing: the device is gone"
_SLICE = 0.05  # Windows: how long its driver may block in one call


class SerialLink:
    """An open serial port, held exclusively.

    Args:
        port: the system's name of the port, such as `COM3` or `/dev/ttyUSB0`.
        settings: speed, frame and the lines to raise.

    Raises:
        LinkLost: `port_busy`, `port_missing`, `port_denied` or `port_failed`.
    """

    def __init__(self, port: str, settings: profile.Serial) -> None:
        # A pseudo terminal has no UART: it keeps neither parity nor fewer than eight bits, and may refuse them.
        plain = _pseudo(port) and (settings.parity != "N" or settings.bits != 8)
        self.notes: tuple[str, ...] = ("parity_not_set",) if plain else ()
        self._name = port
        try:
            self._port = _opened(port, replace(settings, parity="N", bits=8) if plain else settings)
        except _FAULTS as error:
            raise _refusal(port, error) from error
        self.identity = identity(port)
        self.handle: int = -1 if sys.platform == "win32" else self._port.fileno()
        """The system's handle of the open port; -1 on Windows, which has none that can be waited for."""

    def lying(self) -> bytes:
        """Return what has come, b"" when nothing has, not on Windows; raises `LinkLost` when the port is gone."""
        try:
            data = os.read(self.handle, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LinkLost("gone", port=self._name, reason=str(error)) from error
        if not data:
            raise LinkLost("gone", port=self._name, reason=_NOTHING)
        return data

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds and return what came; raises `LinkLost` when the port is gone."""
        try:
            return self._read_windows(timeout) if sys.platform == "win32" else self._read_posix(timeout)
        except (*_FAULTS, TypeError) as error:  # TypeError: pyserial's own after a port was torn away
            raise LinkLost("gone", port=self._name, reason=str(error)) from error

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises `LinkLost` when the port is gone or takes nothing for five seconds."""
        try:
            self._port.write(data)
            self._port.flush()
        except (*_FAULTS, TypeError) as error:
            raise LinkLost("gone", port=self._name, reason=str(error)) from error

    def close(self) -> None:
        """Close the port."""
        try:
            self._port.close()
        except _FAULTS:
            self._port.is_open = False  # it went away first: there is nothing left to let go of

    def _read_posix(self, timeout: float) -> bytes:
        handle = self._port.fileno()
        ready, _, _ = select.select([handle], [], [], max(timeout, 0.0))
        return self.lying() if ready else b""

    def _read_windows(self, timeout: float) -> bytes:
        data: bytes = b""
        for _slice in range(max(1, round(timeout / _SLICE))):
            data = self._port.read(1)
            if data:
                break
        return data + bytes(self._port.read(self._port.in_waiting)) if data else b""


def identity(port: str) -> Mapping[str, str]:
    """Say what the system knows of the device behind a port."""
    real = os.path.realpath(port)
    for one in list_ports.comports():
        if one.device in (port, real):
            return {"port": port, **_known(one)}
    return {"port": port}


def find(wanted: Mapping[str, object], fallback: str = "") -> str:
    """Return the port of the device with these USB facts, whatever number the system gave it today.

    Args:
        wanted: some of `vid` `pid` (hexadecimal), `serial`, `location`, compared as text without case.
        fallback: the port to take when the device is not found and this port is not another known device.

    Raises:
        LinkLost: `device_absent`; or `device_ambiguous`, several devices fit; or `other_device`, the fallback port
            has a device with other facts.
    """
    facts = {key: str(value).casefold() for key, value in wanted.items()}
    known: dict[str, Mapping[str, str]] = {str(one.device): _known(one) for one in list_ports.comports()}
    fitting = [port for port, one in known.items() if _fits(facts, one)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise LinkLost("device_ambiguous", ports=" ".join(sorted(fitting)), **facts)
    if not fallback:
        raise LinkLost("device_absent", **facts)
    if "vid" in known.get(os.path.realpath(fallback), {}):
        raise LinkLost("other_device", port=fallback, **facts)
    return fallback


def _fits(facts: Mapping[str, str], known: Mapping[str, str]) -> bool:
    return bool(facts) and all(known.get(key, "").casefold() == value for key, value in facts.items())


def _known(one: object) -> dict[str, str]:
    found = {
        "vid": _hex(getattr(one, "vid", None)),
        "pid": _hex(getattr(one, "pid", None)),
        "serial": getattr(one, "serial_number", None),
        "location": getattr(one, "location", None),
    }
    return {key: value for key, value in found.items() if value}


def _hex(number: int | None) -> str | None:
    return None if number is None else f"{number:04X}"


def _opened(port: str, settings: profile.Serial) -> serial.Serial:
    made = serial.Serial(
        baudrate=settings.baud,
        bytesize=settings.bits,
        parity=settings.parity,
        stopbits=settings.stop,
        timeout=_SLICE,
        write_timeout=WRITE_TIMEOUT,
        exclusive=None if sys.platform == "win32" else True,
    )
    made.rts, made.dtr = settings.rts, settings.dtr
    made.port = port
    made.open()
    _tell_nothing_from_gone(made)
    return made


def _tell_nothing_from_gone(port: serial.Serial) -> None:
    """Have a read of nothing fail: as pyserial leaves a port, it gives b"" as one that was torn away does."""
    if sys.platform != "win32":
        attributes = termios.tcgetattr(port.fileno())
        attributes[6][termios.VMIN] = 1
        termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)


def _pseudo(port: str) -> bool:
    return os.path.realpath(port).startswith("/dev/pts/")


def _refusal(port: str, error: Exception) -> LinkLost:
    text = str(error)
    code = "port_failed"
    if isinstance(error, FileNotFoundError) or "FileNotFound" in text or getattr(error, "errno", None) == 2:
        code = "port_missing"
    elif (
        "exclusively lock" in text
        or "PermissionError(13" in text
        or getattr(error, "errno", None) in (11, 16)
    ):
        code = "port_busy"
    elif getattr(error, "errno", None) == 13:
        code = "port_denied"
    return LinkLost(code, port=port, reason=text)
