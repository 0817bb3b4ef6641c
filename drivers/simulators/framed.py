"""The device's side of a board that answers one frame for each request: what every such simulator shares."""

from collections.abc import Callable

from protocols.codec import Broken, ProtocolError
from protocols.frames import Frame, FrameReader

Answer = Callable[[Frame, float], bytes]
"""What the device says to a request at a moment of its clock; empty for silence."""


class Framed:
    """Reads requests and says what `answer` makes of each."""

    def __init__(self, reader: FrameReader, answer: Answer) -> None:
        """Read with `reader`; `answer` gives whole frames."""
        self._reader, self._answer = reader, answer
        self._out = b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take request bytes; answers wait for `to_send`."""
        return self._said(self._reader.receive(data, now), now)

    def expire(self, now: float) -> list[Broken]:
        """Give up half a request."""
        return self._said(self._reader.expire(now), now)

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When half a request is given up."""
        return self._reader.deadline

    @property
    def idle(self) -> bool:
        """True when no request is half received."""
        return self._reader.idle

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this device cannot ask {command}")

    def _said(self, found: list[Frame | Broken], now: float) -> list[Broken]:
        for one in found:
            if isinstance(one, Frame):
                self._out += self._answer(one, now)
        return [one for one in found if isinstance(one, Broken)]
