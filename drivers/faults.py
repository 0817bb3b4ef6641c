"""What can go wrong on a wire, switched on for a simulated device: the same seed spoils the same bytes."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from drivers.errors import Refused


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches. A chunk is what the device says at once: a frame, an answer, a single acknowledgement.

    Attributes:
        seed: of the flipped bits and the places of the cuts.
        garble: flip a bit in every n-th chunk; 0 is never, as for the other counts.
        drop: swallow every n-th chunk.
        repeat: say every n-th chunk twice.
        split: cut each chunk into up to this many pieces.
        pause: seconds between two pieces.
        glue: hold a chunk back until the next one and say both at once, at most this many seconds.
        late: the numbers of the chunks, from 1, that come late.
        delay: seconds by which they come late.
        unplug: counts of bytes said after which the line is torn out.
        absence: seconds until it is plugged in again.
        noise: say up to eight bytes of noise before every n-th chunk.
        short: break off every n-th chunk in its middle.
        silent: after how many chunks the device says nothing more; 0 is never.
        clock: the device's clock stood at this time (ISO, no zone) at every measurement; empty is right.
        unit: the device states this unit with every figure.
        baud: the speed at which the device speaks in bits a second, whatever the host set; pseudo terminals alone.
        busy: answer every n-th Modbus request with the exception 6.
        exception: answer every n-th Modbus request with the exception 4.
        address: answer every n-th Modbus request with the exception 2, as if there were no such register.
        stranger: answer every n-th Modbus request under another unit's number.
    """

    seed: int = 0
    garble: int = 0
    drop: int = 0
    repeat: int = 0
    split: int = 0
    pause: float = 0.02
    glue: float = 0.0
    late: tuple[int, ...] = ()
    delay: float = 2.0
    unplug: tuple[int, ...] = ()
    absence: float = 1.0
    noise: int = 0
    short: int = 0
    silent: int = 0
    clock: str = ""
    unit: str = ""
    baud: int = 0
    busy: int = 0
    exception: int = 0
    address: int = 0
    stranger: int = 0


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _time(text: str) -> str:
    return datetime.fromisoformat(text).replace(tzinfo=None).isoformat()


_SWITCHES: Mapping[str, tuple[str, Callable[[str], Any], str]] = {
    "split": ("split", int, "4"),
    "glue": ("glue", float, "0.3"),
    "noise": ("noise", int, "2"),
    "wrong-check": ("garble", int, "2"),
    "drop": ("drop", int, "2"),
    "duplicate": ("repeat", int, "1"),
    "short": ("short", int, "2"),
    "late": ("late", _numbers, "1"),
    "delay": ("delay", float, "2"),
    "silent": ("silent", int, "1"),
    "unplug": ("unplug", _numbers, "20"),
    "absence": ("absence", float, "1"),
    "wrong-clock": ("clock", _time, "2010-01-01T00:00:00"),
    "wrong-unit": ("unit", str, "??"),
    "wrong-baud": ("baud", int, "4800"),
    "busy": ("busy", int, "2"),
    "exception": ("exception", int, "2"),
    "wrong-address": ("address", int, "2"),
    "other-unit": ("stranger", int, "2"),
    "seed": ("seed", int, "1"),
}
SWITCHES = tuple(_SWITCHES)
"""What a person writes behind `--fault`, alone or with `=` and its figure."""


def switched(words: Iterable[str]) -> Faults:
    """Return the faults that a person switched on, such as `late`, `late=2,5` or `wrong-clock=2010-01-01T00:00:00`.

    Raises:
        Refused: `fault_unknown`, there is no such switch; `fault_figure`, it takes another figure.
    """
    faults = Faults()
    for word in words:
        name, equals, text = word.strip().replace("_", "-").partition("=")
        if name not in _SWITCHES:
            raise Refused("fault_unknown", fault=word[:40], faults=" ".join(SWITCHES))
        field_, kind, usual = _SWITCHES[name]
        try:
            faults = replace(faults, **{field_: kind(text if equals else usual)})
        except ValueError:
            raise Refused("fault_figure", fault=word[:40], usual=f"{name}={usual}") from None
    return faults


def misread(data: bytes, said: int, heard: int) -> bytes:
    """Return what a receiver at `heard` bits a second makes of bytes that were said at `said`, both 8N1.

    The receiver waits for the edge of a start bit and looks into the middle of each bit, as such chips do.
    """
    levels = [level for byte in data for level in (0, *(byte >> bit & 1 for bit in range(8)), 1)]
    step, at, found = said / heard, 0.0, bytearray()
    while (
        start := next((n for n in range(int(at), len(levels)) if n >= at and not levels[n]), None)
    ) is not None:
        looks = [int(start + (bit + 1.5) * step) for bit in range(9)]
        bits = [levels[look] if look < len(levels) else 1 for look in looks]
        found.append(sum(bit << place for place, bit in enumerate(bits[:8])))
        at = start + 9.5 * step
    return bytes(found)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that go out at `due`, in seconds of the player's clock."""

    due: float
    data: bytes


@dataclass(slots=True)
class Spoiler:
    """Turns what a device says into what reaches the line, and when.

    Attributes:
        faults: the switches.
        done: how often each switch has struck, by its name.
    """

    faults: Faults
    done: Counter[str] = field(default_factory=Counter)
    _chunks: int = 0
    _held: bytes = b""
    _held_until: float = 0.0
    _free: float = 0.0  # when the last piece of a cut chunk goes out: a line never says two chunks at once
    _dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        """Throw the dice from the seed."""
        self._dice.seed(self.faults.seed)

    def say(self, data: bytes, now: float) -> list[Piece]:
        """Take one chunk of the device and return the pieces that reach the line."""
        self._chunks += 1
        if self._strikes("drop") or self._silent():
            return []
        if self._strikes("garble"):
            data = self._flipped(data)
        if self._strikes("short"):
            data = data[: len(data) // 2]
        if self._strikes("noise"):
            data = self._dice.randbytes(self._dice.randint(1, 8)) + data
        if self._strikes("repeat"):
            data += data
        if self.faults.glue:
            data = self._glued(data, now)
        return self._pieces(data, now + self._lateness())

    def release(self, now: float) -> list[Piece]:
        """Return a chunk that was held back for gluing and found no partner."""
        if not self._held or now < self._held_until:
            return []
        data, self._held = self._held, b""
        return self._pieces(data, now)

    def _strikes(self, name: str) -> bool:
        every = getattr(self.faults, name)
        struck = bool(every) and self._chunks % every == 0
        self.done[name] += struck
        return struck

    def _silent(self) -> bool:
        silent = 0 < self.faults.silent < self._chunks
        self.done["silent"] += silent
        return silent

    def _flipped(self, data: bytes) -> bytes:
        place, bit = self._dice.randrange(len(data)), self._dice.randrange(8)
        return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]

    def _glued(self, data: bytes, now: float) -> bytes:
        if self._held:
            self.done["glue"] += 1
            data, self._held = self._held + data, b""
            return data
        self._held, self._held_until = data, now + self.faults.glue
        return b""

    def _lateness(self) -> float:
        late = self._chunks in self.faults.late
        self.done["late"] += late
        return self.faults.delay if late else 0.0

    def _pieces(self, data: bytes, start: float) -> list[Piece]:
        if not data:
            return []
        wanted = min(self.faults.split, len(data)) - 1
        start = max(start, self._free)
        if wanted < 1:
            return [Piece(start, data)]
        self.done["split"] += 1
        self._free = start + wanted * self.faults.pause
        cuts = [0, *sorted(self._dice.sample(range(1, len(data)), wanted)), len(data)]
        spans = pairwise(cuts)
        return [
            Piece(start + step * self.faults.pause, data[one:two]) for step, (one, two) in enumerate(spans)
        ]
