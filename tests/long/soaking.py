"""Sixteen simulated instruments at their real line speed with faults on, and two readers of the same bytes.

python -m tests.long.soaking play SECONDS   prints each line as JSON (name, kind, address, mirrors, settings), begins
at a line on standard input and prints at the end what every device has said; python -m tests.long.soaking bytes
KIND:MIRROR...   reads as simple programs do, a thread a line and a byte a read; `links` instead reads as the program
does, one thread that looks at all lines and one a line that waits for what has gathered. Both keep nothing and print
their seconds of CPU at the end.
"""

import json
import os
import sys
import threading
import time
import tty
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import serial

from drivers.faults import Faults
from drivers.links.far import PtyEnd
from drivers.links.gather import Gatherer
from drivers.links.serial import SerialLink
from drivers.player import Player
from drivers.profile import Record, Serial
from drivers.reading import Reading
from drivers.registry import profile
from drivers.session import UNDISTURBED
from protocols.codec import Broken, Codec, ProtocolError

ITEMS = {"items": {"INH": {"item": "pesticide inhibition", "unit": "%"}}}
HARMLESS = Faults(split=3, pause=0.01)
"""What may befall a device that takes no answer without anything being lost."""
ANSWERED = Faults(
    split=4, pause=0.01, noise=7, garble=11, drop=97, unplug=(3_000, 9_000, 30_000), absence=0.5
)
"""What a wire with acknowledgements must survive besides."""
KINDS: Sequence[tuple[str, dict[str, Any], Faults, int]] = (
    ("astm_lis2", ITEMS, ANSWERED, 10),
    ("ncd_a02", {}, HARMLESS, 3),
    ("dayuan_dy5800", {}, HARMLESS, 3),
)
"""Profile, settings, faults and how many lines."""
TICK = 0.016
"""Seconds between two deliveries of a USB adapter."""
PAUSE = 0.3
"""Seconds between two batches of results of one device."""


def said_by(kind: str, settings: dict[str, Any], records: Sequence[Record]) -> list[Reading]:
    """Return the readings that a device's records are, heard over a wire on which nothing goes wrong."""
    one = profile(kind)
    assert one.simulator is not None
    settings = {**one.defaults, **settings}
    device, host, found = one.simulator(settings, records), one.codec(settings), list[Reading]()
    for step in range(400):
        now = step * 0.5
        for side in (device, host):
            if side.deadline is not None and side.deadline <= now:
                side.expire(now)
        heard = host.receive(device.to_send(), now)
        found += [
            reading
            for event in heard
            if not isinstance(event, Broken)
            for reading in one.read(event, settings)
        ]
        device.receive(host.to_send(), now)
        if device.idle and step > 20:
            break
    return found


@dataclass
class Batches:
    """A device that has new results some time after it has said the last ones.

    Attributes:
        make: the device's side with these records.
        records: the records of a batch, by its number.
        until: when it has no more, on the clock of `monotonic`.
        said: the records of each batch so far.
    """

    make: Callable[[Sequence[Record]], Codec[Any]]
    records: Callable[[int], list[Record]]
    until: float = 0.0
    said: list[list[Record]] = field(default_factory=list)
    _batch: int = 0
    _next: float = 0.0
    _device: Codec[Any] | None = None

    def receive(self, data: bytes, now: float) -> list[Any]:
        return self._device.receive(data, now) if self._device else []

    def expire(self, now: float) -> list[Any]:
        if self._device is not None and not self._device.idle:
            return self._device.expire(now) if self._lapsed(now) else []
        if now >= self._next and now < self.until:
            records = self.records(self._batch)
            self._batch += 1
            self.said.append(records)
            self._device = self.make(records)
            self._next = now + PAUSE
        return []

    def _lapsed(self, now: float) -> bool:
        return self._device is not None and self._device.deadline is not None and self._device.deadline <= now

    def to_send(self) -> bytes:
        return self._device.to_send() if self._device else b""

    @property
    def deadline(self) -> float | None:
        return 0.0

    @property
    def idle(self) -> bool:
        return self._device is None or self._device.idle

    def ask(self, command: str) -> None:
        raise ProtocolError(command)


class Paced:
    """A line of a real speed, delivered as a USB adapter does, and beside it two mirrors of what the device says."""

    def __init__(self, baud: int) -> None:
        self.end, self._step = PtyEnd(), max(1, round(baud / 10 * TICK))
        pairs = [os.openpty() for _ in range(2)]
        for master, slave in pairs:
            tty.setraw(slave)
            os.set_blocking(master, False)
        self._masters, self._slaves = zip(*pairs, strict=True)
        self.mirrors = [os.ttyname(slave) for slave in self._slaves]

    @property
    def address(self) -> str:
        return self.end.address

    def plug(self) -> None:
        self.end.plug()

    def unplug(self) -> None:
        self.end.unplug()

    def heard(self) -> bool:
        return self.end.heard()

    def read(self, timeout: float) -> bytes:
        return self.end.read(timeout)

    def write(self, data: bytes) -> None:
        for at in range(0, len(data), self._step):
            piece = data[at : at + self._step]
            self.end.write(piece)
            for master in self._masters:
                with suppress(BlockingIOError):  # nobody reads the mirror
                    os.write(master, piece)
            time.sleep(TICK * len(piece) / self._step)


def baud_of(kind: str) -> int:
    return next(one.baud for one in profile(kind).wiring if isinstance(one, Serial))


def batches_of(kind: str, settings: dict[str, Any], line: int) -> Batches:
    one = profile(kind)
    merged = {**one.defaults, **settings}

    def make(records: Sequence[Record]) -> Codec[Any]:
        assert one.simulator is not None
        return one.simulator(merged, records)

    def records(batch: int) -> list[Record]:
        at = f"2026-11-{1 + batch // 1440 % 28:02d}T{batch // 60 % 24:02d}:{batch % 60:02d}:{line:02d}"
        return [
            Record(
                str(n),
                f"S{batch:05d}",
                item="pesticide inhibition",
                value=f"{batch % 90 + 1}.{n}",
                measured_at=at,
            )
            for n in range(1, 5)
        ]

    return Batches(make, records)


def play(seconds: float) -> None:
    """Play all lines for some seconds after a line came on standard input; end when it is closed."""
    lines: dict[str, tuple[str, dict[str, Any], Batches, Player]] = {}
    for kind, settings, faults, count in KINDS:
        for at in range(count):
            device, end = batches_of(kind, settings, len(lines)), Paced(baud_of(kind))
            name = f"{kind}-{at}"
            lines[name] = (kind, settings, device, Player(device, end, faults=faults))
            told = {
                "name": name,
                "kind": kind,
                "address": end.address,
                "mirrors": end.mirrors,
                "settings": settings,
            }
            print(json.dumps(told), flush=True)
    print("{}", flush=True)
    sys.stdin.readline()
    for _, _, device, player in lines.values():
        device.until = time.monotonic() + seconds
        player.start()
    time.sleep(seconds)
    said = {name: [keys(one) for batch in device.said for one in said_by(kind, settings, batch)]
            for name, (kind, settings, device, _) in lines.items()}  # fmt: skip
    struck = {
        name: [player.said.bytes, dict(player.said.faults)] for name, (_, _, _, player) in lines.items()
    }
    print(json.dumps({"said": said, "struck": struck}), flush=True)
    sys.stdin.readline()
    for _, _, _, player in lines.values():
        player.stop()


def keys(one: Reading) -> list[str]:
    """What tells a reading from another."""
    at = one.measured_at.isoformat() if one.measured_at else ""
    return [str(text) for text in (one.position, one.sample, one.item, one.value, at, one.record)]


def read(way: str, mirrors: Sequence[str]) -> None:
    """Read every line in a thread of its own until standard input is closed; `way` is `bytes` or `links`."""
    counts = [0] * len(mirrors)
    gatherer = Gatherer()

    def one(at: int, more: Callable[[], bytes]) -> None:
        while True:
            counts[at] += len(more())

    for at, mirror in enumerate(mirrors):
        kind, _, port = mirror.partition(":")
        more = gathered(gatherer, kind, port) if way == "links" else partial(plain(port), 1)
        threading.Thread(target=one, args=(at, more), daemon=True).start()
    before = time.process_time()
    print("reading", flush=True)
    sys.stdin.readline()
    print(json.dumps({"cpu": time.process_time() - before, "bytes": sum(counts)}), flush=True)
    os._exit(0)


def gathered(gatherer: Gatherer, kind: str, port: str) -> Callable[[], bytes]:
    """Return the read of a port by which a line of the program waits."""
    ends = profile(kind).ends
    assert ends is not None
    return partial(gatherer.gather(SerialLink(port, Serial(9600)), ends).read, UNDISTURBED)


def plain(mirror: str) -> Callable[[int], bytes]:
    """Return the usual read of a port."""
    read_ = serial.Serial(mirror, timeout=1).read
    return lambda count: bytes(read_(count))


if __name__ == "__main__":
    if sys.argv[1] == "play":
        play(float(sys.argv[2]))
    else:
        read(sys.argv[1], sys.argv[2:])
