"""An instrument as a value: what it is, how it is wired, what proves it, and how its bytes become readings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from drivers.reading import Reading
from protocols.codec import Codec

ERASING = frozenset({"erase", "clear", "delete"})
"""What wires call the command that empties a device; every other destructive one changes it and keeps its records."""
SET_CLOCK = "set_clock:"
"""The command that sets a device's clock, with the time after the colon."""
Settings = Mapping[str, Any]
"""What a laboratory set for one instrument: plain TOML values, the profile's `defaults` underneath."""


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial line: baud, data bits, parity (`N` `E` `O`), stop bits and whether RTS and DTR are raised."""

    baud: int = 9600
    bits: int = 8
    parity: str = "N"
    stop: int = 1
    rts: bool = True
    dtr: bool = True


@dataclass(frozen=True, slots=True)
class Tcp:
    """A TCP connection; `listen` is True where the device calls us."""

    port: int
    listen: bool = False


@dataclass(frozen=True, slots=True)
class Registers:
    """A Modbus device, RTU on `serial` or TCP; the register map comes from the settings."""

    serial: Serial = field(default_factory=Serial)
    port: int = 502


@dataclass(frozen=True, slots=True)
class Visa:
    """A VISA resource; `pattern` is the address a laboratory fills in."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder of exported files; `glob` picks them."""

    glob: str


@dataclass(frozen=True, slots=True)
class Hid:
    """A USB device that speaks in reports of `report` bytes; vendor and product are its USB numbers."""

    vendor: int
    product: int
    report: int = 64


Wiring = Serial | Tcp | Registers | Visa | Folder | Hid


@dataclass(frozen=True, slots=True)
class Live:
    """A bare photometer board, on whose light this program runs its assays.

    Attributes:
        wavelengths: of its LEDs in nanometres, in the board's order; a laboratory's setting of that name comes first.
        interval: seconds between two looks.
    """

    wavelengths: tuple[int, ...]
    interval: float = 0.5


class Rung(StrEnum):
    """How far an instrument has been proved."""

    DOCUMENT = "DOCUMENT"  # written from a manual or from another host's source
    CAPTURE = "CAPTURE"  # replays bytes that a genuine device sent
    BENCH = "BENCH"  # worked on the machine: date, serial number, person


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a profile: the rung, where the bytes came from and what is still unverified."""

    rung: Rung
    source: str
    unverified: tuple[str, ...] = ()


def _nothing() -> Settings:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Profile:
    """One instrument; the file that holds it is all there is to add.

    Attributes:
        id: the contract's name of the instrument; equals its file's name.
        title: (Chinese, English) name for people.
        family: the wire family, for example `B` of the Dayuan hosts or `ASTM E1381/E1394`.
        measures: what it is for, words of `area` in `measures.toml`.
        wiring: the wirings that work, the usual one first.
        codec: makes a fresh codec for one connection from the settings.
        read: turns one event of that codec into readings (none for events that carry no result).
        evidence: what proves this profile.
        channels: the positions of the device in its own shape, row by row, for the bench screen.
        poll: the command asked again and again while idle, and the pause between, in seconds; None for listeners.
        defaults: settings that hold until the laboratory sets its own.
        simulator: makes the device's side of the wire from settings and records to report.
        destructive: commands that erase or change what the device keeps, never sent by an automatic flow; one that
            ends in a colon takes an argument, such as `set_clock:`.
        download: the command by which a person reads the device, where it is not `poll`'s; `today` in it stands for
            this computer's date.
        probe: a harmless request that tells by its answer whether such a device hangs on a serial port; one that
            holds what erases another device is sent only where a person expects this one.
        consuming: commands after whose answer the device erases itself: only what keeps a journal may ask them.
        live: for a bare photometer board, what an assay on it needs to know.
        samples: what the simulator reports when it is played alone; empty: four plain figures.
        ends: the last bytes of what the device may want answered; between them the bytes of a serial line gather for
            some hundredths of a second. Empty for a device that is never answered; None: every byte is handed on.
    """

    id: str
    title: tuple[str, str]
    family: str
    measures: tuple[str, ...]
    wiring: tuple[Wiring, ...]
    codec: Callable[[Settings], Codec[Any]]
    read: Callable[[Any, Settings], Sequence[Reading]]
    evidence: Evidence
    channels: tuple[tuple[str, ...], ...] = ()
    poll: tuple[str, float] | None = None
    defaults: Settings = field(default_factory=_nothing)
    simulator: "Callable[[Settings, Sequence[Record]], Codec[Any]] | None" = None
    destructive: tuple[str, ...] = ()
    download: str = ""
    probe: str = ""
    consuming: tuple[str, ...] = ()
    orders: bool = False
    live: Live | None = None
    samples: "Sequence[Record]" = ()
    ends: bytes | None = None

    @property
    def carried(self) -> bool:
        """True where what carries the bytes (TCP, a file) checks each of them, so that the wire need not."""
        return all(isinstance(one, Tcp | Folder) for one in self.wiring)

    @property
    def erases(self) -> str:
        """The command that empties the device, or nothing where none is known."""
        return next((one for one in self.destructive if one in ERASING), "")

    @property
    def sets_clock(self) -> bool:
        """Whether the device's clock can be set over the wire."""
        return SET_CLOCK in self.destructive

    @property
    def whole(self) -> str:
        """The command after whose answer everything the device keeps was said; empty where it only gives days."""
        command = self.download or (self.poll[0] if self.poll else "")
        return "" if "today" in command else command

    def changes(self, command: str) -> bool:
        """True where a command erases or changes what the device keeps, so that a person must have confirmed it."""
        return any(
            command == one or (one.endswith(":") and command.startswith(one)) for one in self.destructive
        )


@dataclass(frozen=True, slots=True)
class Record:
    """What a simulated device is to report for one position: the inverse of a reading, in its own figures.

    `fields` holds what one family needs beyond the common ones (a curve, two floats, a standard), as text.
    """

    position: str
    number: str = ""
    sample: str = ""
    item: str = ""
    value: str = ""
    call: str = ""
    measured_at: str = ""
    fields: Mapping[str, str] = field(default_factory=_nothing)
