"""The numbered frames of ASTM E1381: one collector for what comes, one builder for what goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from protocols.checks import astm_sum
from protocols.codec import ProtocolError

SOH, STX, ETX, EOT, ENQ, ACK, LF, CR = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0D
DLE, NAK, SYN, ETB = 0x10, 0x15, 0x16, 0x17
RESTRICTED = frozenset((SOH, STX, ETX, EOT, ENQ, ACK, LF, DLE, 0x11, 0x12, 0x13, 0x14, NAK, SYN, ETB))
_PLAIN = re.compile(rb"[^\x00-\x0c\x0e-\x1f]+")
_BREAKS_OFF = frozenset((STX, ENQ, EOT))


@dataclass(frozen=True, slots=True)
class GoodFrame:
    """A frame whose check and end are right; `final` is True for ETX."""

    offset: int
    raw: bytes
    number: int
    text: bytes
    final: bool

    def same_as(self, other: "GoodFrame") -> bool:
        """Say whether this is the other one sent again."""
        return (self.number, self.text, self.final) == (other.number, other.text, other.final)


@dataclass(frozen=True, slots=True)
class BadFrame:
    """A frame that cannot be taken; `answer` is True when its sender now waits for a NAK."""

    offset: int
    raw: bytes
    reason: str
    detail: str
    answer: bool


class FrameParts:
    """Collects one frame byte by byte; STX, ENQ and EOT inside a frame break it off and are left to the caller."""

    def __init__(self, limit: int) -> None:
        """Take frames of at most `limit` characters of text."""
        self._limit = limit
        self._raw = bytearray()
        self._offset = 0
        self._end = 0
        self._fault = ""
        self.took = False
        """True when the last byte became part of a frame."""

    @property
    def open(self) -> bool:
        """True while a frame is half-received."""
        return bool(self._raw)

    def swallow(self, data: bytes, start: int) -> int:
        """Take a run of plain text inside a frame at once; returns how many bytes, 0 where `take` must look."""
        if not self.open or self._end:
            return 0
        room = self._limit + 2 - len(self._raw)
        match = _PLAIN.match(data, start, start + room)
        if match is None:
            return 0
        self._raw += match[0]
        return len(match[0])

    def take(self, byte: int, offset: int) -> GoodFrame | BadFrame | None:
        """Take the byte at `offset`, and return the frame that it completes or breaks off."""
        outcome: GoodFrame | BadFrame | None = None
        if self.open and byte in _BREAKS_OFF:
            outcome = self.abandon("end", f"the frame was broken off by {byte:02X}")
        self.took = self.open or byte == STX
        if not self.took:
            return outcome
        if not self.open:
            self._offset, self._end, self._fault = offset, 0, ""
        self._raw.append(byte)
        return self._judge(byte) or outcome

    def abandon(self, reason: str, detail: str, *, answer: bool = False) -> BadFrame | None:
        """Give up a half-received frame, if there is one."""
        if not self.open:
            return None
        bad = BadFrame(self._offset, bytes(self._raw), reason, detail, answer)
        self._raw.clear()
        return bad

    def _judge(self, byte: int) -> GoodFrame | BadFrame | None:
        size = len(self._raw)
        if self._end:
            return self._close() if size == self._end + 4 else None
        if byte in (ETB, ETX):
            self._end = size
        elif byte == LF:
            return self.abandon("end", "the frame ended without ETX or ETB", answer=True)
        elif size > self._limit + 2:
            return self.abandon("length", f"more than {self._limit} characters in a frame", answer=True)
        elif size > 1 and byte in RESTRICTED:
            self._fault = self._fault or f"the reserved character {byte:02X} stands in the text"
        return None

    def _close(self) -> GoodFrame | BadFrame | None:
        raw = bytes(self._raw)
        covered, check, end = raw[1 : self._end], raw[self._end : self._end + 2], raw[self._end + 2 :]
        wanted = astm_sum(covered)
        if self._fault:
            return self.abandon("content", self._fault, answer=True)
        if check.upper() != wanted:
            detail = f"the sum of the frame is {wanted.decode()}, it carries {check.hex(' ')}"
            return self.abandon("check", detail, answer=True)
        if end != b"\r\n":
            return self.abandon("end", f"CR LF expected, {end.hex(' ').upper()} came", answer=True)
        if not (len(covered) > 1 and 0x30 <= covered[0] <= 0x37):
            return self.abandon("content", "a frame begins with a number 0 to 7", answer=True)
        self._raw.clear()
        return GoodFrame(self._offset, raw, covered[0] - 0x30, covered[1:-1], covered[-1] == ETX)


def frame(number: int, text: bytes, *, final: bool) -> bytes:
    """Make a frame: STX, number, text, ETX or ETB, sum, CR LF."""
    covered = b"%d%s%c" % (number, text, ETX if final else ETB)
    return b"%c%s%s\r\n" % (STX, covered, astm_sum(covered))


def split(text: bytes, limit: int) -> Iterator[tuple[bytes, bool]]:
    """Cut a message into frame texts, one record each, longer records by ETB; True marks a record's last part.

    Raises:
        ProtocolError: the text is empty or holds a reserved character.
    """
    reserved = sorted(RESTRICTED.intersection(text))
    if not text or reserved:
        raise ProtocolError(
            f"this text cannot be sent: empty, or reserved characters {bytes(reserved).hex(' ')}"
        )
    parts = []
    for record in text.removesuffix(b"\r").split(b"\r"):
        whole = record + b"\r"
        starts = range(0, len(whole), limit)
        parts += [(whole[start : start + limit], start == starts[-1]) for start in starts]
    return iter(parts)
