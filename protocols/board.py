"""The host's side of a bare board: one request at a time, each with its patience, an answer that may stand still."""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from protocols.codec import Broken
from protocols.losses import Losses
from protocols.waits import Wait, earliest

E = TypeVar("E")


class AskedBoard(ABC, Generic[E]):
    """What every such board shares; a board says how it is asked and how its answers are found.

    An answer that stands still is given up with what came of it; a request without an answer is told as a timeout once
    its own patience is over.

    Attributes:
        stalled: seconds after which an answer stands still.
    """

    stalled: ClassVar[float] = 2.0

    def __init__(self) -> None:
        self._expected = ""
        self._asked = False
        self._wait = Wait()
        self._buffer, self._offset, self._last = bytearray(), 0, 0.0
        self._losses = Losses()
        self._out = b""

    @abstractmethod
    def ask(self, command: str) -> None:
        """Send a request.

        Raises:
            ProtocolError: the command is unknown, or an answer is still awaited.
        """

    @abstractmethod
    def _parse(self, *, final: bool) -> list[E | Broken]:
        """Take whole answers from the front; with `final` nothing more will come."""

    def _expect(self, name: str, request: bytes, seconds: float) -> None:
        self._out += request
        self._expected, self._asked = name, True
        self._wait.start(seconds)

    def to_send(self) -> bytes:
        """Hand over requests, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When an answer has stood still or is overdue."""
        rest = self._last + self.stalled if self._buffer or self._losses.held else None
        return earliest(rest, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when nothing is half-received and no answer is awaited."""
        return not (self._buffer or self._losses.held or self._expected)

    def receive(self, data: bytes, now: float) -> list[E | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        if data:
            self._buffer += data
            self._last = now
        return self._parse(final=False)

    def expire(self, now: float) -> list[E | Broken]:
        """Give up an answer that stood still, and one that is overdue."""
        events: list[E | Broken] = []
        if (self._buffer or self._losses.held) and now >= self._last + self.stalled:
            events += [*self._parse(final=True), *self._losses.close()]
        if self._wait.lapsed(now):
            events.append(Broken(self._offset, b"", "timeout", f"no answer to {self._expected} in time"))
            self._settle()
        return events

    def _settle(self) -> None:
        self._expected = ""
        self._wait.stop()
