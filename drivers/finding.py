"""Which instrument hangs on an idle serial port: asked by harmless requests alone, the slowest speed first.

A request at a wrong speed arrives as other bytes, so slow lines come first and a port that answered is left alone. What
erases some device is in no probe (a contract test looks at every byte); other devices that only talk by themselves are
not found.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from serial.tools import list_ports

from drivers import registry
from drivers.errors import LinkLost
from drivers.links.serial import SerialLink
from drivers.profile import Profile, Serial
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


Question = tuple[Serial, bytes]


def questions() -> Mapping[Question, tuple[Profile, ...]]:
    """Return each line setting with its harmless request, the slowest first, and whose request it is."""
    found: dict[Question, tuple[Profile, ...]] = {}
    for one in registry.profiles().values():
        for wiring in one.wiring:
            if one.probe and isinstance(wiring, Serial):
                key = wiring, request(one)
                found[key] = (*found.get(key, ()), one)
    return dict(sorted(found.items(), key=lambda pair: (pair[0][0].baud, pair[0][1])))


def request(one: Profile) -> bytes:
    """Return the bytes of an instrument's probe."""
    codec = one.codec(one.defaults)
    codec.ask(one.probe)
    return codec.to_send()


def idle(used: Iterable[str]) -> list[str]:
    """Return the serial ports of this computer that none of `used` names."""
    taken = set(used)
    return sorted(str(one.device) for one in list_ports.comports() if str(one.device) not in taken)


def find(ports: Iterable[str], patience: float = PATIENCE) -> Iterator[Found]:
    """Ask each port who hangs there; the ports must be idle."""
    for port in ports:
        try:
            yield _ask(port, patience)
        except LinkLost as lost:
            yield Found(port, reason=lost.code)


def _ask(port: str, patience: float) -> Found:
    identity: Mapping[str, str] = {}
    for (line, data), asked in questions().items():
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
    codec = one.codec(one.defaults)
    codec.ask(one.probe)
    codec.to_send()
    events = codec.receive(said, 0.0)
    return bool(events) and not any(isinstance(event, Broken) for event in events)
