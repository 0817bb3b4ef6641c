"""A DY-3500(I) main board: rows of holes with a dark current, and a camera that looks at a strip."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from drivers.lights import wavelengths
from drivers.profile import Record, Settings
from drivers.simulators.optics import Optics, optics_of
from protocols.aio import ESC, HOLES, LEDS, ROW
from protocols.checks import sum8
from protocols.codec import Broken, ProtocolError

_LENGTHS: Mapping[int, int] = MappingProxyType({0x1B: 2, 0x1C: 3, 0x1D: 3, 0x1E: 15, 0x20: 3, 0x21: 3})
_HELLO = bytes.fromhex("03 FF 20")
DARK = 120


class Board:
    """The device's side; a `strip` is the brightness of each row of the image, 0 to 255."""

    def __init__(self, optics: Optics, rows: int, strip: Sequence[float], width: int, dark: int) -> None:
        """Look at `optics` in `rows` rows of eight holes, and at a strip `width` pixels wide."""
        self.optics, self._rows, self._dark = optics, rows, dark
        self._strip, self._width = tuple(strip), width
        self._buffer, self._out = b"", b""

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take request bytes; answers wait for `to_send`."""
        self._buffer += data
        while (size := self._size()) and len(self._buffer) >= size:
            self._out += self._answer(self._buffer[:size], now)
            self._buffer = self._buffer[size:]
        return []

    def expire(self, now: float) -> list[Broken]:
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
        """True when no request is half received."""
        return not self._buffer

    def ask(self, command: str) -> None:
        """This device asks nothing."""
        raise ProtocolError(f"this board cannot ask {command}")

    def _size(self) -> int:
        """How long the request at the front is; 0 while that cannot be told. What is none is dropped."""
        while self._buffer and self._buffer[0] not in (ESC, _HELLO[0]):
            self._buffer = self._buffer[1:]
        if self._buffer[:1] == _HELLO[:1]:
            return 20
        return _LENGTHS.get(self._buffer[1], 2) if len(self._buffer) > 1 else 0

    def _answer(self, request: bytes, now: float) -> bytes:
        if request.startswith(_HELLO):
            return bytes.fromhex("03 FE 20") + bytes(9)
        answers: Mapping[int, Callable[[], bytes]] = {
            0x1B: lambda: (
                bytes((ESC, self._rows)) + b"".join(self._row(row, now) for row in range(self._rows))
            ),
            0x1C: self._image,
            0x1D: lambda: bytes(round(one) for one in self._strip),
            0x20: lambda: bytes(range(12)),
            0x21: lambda: (715).to_bytes(4, "little"),
        }
        return answers.get(request[1], bytes)()

    def _row(self, row: int, now: float) -> bytes:
        names = [str(row * HOLES + at) for at in range(1, HOLES + 1)]
        lights = [light for name in names for light in self.optics.lights(name, LEDS, now)]
        body = b"".join(number.to_bytes(4, "little") for number in (self._dark, *lights))
        return bytes((ROW - 2,)) + body + bytes((sum8(body),))

    def _image(self) -> bytes:
        size = self._width.to_bytes(2, "little") + len(self._strip).to_bytes(2, "little")
        return bytes((ESC,)) + size + b"".join(_pixel(one) * self._width for one in self._strip)


def _pixel(brightness: float) -> bytes:
    """A green pixel as bright as that, in the six bits that green has."""
    return (min(63, round(brightness / 4)) << 5).to_bytes(2, "little")


def simulator(settings: Settings, records: Sequence[Record]) -> Board:
    """A board with these cuvettes, and with the strip whose `samples` a record holds."""
    strips = [
        [float(Decimal(each)) for each in one.fields["samples"].split()]
        for one in records
        if "samples" in one.fields
    ]
    lit = [one for one in records if "samples" not in one.fields]
    dark = next((int(one.fields["dark"]) for one in lit if "dark" in one.fields), DARK)
    return Board(
        optics_of(lit, wavelengths(settings)),
        int(settings.get("rows", 1)),
        strips[0] if strips else [200.0] * int(settings.get("height", 100)),
        int(settings.get("width", 20)),
        dark,
    )
