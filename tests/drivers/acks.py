"""A small acknowledged wire for tests of the drivers: lines ended by LF, each answered by ACK."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from drivers.profile import Evidence, Profile, Rung, Serial, Settings, Tcp
from drivers.reading import Reading
from protocols.codec import Broken, ProtocolError

ACK = b"\x06"
PATIENCE = 0.4


class Lines:
    """The host's side; `again` asks the device to repeat, half a line lapses after 0.4 s."""

    def __init__(self) -> None:
        self.deadline: float | None = None
        self._held = b""
        self._out = b""

    @property
    def idle(self) -> bool:
        return not self._held

    def receive(self, data: bytes, now: float) -> list[str | Broken]:
        *whole, self._held = (self._held + data).split(b"\n")
        self._out += ACK * len(whole)
        self.deadline = now + PATIENCE if self._held else None
        return [line.decode("ascii", "replace") for line in whole]

    def expire(self, now: float) -> list[str | Broken]:
        if self.deadline is None or now < self.deadline:
            return []
        held, self._held, self.deadline = self._held, b"", None
        return [Broken(0, held, "timeout")] if held else []

    def to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def ask(self, command: str) -> None:
        if command not in ("again", "erase"):
            raise ProtocolError(command)
        self._out += command[0].encode()


class Sender:
    """The device's side: says the next line when the last was acknowledged, and counts both."""

    def __init__(self, lines: int, first: int = 1) -> None:
        self.deadline: float | None = 0.0
        self.idle = True
        self.acknowledged = 0
        self.asked = b""
        self._first, self._lines = first, lines
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Any]:
        acks = data.count(ACK)
        self.asked += data.replace(ACK, b"")
        self.acknowledged += acks
        if acks:
            self._say(now)
        return []

    def expire(self, now: float) -> list[Any]:
        self._say(now)
        return []

    def _say(self, now: float) -> None:
        self.deadline = now + 0.3
        if self.acknowledged < self._lines:
            self._out = b"S%d;%d.50\n" % ((self._first + self.acknowledged,) * 2)

    def to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def ask(self, command: str) -> None:
        raise ProtocolError(command)


def read(event: Any, _settings: Settings) -> list[Reading]:
    if event == "boom":
        raise RuntimeError("a bug of an instrument")
    sample, _, value = event.partition(";")
    try:
        return [Reading(sample=sample, value=Decimal(value))]
    except InvalidOperation:
        return []


def profile(**changes: Any) -> Profile:
    return Profile(
        **{
            "id": "acks",
            "title": ("测试", "test"),
            "family": "lines",
            "measures": ("pesticide",),
            "wiring": (Serial(), Tcp(port=0, listen=True)),
            "codec": lambda _settings: Lines(),
            "read": read,
            "evidence": Evidence(Rung.DOCUMENT, "made for tests"),
            "destructive": ("erase",),
            **changes,
        }
    )


@dataclass
class Taken:
    """A sink that stores each key once, as the laboratory does, and can be away."""

    rows: dict[tuple[str, int, int], Reading] = field(default_factory=dict)
    brokens: list[Broken] = field(default_factory=list)
    calls: int = 0
    away: bool = False
    before: Callable[[], None] = lambda: None

    def reading(self, name: str, entry: int, place: int, received_at: datetime, reading: Reading) -> None:
        self.before()
        self.calls += 1
        if self.away:
            raise OSError("the database is away")
        assert received_at.utcoffset() is not None
        self.rows.setdefault((name, entry, place), reading)

    def broken(self, name: str, entry: int, received_at: datetime, broken: Broken) -> None:
        del name, entry, received_at
        self.brokens.append(broken)

    @property
    def samples(self) -> list[str]:
        return [one.sample or "" for _key, one in sorted(self.rows.items(), key=lambda pair: pair[0][1:])]
