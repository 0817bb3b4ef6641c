"""What can go wrong on a wire, switched on for a simulated device: the same seed spoils the same bytes."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise


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
    _dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        """Throw the dice from the seed."""
        self._dice.seed(self.faults.seed)

    def say(self, data: bytes, now: float) -> list[Piece]:
        """Take one chunk of the device and return the pieces that reach the line."""
        self._chunks += 1
        if self._strikes("drop"):
            return []
        if self._strikes("garble"):
            data = self._flipped(data)
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
        if wanted < 1:
            return [Piece(start, data)]
        self.done["split"] += 1
        cuts = [0, *sorted(self._dice.sample(range(1, len(data)), wanted)), len(data)]
        spans = pairwise(cuts)
        return [
            Piece(start + step * self.faults.pause, data[one:two]) for step, (one, two) in enumerate(spans)
        ]
