"""A card board with a motor, a card sensor and a scanner that takes its time, for strips laid in one by one."""

import math
from collections.abc import Sequence
from types import MappingProxyType

from drivers.profile import Record, Settings
from drivers.simulated import Answering
from protocols.cards import encoding
from protocols.frames import Frame, FrameReader
from protocols.sevene import seven_e

_REQUESTS = MappingProxyType({0x01: (0, 0), 0x11: (1, 1), 0x13: (0, 0), 0x15: (0, 0), 0x17: (0, 1)})
_HARDWARE = {1: 0x12, 2: 0x20, 3: 0x30}
_SCANS = {1: 7.0, 2: 9.0, 3: 9.0}
_IN_AND_SCAN, _OUT, _IN = 1, 2, 3


class Board(Answering[Frame]):
    """The device's side; every `in and scan` takes the next curve, the last one stays for further scans."""

    def __init__(self, generation: int, curves: Sequence[Sequence[int]], scan_seconds: float) -> None:
        """Speak as `generation` and need `scan_seconds` from the command to the curve."""
        self._shape = encoding(generation)
        check = self._shape.check or self._shape.also[0]
        super().__init__(FrameReader(seven_e(check, 0x7E, self._shape.order, _REQUESTS)), self._reply)
        self._hardware = _HARDWARE[generation]
        self._curves = [tuple(one) for one in curves]
        self._scan_seconds = scan_seconds
        self._scanned = -1
        self._ready_at: float | None = None

    def _reply(self, request: Frame, now: float) -> bytes:
        command = request.raw[1]
        return self._shape.build(bytes((command + 1,)), self._body(command, request.body, now))

    def _body(self, command: int, body: bytes, now: float) -> bytes:
        match command:
            case 0x01:
                return bytes((1, self._hardware, 0x10))
            case 0x11:
                self._move(body[0], now)
                return b""
            case 0x13:
                return bytes((self._scanned + 1 < len(self._curves) or self._ready_at is not None,))
            case 0x15:
                return self._curve(now)
        return b"\x01" if self._hardware == 0x30 else b""

    def _move(self, where: int, now: float) -> None:
        self._ready_at = None
        if where == _IN_AND_SCAN and self._curves:
            self._scanned = min(self._scanned + 1, len(self._curves) - 1)
            self._ready_at = now + self._scan_seconds

    def _curve(self, now: float) -> bytes:
        """The scan in the tray, or nothing while the motor runs."""
        if self._ready_at is None or now < self._ready_at:
            return b""
        return b"".join(sample.to_bytes(2, "little") for sample in self._curves[self._scanned])


def strip_curve(c: float, t: float, points: int = 90) -> list[int]:
    """A scan whose lines are `c` and `t` deep; between 0 (no line) and 8000, in the sensor's units."""
    places = (32, 51) if points < 150 else (120, 200)

    def light(at: int) -> float:
        dark = sum(
            depth * math.exp(-(((at - place) / 3.0) ** 2))
            for place, depth in zip(places, (c, t), strict=True)
        )
        return 11100 - dark

    return [round(light(at)) for at in range(points)]


def _samples(record: Record) -> list[int]:
    if "samples" in record.fields:
        return [int(one) for one in record.fields["samples"].split()]
    c, t = (float(record.fields.get(name, "2000")) for name in ("c", "t"))
    return strip_curve(c, t, int(record.fields.get("points", "90")))


def simulator(settings: Settings, records: Sequence[Record]) -> Board:
    """A board into which these strips are laid; `fields` hold `samples`, or the depths `c` and `t` and `points`."""
    generation = int(settings.get("generation", 2))
    return Board(
        generation,
        [_samples(record) for record in records],
        float(settings.get("scan_seconds", _SCANS[generation])),
    )
