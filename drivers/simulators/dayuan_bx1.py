"""A BX1 photometer board with two rows of eight holes, a battery, and cuvettes in which a reaction runs."""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.lights import wavelengths
from drivers.profile import Record, Settings
from drivers.simulated import Answering
from drivers.simulators.optics import Optics, optics_of
from protocols.frames import Frame, FrameReader
from protocols.photometer import BX1_HOLES, LEDS, bx1_shape

_REQUESTS = MappingProxyType({0x01: (0, 0), 0x11: (2, 2), 0x15: (0, 0), 0x19: (0, 0), 0x1B: (0, 0)})
_FIXED = MappingProxyType({0x01: b"\x06\x10\x25", 0x11: b"", 0x19: b"\x02", 0x1B: b"\x55"})


class Board(Answering[Frame]):
    """The device's side; what stands in its holes may be changed while it is looked at."""

    def __init__(self, optics: Optics) -> None:
        """Look at `optics`."""
        self.optics = optics
        self._shape = bx1_shape(_REQUESTS)
        super().__init__(FrameReader(self._shape), self._answered)

    def _answered(self, request: Frame, now: float) -> bytes:
        command = request.raw[1]
        return bx1_shape(MappingProxyType({})).build(bytes((command + 1,)), self._body(command, now))

    def _body(self, command: int, now: float) -> bytes:
        if command != 0x15:
            return _FIXED[command]
        lights = (self.optics.lights(str(hole), LEDS, now) for hole in range(1, BX1_HOLES + 1))
        return b"".join(light.to_bytes(2, "little") for hole in lights for light in hole)


def simulator(settings: Settings, records: Sequence[Record]) -> Board:
    """A board with these cuvettes: `fields` hold `light_<nm>`, or `a` and `per_minute`."""
    return Board(optics_of(records, wavelengths(settings)))
