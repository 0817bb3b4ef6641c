"""Which instrument hangs on an idle serial port: asked by harmless requests alone, the slowest speed first.

A request at a wrong speed arrives as other bytes, so slow lines come first and a port that answered is left alone. What
erases or changes some device is in no request that is sent by itself; one that holds such bytes (the letter D erases an
ATP meter) is sent only where a person says what hangs there. Devices that only talk by themselves are not found.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

from serial.tools import list_ports

from drivers import registry
from drivers.errors import LinkLost, Refused
from drivers.links import opening, tcp
from drivers.links.serial import SerialLink
from drivers.profile import Profile, Registers, Serial
from protocols import modbus_hello
from protocols.codec import Broken

PATIENCE = 0.8
"""Seconds that a device may take to answer."""
QUIET = 0.3
"""Seconds for which a port must be silent before it is asked anything."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a port answered.

    Attributes:
        port: the system's name of it.
        instruments: ids of the profiles whose device answers like this; none when nobody did.
        line: the serial settings at which it answered, None when nobody did.
        answer: what it said.
        reason: a code why it could not be asked (`port_busy`, `talking` ...), else empty.
        identity: what the system knows of the adapter.
    """

    port: str
    instruments: tuple[str, ...] = ()
    line: Serial | None = None
    answer: bytes = b""
    reason: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)


EVEN = Serial(19200, parity="E")
"""What the Modbus specification has a line do where nobody said otherwise."""
_MOMENTS = ("2026-01-02T03:04:05", "2031-12-30T23:59:58")
ADDRESS = re.compile(r".+:[0-9]{1,5}")
Question = tuple[Serial, bytes]


def questions(expected: str = "") -> Mapping[Question, tuple[Profile, ...]]:
    """Return each line setting with its harmless request, the slowest first, and whose request it is.

    Args:
        expected: the instrument that a person says hangs there, whose request alone is returned; without one those
            in which no byte is what erases or changes another device.
    """
    found: dict[Question, tuple[Profile, ...]] = {}
    for one in registry.profiles().values():
        for line in lines(one) if expected == one.id or (not expected and not risky(request(one))) else ():
            key = line, request(one)
            found[key] = (*found.get(key, ()), one)
    return dict(sorted(found.items(), key=lambda pair: (pair[0][0].baud, pair[0][1])))


def lines(one: Profile) -> list[Serial]:
    """Return the serial lines on which an instrument is asked: those of its wiring, and a Modbus line's usual other."""
    serial = [wiring for wiring in one.wiring if one.probe and isinstance(wiring, Serial)]
    modbus = [wiring.serial for wiring in one.wiring if isinstance(wiring, Registers)]
    return [*serial, *modbus, *([EVEN] if modbus else [])]


def request(one: Profile) -> bytes:
    """Return the bytes of an instrument's probe on a serial line."""
    if _is_modbus(one):
        return modbus_hello.rtu()
    if not one.probe:
        return b""
    codec = one.codec(one.defaults)
    codec.ask(one.probe)
    return codec.to_send()


def risky(data: bytes) -> bool:
    """Tell whether bytes hold what erases or changes some other device, should that hang there instead."""
    return any(opcode in data for opcode in _opcodes())


@cache
def _opcodes() -> frozenset[bytes]:
    """The bytes of every destructive command; of one with an argument those that do not depend on it."""
    return frozenset(
        _common(
            [_sent(one, f"{command}{moment}" if command.endswith(":") else command) for moment in _MOMENTS]
        )
        for one in registry.profiles().values()
        for command in one.destructive
    )


def _sent(one: Profile, command: str) -> bytes:
    codec = one.codec(one.defaults)
    codec.ask(command)
    return codec.to_send()


def _common(sent: Sequence[bytes]) -> bytes:
    same = takewhile(lambda both: both[0] == both[1], zip(*sent, strict=True))
    return bytes(one for one, _ in same)


def idle(used: Iterable[str]) -> list[str]:
    """Return the serial ports of this computer that none of `used` names."""
    taken = set(used)
    return sorted(str(one.device) for one in list_ports.comports() if str(one.device) not in taken)


def find(ports: Iterable[str], patience: float = PATIENCE, expected: str = "") -> Iterator[Found]:
    """Ask each port who hangs there; the ports must be idle. `HOST:PORT` is asked for a Modbus device.

    Args:
        ports: their names in this system.
        patience: seconds that a device may take to answer.
        expected: see `questions`.

    Raises:
        Refused: no such instrument is known, none of its requests is harmless, or an address is none of Modbus.
    """
    if expected and not lines(registry.profile(expected)):
        raise Refused("no_probe", instrument=expected)
    for port in ports:
        by_net = bool(ADDRESS.fullmatch(port))
        if by_net and expected and not _is_modbus(registry.profile(expected)):
            raise Refused("address_unfit", instrument=expected, address=port)
        try:
            yield _called(port, patience, expected) if by_net else _ask(port, patience, expected)
        except LinkLost as lost:
            yield Found(port, reason=lost.code)


def _ask(port: str, patience: float, expected: str) -> Found:
    identity: Mapping[str, str] = {}
    for (line, data), asked in questions(expected).items():
        link = SerialLink(port, line)
        identity = link.identity
        try:
            if said := link.read(QUIET):
                return Found(port, (), line, said, "talking", identity)
            link.write(data)
            instruments, said = _heard(link, asked, patience)
        finally:
            link.close()
        if instruments:
            return Found(port, instruments, line, said, "", identity)
    return Found(port, identity=identity)


def _heard(link: SerialLink, asked: tuple[Profile, ...], patience: float) -> tuple[tuple[str, ...], bytes]:
    """Return whose codec takes what was answered, and the answer."""
    said, end = b"", time.monotonic() + patience
    while (left := end - time.monotonic()) > 0:
        said += link.read(left)
        if found := tuple(one.id for one in asked if takes(one, said)):
            return found, said
    return (), said


def takes(one: Profile, said: bytes) -> bool:
    """Whether an instrument's codec takes bytes as the answer to its probe, and nothing of them as broken."""
    if _is_modbus(one):
        return modbus_hello.answers_rtu(said)
    codec = one.codec(one.defaults)
    codec.ask(one.probe)
    codec.to_send()
    events = codec.receive(said, 0.0)
    return bool(events) and not any(isinstance(event, Broken) for event in events)


def _is_modbus(one: Profile) -> bool:
    return any(isinstance(wiring, Registers) for wiring in one.wiring)


def _called(address: str, patience: float, expected: str) -> Found:
    """Ask a TCP address, which a person must have named: no network is searched."""
    host, port = opening.host_port(address)
    link = tcp.call(host.strip("[]"), port, threading.Event())
    try:
        if said := link.read(QUIET):
            return Found(address, answer=said, reason="talking", identity=link.identity)
        link.write(modbus_hello.tcp())
        end = time.monotonic() + patience
        while not modbus_hello.answers_tcp(said) and (left := end - time.monotonic()) > 0:
            said += link.read(left)
    finally:
        link.close()
    there = modbus_hello.answers_tcp(said)
    named = [one.id for one in registry.profiles().values() if expected in ("", one.id) and _is_modbus(one)]
    return Found(address, tuple(named) if there else (), answer=said, identity=link.identity)
