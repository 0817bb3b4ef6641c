"""Frames with a start, a length, a check and an end, described by one value and parsed by length only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from protocols.checks import crc8_31, crc16_modbus, sum8, xor8
from protocols.codec import ProtocolError
from protocols.scan import Found, Lost, Scanner


@dataclass(frozen=True, slots=True)
class Check:
    """A check by name: `width` bytes that `compute` makes from the covered bytes."""

    name: str
    compute: Callable[[bytes], bytes]
    width: int = 1


CRC8 = Check("crc8", lambda data: bytes((crc8_31(data),)))
SUM8 = Check("sum8", lambda data: bytes((sum8(data),)))
XOR8 = Check("xor8", lambda data: bytes((xor8(data),)))
CRC16 = Check("crc16", lambda data: crc16_modbus(data).to_bytes(2, "little"), 2)


Objection = tuple[str, str] | None
"""Reason and detail of what is wrong, or None."""


def _no_objection(_raw: bytes) -> Objection:
    return None


def _any_kind() -> Mapping[int, tuple[int, int]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FrameShape:
    """How one kind of frame looks: start, command, length, body, check, end.

    Attributes:
        start: the fixed first bytes.
        check: the check that this generation sends, right before the end byte; None where there is none.
        ends: the allowed last bytes; empty where there is no end byte.
        order: byte order of the length.
        width: bytes of the length; 0 for frames of the fixed length `plus`.
        length_at: where the length stands, counted from the first byte.
        plus: whole frame minus the length's number, so it says what the length counts.
        head: bytes before the body; the length stands inside.
        covers_from: the first byte under the check, which reaches to the end of the body.
        least: shortest whole frame in bytes.
        most: longest whole frame in bytes.
        also: other checks of the same width that are accepted but marked, for the lenient mode.
        kinds: command byte (the one after the start) to the least and most body length; empty allows any.
        head_rule: what is wrong with the first `head` bytes beyond their length; asked before the body has come.
        rule: what is wrong with a whole frame although end and check are right.
    """

    start: bytes
    check: Check | None
    ends: bytes = b""
    order: Literal["little", "big"] = "little"
    width: int = 2
    length_at: int = 2
    plus: int = 6
    head: int = 4
    covers_from: int = 1
    least: int = 6
    most: int = 4096
    also: tuple[Check, ...] = ()
    kinds: Mapping[int, tuple[int, int]] = field(default_factory=_any_kind)
    head_rule: Callable[[bytes], Objection] = _no_objection
    rule: Callable[[bytes], Objection] = _no_objection

    @property
    def tail(self) -> int:
        """Bytes after the body."""
        return (self.check.width if self.check else 0) + (1 if self.ends else 0)

    def build(self, command: bytes, body: bytes = b"") -> bytes:
        """Make a frame: start, command, length, body, check and the first allowed end.

        Raises:
            ProtocolError: the command or body does not fit this shape.
        """
        total = self.head + len(body) + self.tail
        if not self.least <= total <= self.most or len(self.start + command) + self.width != self.head:
            raise ProtocolError(
                f"a frame of {total} bytes with command {command.hex()} does not fit its shape"
            )
        number = total - self.plus
        raw = self.start + command + (number.to_bytes(self.width, self.order) if self.width else b"") + body
        check = self.check.compute(raw[self.covers_from :]) if self.check else b""
        return raw + check + self.ends[:1]


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame that its shape accepts.

    Attributes:
        offset: position of the first byte in the stream.
        raw: the whole frame.
        body: what stands between head and check.
        shape: the shape that accepted it.
        check: name of the check that matched, empty where the shape has none.
        lenient: True when it matched only under another check than the shape's own.
    """

    offset: int
    raw: bytes
    body: bytes
    shape: FrameShape
    check: str
    lenient: bool


_NO_START = Lost()


def _length_fault(shape: FrameShape, data: bytearray, total: int) -> Lost | None:
    if not shape.least <= total <= shape.most:
        detail = f"whole length {total} is not within {shape.least} to {shape.most}"
        return Lost("length", detail, shape.head)
    if not shape.kinds:
        return None
    command = data[len(shape.start)]
    if command not in shape.kinds:
        return Lost("command", f"command {command:02X} does not belong to this wire", shape.head)
    least, most = shape.kinds[command]
    body = total - shape.head - shape.tail
    if least <= body <= most:
        return None
    return Lost("length", f"command {command:02X} has {least} to {most} bytes, not {body}", shape.head)


def _verify(shape: FrameShape, raw: bytes, offset: int) -> Frame | Lost:
    if shape.ends and raw[-1] not in shape.ends:
        return Lost("end", f"end is {raw[-1]:02X}, not {shape.ends.hex(' ').upper()}", len(raw))
    split = len(raw) - shape.tail
    body = raw[shape.head : split]
    if shape.check is None:
        return Frame(offset, raw, body, shape, "", lenient=False)
    covered = raw[shape.covers_from : split]
    found = raw[split : split + shape.check.width]
    for check in (shape.check, *shape.also):
        if check.compute(covered) == found:
            return Frame(offset, raw, body, shape, check.name, lenient=check is not shape.check)
    wanted = shape.check.compute(covered).hex(" ").upper()
    detail = f"{shape.check.name} of the frame is {wanted}, it carries {found.hex(' ').upper()}"
    return Lost("check", detail, len(raw))


def _examine(shape: FrameShape, data: bytearray, offset: int) -> Frame | Lost | None:
    """Judge what stands at the front of `data`; None asks for more bytes."""
    if not shape.start.startswith(bytes(data[: len(shape.start)])):
        return _NO_START
    if len(data) < shape.head:
        return None
    objection = shape.head_rule(bytes(data[: shape.head]))
    if objection is not None:
        return Lost(*objection, shape.head)
    number = int.from_bytes(data[shape.length_at : shape.length_at + shape.width], shape.order)
    total = number + shape.plus
    fault = _length_fault(shape, data, total)
    if fault is not None:
        return fault
    if len(data) < total:
        return None
    verified = _verify(shape, bytes(data[:total]), offset)
    objection = shape.rule(verified.raw) if isinstance(verified, Frame) else None
    return verified if objection is None else Lost(*objection, total)


class FrameReader(Scanner[Frame]):
    """Finds frames in a stream: good ones as `Frame`, every other byte exactly once in a `Broken`.

    Several shapes may be given; where more than one fits, the frame that is complete first wins, so the answer does
    not depend on how the stream was cut.
    """

    def __init__(self, *shapes: FrameShape, timeout: float = 1.0) -> None:
        """Read frames of `shapes`; a frame that stands still for `timeout` seconds is given up by `expire`."""
        if not shapes:
            raise ProtocolError("a frame reader needs a shape")
        super().__init__(self._front, timeout, "frame")
        self._shapes = shapes
        self._firsts = frozenset(shape.start[0] for shape in shapes)

    def _front(self, data: bytearray, offset: int) -> Found[Frame] | Lost | None:
        if data[0] not in self._firsts:
            return _NO_START
        found = [_examine(shape, data, offset) for shape in self._shapes]
        frames = [one for one in found if isinstance(one, Frame)]
        if frames:
            first = min(frames, key=lambda frame: len(frame.raw))
            return Found(len(first.raw), first)
        if None in found:
            return None
        return max((one for one in found if isinstance(one, Lost)), key=lambda fault: fault.span)
