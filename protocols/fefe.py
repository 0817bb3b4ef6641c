"""Records between FE FE separators, known by their length alone: the NC meters' stream."""

from dataclasses import dataclass

from protocols.codec import Broken, ProtocolError

MARK = b"\xfe\xfe"


@dataclass(frozen=True, slots=True)
class Piece:
    """One record of a listed length, without its separators, and where it began in the stream."""

    data: bytes
    offset: int


class FefeRecords:
    """Cuts a stream at FE FE; a record of a length that is not listed is refused whole.

    With one listed length a record is also whole when the line falls silent behind it. With several, only a further
    FE FE ends one: a long record that was cut short would else pass for a short one.

    Args:
        lengths: the lengths in bytes that this device sends.
        text: True where the device writes each byte as two hexadecimal characters.
        timeout: seconds of silence.
    """

    def __init__(self, lengths: frozenset[int], *, text: bool = False, timeout: float = 1.0) -> None:
        if not lengths or min(lengths) < 1:
            raise ProtocolError("at least one record length above 0 has to be listed")
        self._lengths, self._timeout = lengths, timeout
        self._mark = MARK.hex().upper().encode() if text else MARK
        self._text = text
        self._most = (max(lengths) + 1) * (2 if text else 1)
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._inside = False  # a separator stood before what is held
        self._too_long = False

    def ask(self, command: str) -> None:
        """Refuse: this wire only listens."""
        raise ProtocolError(f"this device sends by itself and takes no command such as {command!r}")

    def to_send(self) -> bytes:
        """Owe nothing."""
        return b""

    def receive(self, data: bytes, now: float) -> list[Piece | Broken]:
        """Take bytes and return the records that they complete."""
        if data:
            self._last = now
        events: list[Piece | Broken] = []
        for byte in data:
            self._buffer.append(byte)
            if self._buffer.upper().endswith(self._mark) if self._text else self._buffer.endswith(self._mark):
                events += self._cut(len(self._buffer) - len(self._mark), marked=True)
                self._drop(len(self._mark))
                self._inside = True
            elif len(self._buffer) >= self._most + len(self._mark):
                events += self._overlong()
        return events

    def expire(self, now: float) -> list[Piece | Broken]:
        """Take silence for the end of a record where only one length is possible; give up anything else."""
        if self.deadline is None or now < self.deadline:
            return []
        events = self._cut(len(self._buffer), marked=False)
        self._inside = False
        return events

    @property
    def deadline(self) -> float | None:
        """When what is held has stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when no record is half-received; a separator alone is none."""
        return not self._buffer and not self._inside

    def _overlong(self) -> list[Piece | Broken]:
        """Give up all but what may be the beginning of a separator."""
        self._too_long = True
        return [self._broken(len(self._buffer) - len(self._mark) + 1, "length", "no separator came in time")]

    def _cut(self, size: int, *, marked: bool) -> list[Piece | Broken]:
        """End the record of `size` bytes at the front."""
        over, self._too_long = self._too_long, False
        if not size:
            return []
        raw = bytes(self._buffer[:size])
        data = _bytes_of(raw) if self._text else raw
        if over:
            return [self._broken(size, "length", "the rest of a record that was too long")]
        if data is None and self._inside:
            return [self._broken(size, "content", "these are not hexadecimal characters")]
        if fault := self._fault(data or b"", marked=marked):
            return [self._broken(size, *fault)]
        piece = Piece(data or b"", self._offset)
        self._drop(size)
        return [piece]

    def _fault(self, data: bytes, *, marked: bool) -> tuple[str, str] | None:
        if not self._inside:
            return "noise", ""
        if len(data) not in self._lengths:
            listed = ", ".join(map(str, sorted(self._lengths)))
            return "length", f"{len(data)} bytes; this device sends {listed}"
        return ("timeout", "no separator came behind it") if not marked and len(self._lengths) > 1 else None

    def _broken(self, size: int, reason: str, detail: str) -> Broken:
        broken = Broken(self._offset, bytes(self._buffer[:size]), reason, detail)
        self._drop(size)
        return broken

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size


def _bytes_of(raw: bytes) -> bytes | None:
    try:
        return bytes.fromhex(raw.decode("ascii")) if raw.isalnum() else None
    except ValueError:
        return None
