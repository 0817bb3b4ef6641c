"""What simulated devices share that answer one line of text to each request."""

from collections.abc import Callable

from protocols.codec import Broken, ProtocolError
from protocols.lines import Line, Lines


class Answering:
    """Answers each line of the host by a function of it; an empty answer is silence.

    Args:
        answer: what the device says to a request, line end included.
        delimiter: what ends a request.
    """

    def __init__(self, answer: Callable[[bytes], bytes], delimiter: bytes = b"\r\n") -> None:
        self._answer = answer
        self._lines = Lines(delimiter)
        self._out = b""

    def ask(self, command: str) -> None:
        """A device asks nothing."""
        raise ProtocolError(f"a device cannot ask {command}")

    def receive(self, data: bytes, now: float) -> list[Line | Broken]:
        """Take what the host says."""
        for line in self._lines.receive(data, now):
            if isinstance(line, Line):
                self._out += self._answer(line.data)
        return []

    def expire(self, now: float) -> list[Line | Broken]:
        """Keep no time."""
        del now
        return []

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """Await nothing."""
        return None

    @property
    def idle(self) -> bool:
        """True when no request is half-received."""
        return self._lines.idle
