"""The one shape that every wire has: bytes in, events out, answer bytes, a clock that is handed in."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

E = TypeVar("E")


class ProtocolError(Exception):
    """Somebody used a codec or a table of this package wrongly; a broken peer is a `Broken` event instead."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes of the peer that no rule of this wire accepts; they are reported, never guessed at.

    Attributes:
        offset: position of `data` in the stream since the codec was made, in bytes.
        data: the bytes that were given up.
        reason: a stable code such as `check`, `length`, `noise`, `timeout`, `sequence`, `content`.
        detail: what was expected and what came, in plain English, for the wire view.
    """

    offset: int
    data: bytes
    reason: str
    detail: str = ""


class Codec(Protocol[E]):
    """A wire without a port: pure state, so that any cut of the stream gives the same events.

    `now` is seconds on a monotonic clock that the caller owns; a codec never reads a clock itself.
    """

    def receive(self, data: bytes, now: float) -> "list[E | Broken]":
        """Take bytes as they came from the peer and return the events that they complete."""

    def expire(self, now: float) -> "list[E | Broken]":
        """Say what has lapsed by `now`; called when `deadline` has passed and no byte came."""

    def to_send(self) -> bytes:
        """Hand over, once, the bytes that the peer is owed."""

    @property
    def deadline(self) -> float | None:
        """When `expire` wants to be called, or None when nothing is awaited."""

    @property
    def idle(self) -> bool:
        """True when nothing half-received is held, so that a journal may be read on from here."""

    def ask(self, command: str) -> None:
        """Begin a request by its name; wires that only listen raise `ProtocolError`."""


def run_out(codec: Codec[E], now: float = 0.0) -> list[E | Broken]:
    """Let the clock run until the codec awaits nothing: what a stream that ends here still has to say."""
    events: list[E | Broken] = []
    while (deadline := codec.deadline) is not None:
        now = max(now, deadline)
        events += codec.expire(now)
    return events
