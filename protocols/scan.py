"""Pieces of a stream that no length announces: a rule of the wire looks at the front and says what stands there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from protocols.codec import Broken
from protocols.losses import NOISE, Losses

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Found(Generic[P]):
    """A piece of `size` bytes stands at the front; `piece` is None for what says nothing, such as a line end."""

    size: int
    piece: P | None


@dataclass(frozen=True, slots=True)
class Lost:
    """The first byte begins nothing; `span` is how many bytes the broken thing takes."""

    reason: str = NOISE
    detail: str = ""
    span: int = 1


Rule = Callable[[bytearray, int], Found[P] | Lost | None]
"""What stands at the front of these bytes, which are at this offset of the stream; None asks for more."""


class Scanner(Generic[P]):
    """Cuts pieces off a stream; every byte that begins none is in exactly one `Broken`.

    After a failure the rule is asked again one byte further on, so it must decide by the bytes alone and may not ask
    for more where what it has can begin nothing: then any cut of the stream gives the same pieces.
    """

    def __init__(self, rule: Rule[P], timeout: float = 1.0, what: str = "record") -> None:
        """Cut by `rule`; a `what` that stands still for `timeout` seconds is given up by `expire`."""
        self._rule = rule
        self._half = f"the {what} stopped half-way"
        self._timeout = timeout
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._losses = Losses()

    def receive(self, data: bytes, now: float) -> list[P | Broken]:
        """Take bytes and return the pieces and losses that they complete."""
        if data:
            self._buffer += data
            self._last = now
        return self._parse(final=False)

    def expire(self, now: float) -> list[P | Broken]:
        """Give up what stood still until `deadline`, looking for whole pieces inside it."""
        if self.deadline is None or now < self.deadline:
            return []
        return self.flush()

    def flush(self) -> list[P | Broken]:
        """Give up the unfinished rest now, because the stream has ended."""
        return [*self._parse(final=True), *self._losses.close()]

    @property
    def offset(self) -> int:
        """How many bytes of the stream are decided."""
        return self._offset

    @property
    def deadline(self) -> float | None:
        """When a half-received piece, or noise not yet reported, will have stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when nothing is held."""
        return not self._buffer and not self._losses.held

    def _parse(self, *, final: bool) -> list[P | Broken]:
        events: list[P | Broken] = []
        while self._buffer:
            found = self._rule(self._buffer, self._offset)
            if found is None and not final:
                break
            if isinstance(found, Found) and not (found.piece is None and self._losses.held):
                events += self._losses.close()
                events += [] if found.piece is None else [found.piece]
                del self._buffer[: found.size]
                self._offset += found.size
            else:
                lost = found or Lost("timeout", self._half, len(self._buffer))
                if isinstance(lost, Found):  # what says nothing, in the middle of what is lost
                    lost = Lost()
                first = self._buffer[0]
                events += self._losses.add(self._offset, first, lost.reason, lost.detail, lost.span)
                del self._buffer[:1]
                self._offset += 1
        return events


def requests(known: dict[bytes, str]) -> Rule[str]:
    """The rule of a device that knows these requests, none of which begins another, and hears nothing else."""

    def rule(data: bytearray, _offset: int) -> Found[str] | Lost | None:
        for raw, name in known.items():
            if data.startswith(raw):
                return Found(len(raw), name)
        return None if any(raw.startswith(bytes(data)) for raw in known) else Lost()

    return rule
