"""A stripping-voltammetry module that runs a sweep with one peak and then says what it found."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from drivers.profile import Record, Settings
from protocols.codec import Broken, ProtocolError
from protocols.stripping import PRESENT, RECEIVED, SENT, STAGES, START, TEST
from protocols.waits import Wait

_RUN = bytes.fromhex("3C 83")
_STOP = bytes.fromhex("06 83")
_HELLO = bytes.fromhex("14 83")


class Module:
    """The device's side; `course` are the status frames of the next run, one every `pause` seconds."""

    def __init__(self, course: Sequence[bytes], pause: float) -> None:
        """Be ready to run."""
        self._course, self._pause = tuple(course), pause
        self._left: list[bytes] = []
        self._next = Wait()
        self._buffer, self._out = b"", b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take the host's frames; anything before `AA BB` is passed over."""
        self._buffer += data
        while (at := self._buffer.find(START)) >= 0:
            self._buffer = self._buffer[at:]
            if self._buffer == TEST or len(self._buffer) >= SENT:
                self._act(self._buffer[2:4], now)
                self._buffer = self._buffer[SENT:]
            else:
                break
        return []

    def expire(self, now: float) -> list[Broken]:
        """Say the next status of a run."""
        if self._next.lapsed(now) and self._left:
            self._out += self._left.pop(0)
            self._next.start(self._pause, now)
        if not self._left:
            self._next.stop()
        return []

    def to_send(self) -> bytes:
        """Hand over answers and statuses, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When the next status is due."""
        return self._next.deadline

    @property
    def idle(self) -> bool:
        """True when no frame is half received."""
        return not self._buffer

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this module cannot ask {command}")

    def _act(self, command: bytes, now: float) -> None:
        if command == _HELLO:
            self._out += PRESENT.ljust(RECEIVED, b"\0")
        elif command == _STOP:
            self._left = []
        elif command == _RUN:
            self._left = list(self._course)
            self._next.start(self._pause, now)


def status(stage: str, seconds: float, millivolts: int, microamperes: Decimal, density: Decimal) -> bytes:
    """A status frame; bytes whose meaning is unknown are zero."""
    body = STAGES.index(stage).to_bytes(2, "big") + round(seconds * 10).to_bytes(2, "big")
    body += (millivolts & 0xFFFF).to_bytes(2, "big")
    body += b"".join(int(one * 10000).to_bytes(4, "big", signed=True) for one in (microamperes, density))
    return (START + bytes(6) + body).ljust(RECEIVED, b"\0")


def sweep(points: int = 24) -> list[tuple[float, int, Decimal]]:
    """Time, voltage and current of a run with one peak in its middle."""
    return [
        (
            at * 5.0,
            -1000 + at * 40,
            Decimal(round(10000 * (0.4 + 2.1 * math.exp(-(((at - points / 2) / 3) ** 2))))).scaleb(-4),
        )
        for at in range(points)
    ]


def simulator(settings: Settings, records: Sequence[Record]) -> Module:
    """A module that will find the first record: its value in µg/L, its course in `millivolts` and `microamperes`."""
    found = records[0] if records else Record(position="1", value="15.23")
    course = _course(found.fields)
    frames = [status("testing", *point, Decimal(0)) for point in course]
    density = Decimal(found.value or found.fields.get("density", "0"))
    stage = found.fields.get("stage", "done")
    seconds = float(found.fields.get("seconds", "120"))
    frames.append(status(stage, seconds, int(found.fields.get("last_mv", "0")),
                         Decimal(found.fields.get("last_ua", "0")), density))  # fmt: skip
    return Module(frames, float(settings.get("status_seconds", 0.01)))


def _course(fields: Mapping[str, str]) -> list[tuple[float, int, Decimal]]:
    if "millivolts" not in fields:
        return sweep() if "stage" not in fields else []
    volts, currents, times = (fields[name].split() for name in ("millivolts", "microamperes", "times"))
    return [(float(t), int(v), Decimal(c)) for t, v, c in zip(times, volts, currents, strict=True)]
