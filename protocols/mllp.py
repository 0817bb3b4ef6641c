"""MLLP: HL7 messages between VT and FS CR, each answered once it is kept."""

from collections.abc import Callable
from dataclasses import dataclass

from protocols.codec import Broken, ProtocolError
from protocols.losses import Losses

VT = 0x0B
FS = 0x1C
CR = 0x0D


@dataclass(frozen=True, slots=True)
class Envelope:
    """The bytes of one message, and where its VT stood in the stream."""

    text: bytes
    offset: int


def build(text: bytes) -> bytes:
    """Wrap a message.

    Raises:
        ProtocolError: the text holds VT or FS.
    """
    if VT in text or FS in text:
        raise ProtocolError("a message holds neither VT nor FS")
    return bytes((VT,)) + text + bytes((FS, CR))


Judge = Callable[[bytes], tuple[bytes, tuple[str, str] | None]]


class Mllp:
    """The receiving side; the answer to a message is in `to_send` only after `receive` has returned.

    Args:
        answer: makes the text of the answer to a message (empty for none), and says why the message cannot be
            taken, as a reason and a detail, or nothing.
        limit: longest message in bytes.
        timeout: seconds after which half a message is given up.
    """

    def __init__(self, answer: Judge, limit: int = 1 << 20, timeout: float = 30.0) -> None:
        self._answer, self._limit, self._timeout = answer, limit, timeout
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._losses = Losses()
        self._out = b""

    def ask(self, command: str) -> None:
        """Refuse: this wire only listens."""
        raise ProtocolError(f"this device sends by itself and takes no command such as {command!r}")

    def to_send(self) -> bytes:
        """Hand over the answers, once."""
        out, self._out = self._out, b""
        return out

    def receive(self, data: bytes, now: float) -> list[Envelope | Broken]:
        """Take bytes and return the messages that they complete."""
        if data:
            self._last = now
        events: list[Envelope | Broken] = []
        for byte in data:
            events += self._byte(byte)
        return events

    def expire(self, now: float) -> list[Envelope | Broken]:
        """Give up what stood still until `deadline`."""
        if self.deadline is None or now < self.deadline:
            return []
        return [*self._losses.close(), *self._give_up("timeout", "the message stopped half-way")]

    @property
    def deadline(self) -> float | None:
        """When half a message, or noise not yet reported, has stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when nothing is held."""
        return not self._buffer and not self._losses.held

    def _byte(self, byte: int) -> list[Envelope | Broken]:
        if not self._buffer and byte != VT:
            self._offset += 1
            return [*self._losses.add(self._offset - 1, byte)]
        events: list[Envelope | Broken] = [*self._losses.close()]
        if self._buffer and byte == VT:
            events += self._give_up("end", "another message begins inside this one")
        self._buffer.append(byte)
        if byte == CR and self._buffer[-2] == FS:
            events.append(self._whole())
        elif FS in self._buffer[-2:-1]:
            events += self._give_up("end", f"after FS came {byte:02X}")
        elif len(self._buffer) > self._limit:
            events += self._give_up("length", f"no end within {self._limit} bytes")
        return events

    def _whole(self) -> Envelope | Broken:
        text = bytes(self._buffer[1:-2])
        answer, fault = self._answer(text)
        self._out += build(answer) if answer else b""
        found = Broken(self._offset, bytes(self._buffer), *fault) if fault else Envelope(text, self._offset)
        self._offset += len(self._buffer)
        self._buffer.clear()
        return found

    def _give_up(self, reason: str, detail: str) -> list[Broken]:
        if not self._buffer:
            return []
        broken = Broken(self._offset, bytes(self._buffer), reason, detail)
        self._offset += len(self._buffer)
        self._buffer.clear()
        return [broken]
