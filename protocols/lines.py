"""Text that ends in a delimiter, kept as bytes because its encoding is the instrument's affair."""

from dataclasses import dataclass

from protocols.codec import Broken, ProtocolError


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its delimiter, and where it began in the stream."""

    data: bytes
    offset: int


class Lines:
    """Lines in a stream; one that is too long or never ends is reported, not cut to size."""

    def __init__(self, delimiter: bytes = b"\n", limit: int = 4096, timeout: float | None = None) -> None:
        """Split at `delimiter`; `limit` bytes without one are broken; `timeout` gives up a standing rest.

        Raises:
            ProtocolError: the delimiter is empty or the limit is below 1.
        """
        if not delimiter or limit < 1:
            raise ProtocolError("lines need a delimiter and a limit above 0")
        self._delimiter = delimiter
        self._limit = limit
        self._timeout = timeout
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._too_long = False
        self._out = b""

    def ask(self, command: str) -> None:
        """Send `command` in UTF-8 with the delimiter."""
        self._out += command.encode() + self._delimiter

    def to_send(self) -> bytes:
        """Hand over what was asked, once."""
        out, self._out = self._out, b""
        return out

    def receive(self, data: bytes, now: float) -> list[Line | Broken]:
        """Take bytes and return the lines that they complete."""
        if data:
            self._buffer += data
            self._last = now
        events: list[Line | Broken] = []
        while (event := self._next()) is not None:
            events.append(event)
        return events

    def _next(self) -> Line | Broken | None:
        length = self._buffer.find(self._delimiter)
        if 0 <= length <= self._limit:
            return self._line(length)
        # A delimiter may just begin at the limit, so a cut inside it must not decide differently.
        if len(self._buffer) < self._limit + len(self._delimiter):
            return None
        self._too_long = True
        return self._give_up(self._limit, "length", f"no line end within {self._limit} bytes")

    def _line(self, length: int) -> Line | Broken:
        size = length + len(self._delimiter)
        if self._too_long:
            self._too_long = False
            return self._give_up(size, "length", "the rest of a line that was too long")
        line = Line(bytes(self._buffer[:length]), self._offset)
        del self._buffer[:size]
        self._offset += size
        return line

    def _give_up(self, size: int, reason: str, detail: str) -> Broken:
        broken = Broken(self._offset, bytes(self._buffer[:size]), reason, detail)
        del self._buffer[:size]
        self._offset += len(broken.data)
        return broken

    def expire(self, now: float) -> list[Line | Broken]:
        """Give up a rest that stood still until `deadline`."""
        if self.deadline is None or now < self.deadline:
            return []
        return self.flush()

    def flush(self) -> list[Line | Broken]:
        """Give up the unfinished rest because the stream has ended."""
        self._too_long = False
        return [self._give_up(len(self._buffer), "timeout", "the line did not end")] if self._buffer else []

    @property
    def offset(self) -> int:
        """How many bytes of the stream are decided."""
        return self._offset

    @property
    def deadline(self) -> float | None:
        """When an unfinished line has stood still too long, or None."""
        return None if self._timeout is None or self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when no line is half-received."""
        return not self._buffer and not self._too_long
