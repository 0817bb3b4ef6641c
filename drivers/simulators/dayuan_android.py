"""An Android instrument's board: holes, dry-chemistry cards, two heaters and a fluorescence scan."""

from collections.abc import Sequence
from types import MappingProxyType

from drivers.lights import wavelengths
from drivers.profile import Record, Settings
from drivers.simulated import Answering
from drivers.simulators.optics import Optics, optics_of
from protocols.frames import Frame, FrameReader
from protocols.photometer import HEATER_OFFSET, LEDS, android_shape

_REQUESTS = MappingProxyType(
    {0x11: (1, 2), 0x15: (0, 0), 0x20: (0, 0), 0x26: (0, 0), 0x28: (2, 2), 0x50: (0, 0), 0x52: (0, 0)}
)
_TAKEN = MappingProxyType({0x11: b"", 0x28: b"\x01", 0x50: b""})


class Board(Answering[Frame]):
    """The device's side: it answers with the end byte that its requests have."""

    def __init__(self, settings: Settings, optics: Optics, cards: bytes, curve: bytes) -> None:
        """Show `optics`, the colours of `cards` and the `curve` of the fluorescence module."""
        self.optics = optics
        self._holes = int(settings.get("holes", 8))
        self._cards, self._curve = cards, curve
        self._careless = bool(settings.get("wrong_checks"))
        self._end, self._order = int(settings.get("end", 0xAA)), settings.get("order", "little")
        super().__init__(
            FrameReader(android_shape(bytes((self._end,)), self._order, _REQUESTS)), self._answered
        )

    def _answered(self, request: Frame, now: float) -> bytes:
        command = request.raw[1]
        shape = android_shape(bytes((self._end,)), self._order, MappingProxyType({}))
        frame = shape.build(bytes((command + 1,)), self._body(command, now))
        if self._careless and command != 0x15:  # firmware whose check byte nobody looks at
            return frame[:-2] + bytes((frame[-2] ^ 0xFF,)) + frame[-1:]
        return frame

    def _body(self, command: int, now: float) -> bytes:
        match command:
            case 0x15:
                holes = (self.optics.lights(str(hole), LEDS, now) for hole in range(1, self._holes + 1))
                return b"".join(light.to_bytes(2, "little") for hole in holes for light in hole)
            case 0x20:
                return self._cards
            case 0x26:
                return bytes((37 + HEATER_OFFSET, 38 + HEATER_OFFSET))
            case 0x52:
                return self._curve
        return _TAKEN[command]


def simulator(settings: Settings, records: Sequence[Record]) -> Board:
    """A board with these cuvettes, cards (`red` `green` `blue`) and, in `samples`, the scan of a fluorescence card."""
    lit = [one for one in records if "red" not in one.fields and "samples" not in one.fields]
    cards = bytes(
        int(one.fields[name]) for one in records if "red" in one.fields for name in ("red", "green", "blue")
    )
    scans = [one.fields["samples"].split() for one in records if "samples" in one.fields]
    curve = b"".join(int(each).to_bytes(2, "little") for each in (scans[0] if scans else ()))
    sent = max((int(one.fields.get("holes_sent", "0")) for one in lit), default=0)
    chosen = {**settings, "holes": sent} if sent else settings
    return Board(chosen, optics_of(lit, wavelengths(settings)), cards or bytes(3), curve)
