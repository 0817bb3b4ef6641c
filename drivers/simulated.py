"""A device that answers what it is asked: the part that all simulators of such devices share."""

from collections.abc import Callable
from typing import TypeVar

from protocols.codec import Broken, ProtocolError
from protocols.exchange import Pieces, Side

P = TypeVar("P")


class Answering(Side[P, Broken]):
    """The device's side of a wire on which the host asks; whatever is no request is ignored but reported.

    Args:
        reader: finds requests.
        answer: what a request is answered with at this time; no bytes where the device says nothing.
    """

    def __init__(self, reader: Pieces[P], answer: Callable[[P, float], bytes]) -> None:
        super().__init__(reader)
        self._answer = answer

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this device cannot ask {command}")

    def _met(self, found: "list[P | Broken]", now: float) -> list[Broken]:
        for one in found:
            if not isinstance(one, Broken):
                self._out += self._answer(one, now)
        return [one for one in found if isinstance(one, Broken)]


class Talking:
    """A device that says what it has once, as soon as a host is there, and hears nothing.

    Args:
        pieces: what it says, one piece after another.
        pause: seconds between two pieces.
    """

    def __init__(self, *pieces: bytes, pause: float = 0.0) -> None:
        self._pieces = [piece for piece in pieces if piece]
        self._pause = pause
        self._due = 0.0
        self._now = 0.0

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Hear nothing."""
        del data
        return self.expire(now)

    def expire(self, now: float) -> list[Broken]:
        """Let the next piece become due."""
        self._now = now
        return []

    def to_send(self) -> bytes:
        """The next piece when it is due."""
        if not self._pieces or self._now < self._due:
            return b""
        self._due = self._now + self._pause
        return self._pieces.pop(0)

    @property
    def deadline(self) -> float | None:
        """When the next piece is due."""
        return self._due if self._pieces else None

    @property
    def idle(self) -> bool:
        """True when all is said."""
        return not self._pieces

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this device cannot ask {command}")
