"""Text between STX and ETX with one raw check byte behind it and a fixed end, as some analysers write ASTM."""

from dataclasses import dataclass

from protocols.checks import sum8
from protocols.codec import Broken, ProtocolError
from protocols.losses import Losses

STX = 0x02
ETX = 0x03
TAIL = b"\r\n\x04"


@dataclass(frozen=True, slots=True)
class Block:
    """The text of one block whose check holds, and where it began in the stream."""

    text: bytes
    offset: int


def build(text: bytes) -> bytes:
    """Make a block: STX, the text, ETX, the sum of text and ETX modulo 256, CR, LF, EOT.

    Raises:
        ProtocolError: the text holds STX or ETX.
    """
    if STX in text or ETX in text:
        raise ProtocolError("a block's text holds neither STX nor ETX")
    covered = text + bytes((ETX,))
    return bytes((STX,)) + covered + bytes((sum8(covered),)) + TAIL


class StxBlocks:
    """Finds blocks in a stream; every byte outside a good one is reported once."""

    def __init__(self, limit: int = 4096, timeout: float = 2.0) -> None:
        """Refuse texts longer than `limit` bytes, and give up a block that stands still for `timeout` seconds."""
        self._limit, self._timeout = limit, timeout
        self._buffer = bytearray()
        self._offset = 0
        self._last = 0.0
        self._losses = Losses()

    def ask(self, command: str) -> None:
        """Refuse: this wire only listens."""
        raise ProtocolError(f"this device sends by itself and takes no command such as {command!r}")

    def to_send(self) -> bytes:
        """Owe nothing."""
        return b""

    def receive(self, data: bytes, now: float) -> list[Block | Broken]:
        """Take bytes and return the blocks and losses that they complete."""
        if data:
            self._buffer += data
            self._last = now
        return self._parse(final=False)

    def expire(self, now: float) -> list[Block | Broken]:
        """Give up what stood still until `deadline`."""
        if self.deadline is None or now < self.deadline:
            return []
        return [*self._parse(final=True), *self._losses.close()]

    @property
    def deadline(self) -> float | None:
        """When half a block, or noise not yet reported, has stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when nothing is held."""
        return not self._buffer and not self._losses.held

    def _parse(self, *, final: bool) -> list[Block | Broken]:
        events: list[Block | Broken] = []
        while self._buffer:
            found = self._front()
            if found is None and not final:
                break
            if isinstance(found, Block):
                events += self._losses.close()
                events.append(found)
                self._drop(len(found.text) + 3 + len(TAIL))
                continue
            reason, detail, span = found or ("timeout", "the block stopped half-way", len(self._buffer))
            events += self._losses.add(self._offset, self._buffer[0], reason, detail, span)
            self._drop(1)
        return events

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._offset += count

    def _front(self) -> Block | tuple[str, str, int] | None:
        """Judge the front: a block, why it is none with how many bytes that takes, or None for more bytes."""
        if self._buffer[0] != STX:
            return "noise", "", 1
        most = self._limit + 1
        end = self._buffer.find(ETX, 1, most)
        again = self._buffer.find(STX, 1, end if end >= 0 else most)
        if again >= 0:
            return "end", "another block begins inside this one", again
        if end < 0:
            over = len(self._buffer) >= most
            return ("length", f"no end within {self._limit} bytes", most) if over else None
        whole = end + 2 + len(TAIL)
        return self._verified(end, whole) if len(self._buffer) >= whole else None

    def _verified(self, end: int, whole: int) -> Block | tuple[str, str, int]:
        if self._buffer[end + 2 : whole] != TAIL:
            return "end", f"after the check came {self._buffer[end + 2 : whole].hex(' ').upper()}", whole
        wanted = sum8(self._buffer[1 : end + 1])
        if self._buffer[end + 1] != wanted:
            return "check", f"the sum is {wanted:02X}, the block carries {self._buffer[end + 1]:02X}", whole
        return Block(bytes(self._buffer[1:end]), self._offset)
