"""Text between STX and ETX with one raw check byte behind it and a fixed end, as some analysers write ASTM."""

from dataclasses import dataclass

from protocols.checks import sum8
from protocols.codec import ProtocolError
from protocols.scan import Found, Lost, Scanner

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


class StxBlocks(Scanner[Block]):
    """Finds blocks in a stream; every byte outside a good one is reported once."""

    def __init__(self, limit: int = 4096, timeout: float = 2.0) -> None:
        """Refuse texts longer than `limit` bytes, and give up a block that stands still for `timeout` seconds."""
        super().__init__(self._front, timeout, "block")
        self._limit = limit

    def ask(self, command: str) -> None:
        """Refuse: this wire only listens."""
        raise ProtocolError(f"this device sends by itself and takes no command such as {command!r}")

    def to_send(self) -> bytes:
        """Owe nothing."""
        return b""

    def _front(self, data: bytearray, offset: int) -> Found[Block] | Lost | None:
        if data[0] != STX:
            return Lost()
        most = self._limit + 1
        end = data.find(ETX, 1, most)
        again = data.find(STX, 1, end if end >= 0 else most)
        if again >= 0:
            return Lost("end", "another block begins inside this one", again)
        if end < 0:
            over = len(data) >= most
            return Lost("length", f"no end within {self._limit} bytes", most) if over else None
        whole = end + 2 + len(TAIL)
        return _verified(bytes(data[:whole]), end, offset) if len(data) >= whole else None


def _verified(raw: bytes, end: int, offset: int) -> Found[Block] | Lost:
    if raw[end + 2 :] != TAIL:
        return Lost("end", f"after the check came {raw[end + 2 :].hex(' ').upper()}", len(raw))
    wanted = sum8(raw[1 : end + 1])
    if raw[end + 1] != wanted:
        return Lost("check", f"the sum is {wanted:02X}, the block carries {raw[end + 1]:02X}", len(raw))
    return Found(len(raw), Block(raw[1:end], offset))
