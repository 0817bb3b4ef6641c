"""The main board of the Dayuan DY-3500(I) and older all-in-one instruments (family F): ESC requests, unframed replies.

Only two replies say what they are: the light of all rows, and a camera image. The others are bare bytes whose meaning
and length follow from the request, so in a recording, where nobody asked, they are noise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from protocols.board import AskedBoard
from protocols.checks import sum8
from protocols.codec import Broken, ProtocolError
from protocols.lights import Hole, Lights
from protocols.losses import NOISE

ESC = 0x1B
ROW = 134  # length byte, dark current, 8 holes of 4 LEDs in 32 bits each, check byte
HOLES, LEDS = 8, 4
MOST_ROWS = 6
WIDEST, HIGHEST = 640, 480
HELLO = bytes.fromhex("03 FF 20 00 00 00 00 00 08 00 D4 18") + b"DEVICE??"
_HELLO_STARTS = (b"\x03\xff\x20", b"\x03\xfe\x20")
_REQUESTS: Mapping[str, tuple[bytes, float]] = MappingProxyType(
    {
        "version": (HELLO, 2.0),
        "lights": (bytes((ESC, 0x1B)), 8.0),
        "image": (bytes((ESC, 0x1C, 0)), 12.0),
        "profile": (bytes((ESC, 0x1D, 0)), 2.0),
        "colour": (bytes((ESC, 0x20, 0)), 2.0),
        "line_c": (bytes((ESC, 0x21, 0)), 1.0),
        "line_t": (bytes((ESC, 0x21, 1)), 1.0),
    }
)


@dataclass(frozen=True, slots=True)
class Box:
    """The part of the camera's image that holds the strip, and where its lines are expected, in pixels."""

    top: int = 20
    left: int = 70
    height: int = 100
    width: int = 20
    c_offset: int = 25
    t_offset: int = 75

    def request(self) -> bytes:
        """The request that sets this box; nothing answers it."""
        numbers = (self.top, self.left, self.height, self.width, self.c_offset, self.t_offset)
        return bytes((ESC, 0x1E, 0)) + b"".join(number.to_bytes(2, "little") for number in numbers)


@dataclass(frozen=True, slots=True)
class Version:
    """The board is there; `raw` is what it said."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A camera image, RGB565, little-endian, row by row."""

    width: int
    height: int
    pixels: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class GrayProfile:
    """One gray value for each row of the box."""

    grays: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Colour:
    """Twelve bytes of colour for dry chemistry, whose layout is not known."""

    raw: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class LineSum:
    """The sum of five gray values at the line `C` or `T`."""

    line: str
    total: int
    offset: int


Event = Lights | Version | Image | GrayProfile | Colour | LineSum


class AioBoard(AskedBoard[Event]):
    """Host side: each command of the board, and `strip`, which sets the box and asks for the image of it.

    Args:
        box: where the strip lies.
        row_check: refuse a row whose last byte is not the sum of dark current and lights; no host checks it, so it is
            off by default and every look says that it was not checked.
    """

    stalled = 1.0

    def __init__(self, box: Box | None = None, *, row_check: bool = False) -> None:
        self._box, self._row_check = box or Box(), row_check
        super().__init__()

    def ask(self, command: str) -> None:
        """Send a request.

        Raises:
            ProtocolError: the command is unknown, or an answer is still awaited.
        """
        name = "image" if command == "strip" else command
        if name not in _REQUESTS:
            raise ProtocolError(f"this board knows {', '.join(_REQUESTS)} and strip, not {command!r}")
        if self._expected:
            raise ProtocolError("an answer is still awaited")
        data, seconds = _REQUESTS[name]
        self._expect(name, (self._box.request() if command == "strip" else b"") + data, seconds)

    def _parse(self, *, final: bool) -> list[Event | Broken]:
        events: list[Event | Broken] = []
        while self._buffer:
            kind, size = self._front()
            if size and len(self._buffer) < size and not final:
                break
            if size and len(self._buffer) >= size:
                events += self._losses.close()
                events.append(self._event(kind, bytes(self._buffer[:size])))
                del self._buffer[:size]
                self._offset += size
            else:
                events += self._lose(size)
        return events

    def _lose(self, size: int) -> list[Broken]:
        reason, detail = ("timeout", "the answer stopped half-way") if size else (NOISE, "")
        lost = self._losses.add(
            self._offset, self._buffer.pop(0), reason, detail, len(self._buffer) + 1 if size else 1
        )
        self._offset += 1
        return lost

    def _front(self) -> tuple[str, int]:
        """Say what stands at the front and how long it is; 0 for nothing that this wire has."""
        bare = {"profile": self._box.height, "colour": 12, "line_c": 4, "line_t": 4}
        if self._expected in bare:
            return self._expected, bare[self._expected]
        head = bytes(self._buffer[:3])
        if any(start.startswith(head) for start in _HELLO_STARTS):
            return "version", 12
        if head[0] != ESC:
            return "", 0
        if len(head) < 3:
            return "", 3
        if 1 <= head[1] <= MOST_ROWS and head[2] == ROW - 2:
            return "lights", 2 + head[1] * ROW
        return self._image()

    def _image(self) -> tuple[str, int]:
        if len(self._buffer) < 5:
            return "image", 5
        width, height = (int.from_bytes(self._buffer[at : at + 2], "little") for at in (1, 3))
        if not (1 <= width <= WIDEST and 1 <= height <= HIGHEST):
            return "", 0
        return "image", 5 + 2 * width * height

    def _event(self, kind: str, raw: bytes) -> Event | Broken:
        if self._asked and kind != self._expected:
            return Broken(self._offset, raw, "unasked", f"nobody awaits {kind or 'this'}")
        self._settle()
        if kind == "lights":
            return self._lights(raw)
        if kind == "image":
            width, height = (int.from_bytes(raw[at : at + 2], "little") for at in (1, 3))
            return Image(width, height, raw[5:], self._offset)
        bare: Mapping[str, Callable[[bytes, int], Event]] = {
            "version": lambda raw, _: Version(raw),
            "profile": GrayProfile,
            "colour": Colour,
        }
        if kind in bare:
            return bare[kind](raw, self._offset)
        return LineSum(kind[-1].upper(), int.from_bytes(raw, "little", signed=True), self._offset)

    def _lights(self, raw: bytes) -> Lights | Broken:
        rows = [raw[at : at + ROW] for at in range(2, len(raw), ROW)]
        for row in rows:
            if row[0] != ROW - 2:
                return Broken(self._offset, raw, "length", f"a row says {row[0]} bytes, not {ROW - 2}")
            if self._row_check and sum8(row[1:-1]) != row[-1]:
                detail = f"sum8 of a row is {sum8(row[1:-1]):02X}, it carries {row[-1]:02X}"
                return Broken(self._offset, raw, "check", detail)
        holes = tuple(hole for row in rows for hole in _holes(row))
        return Lights(holes, raw, self._offset, checked=self._row_check)


def _holes(row: bytes) -> list[Hole]:
    numbers = [Decimal(int.from_bytes(row[at : at + 4], "little")) for at in range(1, ROW - 1, 4)]
    dark, lights = numbers[0], numbers[1:]
    return [Hole(tuple(lights[at : at + LEDS]), dark) for at in range(0, HOLES * LEDS, LEDS)]
