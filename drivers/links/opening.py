"""From what a laboratory wrote about a port to an open line, in the wiring that the profile allows."""

import re
import threading
from dataclasses import fields, replace
from pathlib import Path
from typing import Protocol

from drivers import profile, register_map
from drivers.errors import Refused
from drivers.links import hid, serial, tcp, visa
from drivers.links.folder import SETTLE, FolderLink, Ledger, Watch
from drivers.links.link import Link
from drivers.links.modbus_port import SerialLine, TcpLine
from drivers.links.registers import RegistersLink
from drivers.profile import Profile, Settings

_TCP = re.compile(r"(?:(.*):)?(\d{1,5})")
ADDRESSES = ("serial", "tcp", "listen", "visa", "folder", "hid")


class Opener(Protocol):
    """Opens the same line again and again."""

    def open(self, stop: threading.Event) -> Link:
        """Open the line, or wait for the device to call.

        Raises:
            LinkLost: it cannot be opened now, or `stop` was set.
        """

    def close(self) -> None:
        """Let go of what is held between two openings."""


class _Opener:
    """What opens without holding anything in between."""

    def close(self) -> None:
        """Hold nothing."""


class SerialOpener(_Opener):
    """A serial port by its name, or by the USB facts of the device in the setting `usb`."""

    def __init__(self, port: str, wiring: profile.Serial, settings: Settings) -> None:
        own = {field.name: settings[field.name] for field in fields(wiring) if field.name in settings}
        self._port, self._wiring = port, replace(wiring, **own)
        self._usb = settings.get("usb") or {}

    def open(self, stop: threading.Event) -> Link:
        """Open the port; raises `LinkLost`."""
        del stop
        return serial.SerialLink(self._found(), self._wiring)

    def line(self) -> SerialLine:
        """The port and its settings, for what opens it by itself."""
        return SerialLine(self._found(), self._wiring)

    def _found(self) -> str:
        return serial.find(self._usb, self._port) if self._usb else self._port


class CallOpener(_Opener):
    """A device that waits to be called."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    def open(self, stop: threading.Event) -> Link:
        """Call it; raises `LinkLost`."""
        return tcp.call(self._host, self._port, stop)


class ListenOpener:
    """A device that calls us."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._listener: tcp.Listener | None = None

    def open(self, stop: threading.Event) -> Link:
        """Wait for its call; raises `LinkLost`."""
        if self._listener is None:
            self._listener = tcp.Listener(self._host, self._port)
        return self._listener.accept(stop)

    def close(self) -> None:
        """Let go of the port."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class VisaOpener(_Opener):
    """A VISA resource."""

    def __init__(self, resource: str) -> None:
        self._resource = resource

    def open(self, stop: threading.Event) -> Link:
        """Open the resource; raises `LinkLost`."""
        del stop
        return visa.VisaLink(self._resource)


class HidOpener(_Opener):
    """A USB device that speaks in reports: of the profile's vendor and product, and this serial number if not empty."""

    def __init__(self, serial_number: str, wiring: profile.Hid) -> None:
        self._serial_number, self._wiring = serial_number, wiring

    def open(self, stop: threading.Event) -> Link:
        """Open the device; raises `LinkLost`."""
        del stop
        return hid.open_device(self._wiring, self._serial_number)


class FolderOpener(_Opener):
    """A folder into which a device's own program exports."""

    def __init__(self, folder: str, glob: str, settings: Settings, ledger: Path | None) -> None:
        pattern, settle = str(settings.get("glob", glob)), float(settings.get("settle", SETTLE))
        self._watch = Watch(Path(folder), pattern, settle)
        self._ledger = ledger

    def open(self, stop: threading.Event) -> Link:
        """Look into the folder; raises `LinkLost`."""
        del stop
        return FolderLink(self._watch, Ledger(self._ledger))


class RegistersOpener(_Opener):
    """A Modbus device, on a serial port or a TCP address, by the register map in the settings."""

    def __init__(self, line: SerialOpener | TcpLine, settings: Settings) -> None:
        self._line = line
        self._map = register_map.load(settings)

    def open(self, stop: threading.Event) -> Link:
        """Open the line; raises `LinkLost`."""
        del stop
        line = self._line.line() if isinstance(self._line, SerialOpener) else self._line
        return RegistersLink(line, self._map)


def opener(instrument: Profile, settings: Settings, address: str, room: Path | None = None) -> Opener:
    """Return what opens the line to an instrument.

    Args:
        instrument: what it is; the first of its wirings that fits the address is taken.
        settings: the laboratory's; `baud bits parity stop rts dtr` replace the profile's, `usb` finds the port.
        address: `serial:NAME`, `tcp:HOST:PORT`, `listen:PORT`, `listen:HOST:PORT`, `visa:RESOURCE`, `folder:PATH`,
            `hid:` (the only such device) or `hid:SERIAL_NUMBER`; without the word before it a name is a serial port
            (a path a folder where nothing else is wired), `HOST:PORT` a call, `:PORT` a listener, `A::B` a VISA
            resource.
        room: where a link may keep what it has to remember between two openings; None for nowhere.

    Raises:
        Refused: `address_unfit`, the address is none of these or the instrument has no such wiring.
    """
    chosen: Settings = {**instrument.defaults, **settings}
    way, place = _way(address, instrument)
    for wiring in instrument.wiring:
        found = _on_a_line(way, place, wiring, chosen) or _elsewhere(way, place, wiring, chosen, room)
        if found is not None:
            return found
    raise Refused("address_unfit", instrument=instrument.id, address=address)


def _on_a_line(way: str, place: str, wiring: profile.Wiring, chosen: Settings) -> Opener | None:
    """What opens a serial port or a TCP connection, where the wiring is one of these."""
    host, port = host_port(place) if way in ("tcp", "listen") else ("", 0)
    match way, wiring:
        case "serial", profile.Serial():
            return SerialOpener(place, wiring, chosen)
        case "serial", profile.Registers():
            return RegistersOpener(SerialOpener(place, wiring.serial, chosen), chosen)
        case "tcp", profile.Registers():
            return RegistersOpener(TcpLine(host, port, rtu=bool(chosen.get("rtu_over_tcp"))), chosen)
        case "tcp", profile.Serial() | profile.Tcp():  # a serial line may come through a converter
            return CallOpener(host, port)
        case "listen", profile.Serial() | profile.Tcp():
            return ListenOpener(host, port)
    return None


def _elsewhere(
    way: str, place: str, wiring: profile.Wiring, chosen: Settings, room: Path | None
) -> Opener | None:
    """What opens a VISA resource, a USB device or a folder, where the wiring is one of these."""
    match way, wiring:
        case "visa", profile.Visa():
            return VisaOpener(place)
        case "hid", profile.Hid():
            return HidOpener(place, wiring)
        case "folder", profile.Folder():
            return FolderOpener(place, wiring.glob, chosen, None if room is None else room / "files.ledger")
    return None


def _way(address: str, instrument: Profile) -> tuple[str, str]:
    word, colon, rest = address.partition(":")
    if colon and word in ADDRESSES:
        return word, rest
    only_folders = all(isinstance(one, profile.Folder) for one in instrument.wiring)
    if only_folders and ("/" in address or "\\" in address):
        return "folder", address
    if "::" in address:
        return "visa", address
    if address.startswith(":") and _TCP.fullmatch(address):
        return "listen", address[1:]
    if colon and _TCP.fullmatch(address):
        return "tcp", address
    listens = any(isinstance(one, profile.Tcp) and one.listen for one in instrument.wiring)
    return ("listen" if listens and address.isdigit() else "serial"), address


def host_port(place: str) -> tuple[str, int]:
    """Read `HOST:PORT` or `PORT`; raises `Refused` with `address_unfit`."""
    match = _TCP.fullmatch(place)
    if match is None or not 0 <= int(match[2]) <= 65535:
        raise Refused("address_unfit", address=place)
    return match[1] or "", int(match[2])
