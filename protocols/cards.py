"""The card board of the Dayuan strip readers (family E): motor, presence and line scan, three generations."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC8, SUM8, Frame, FrameReader, FrameShape
from protocols.sevene import seven_e
from protocols.waits import Wait, earliest

_REQUESTS: Mapping[str, tuple[int, bytes]] = MappingProxyType(
    {
        "version": (0x01, b""),
        "in_and_scan": (0x11, b"\x01"),
        "out": (0x11, b"\x02"),
        "card_in": (0x11, b"\x03"),
        "presence": (0x13, b""),
        "curve": (0x15, b""),
        "calibrate": (0x17, b""),
    }
)
_CURVE = 0x16
_ANSWER = {"calibrate": 10.0}
_USUAL_ANSWER = 2.0
_SCAN = {1: 7.5, 2: 9.5, 3: 9.5}
_POLLS = 100
_BETWEEN_POLLS = 0.1
_STALLED = 0.2
# The acknowledgement of a motor or calibration carries nothing, or (generation 3) one byte of outcome.
_REPLIES = MappingProxyType({0x02: (3, 3), 0x12: (0, 1), 0x14: (1, 1), _CURVE: (0, 4000), 0x18: (0, 1)})


def encoding(generation: int) -> FrameShape:
    """How a board of this generation frames: 1 and 2 big-endian with a sum, 3 little-endian with CRC-8."""
    if generation in {1, 2}:
        return seven_e(SUM8, 0x7E, "big")
    if generation == 3:
        return seven_e(CRC8, 0x7E, "little")
    raise ProtocolError(f"card boards have generations 1 to 3, not {generation}")


@dataclass(frozen=True, slots=True)
class Version:
    """The board's module number, versions, and the generation that the hardware version means."""

    module: int
    hardware: int
    software: int
    generation: int
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Ack:
    """The board took a command; `command` is `motor`, `curve` (nothing to send yet) or `calibrate`."""

    command: str
    code: int | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a card lies in the tray; `present` is None where the board answered neither 0 nor 1."""

    present: bool | None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A line scan, one light value a point; the encoding's generation (1 stands for 1 and 2)."""

    samples: tuple[int, ...]
    generation: int
    lenient: bool = False
    offset: int = 0


Event = Version | Ack | Presence | Curve


class CardBoard:
    """Host side of one board; `in_and_scan` waits for the motor, then polls for the curve by itself.

    Frames of both encodings are understood. With `lenient` each encoding's frames also pass under the other's
    check and are marked. Once somebody has asked, an answer that nobody awaits is reported as `unasked`:
    a late curve must never become the next card's.
    """

    def __init__(self, generation: int = 2, *, lenient: bool = False, scan_wait: float | None = None) -> None:
        """Speak in the encoding of `generation`, 1 to 3, until the board's version says otherwise.

        `scan_wait` is how many seconds the motor is given before the first poll, where it is not the usual time.
        """
        self._shape = encoding(generation)
        self._generation = generation
        self._scan_wait = scan_wait
        sums = seven_e(SUM8, 0x7E, "big", _REPLIES, (CRC8,) if lenient else ())
        crcs = seven_e(CRC8, 0x7E, "little", _REPLIES, (SUM8,) if lenient else ())
        self._reader = FrameReader(sums, crcs, timeout=_STALLED)
        self._wait, self._next_poll = Wait(), Wait()
        self._asked = False
        self._awaited: frozenset[int] = frozenset()
        self._polls = 0
        self._out = b""

    @property
    def generation(self) -> int:
        """The generation in whose encoding requests go out."""
        return self._generation

    def ask(self, command: str) -> None:
        """Send a command: version, in_and_scan, out, card_in, presence, curve or calibrate.

        Raises:
            ProtocolError: the command is unknown or an answer is still awaited.
        """
        if command not in _REQUESTS:
            raise ProtocolError(f"this board knows {', '.join(_REQUESTS)}, not {command!r}")
        if self._awaited:
            raise ProtocolError("an answer is still awaited")
        number, data = _REQUESTS[command]
        self._out += self._shape.build(bytes((number,)), data)
        self._asked = True
        self._awaited = frozenset((number + 1,))
        if command == "in_and_scan":
            self._polls = _POLLS
            usual = _SCAN[self._generation]
            self._next_poll.start(usual if self._scan_wait is None else self._scan_wait)
        else:
            self._wait.start(_ANSWER.get(command, _USUAL_ANSWER))

    def to_send(self) -> bytes:
        """Hand over commands and polls, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When a frame has stalled, an answer is overdue, or the next poll is to go out."""
        return earliest(self._reader.deadline, self._wait.deadline, self._next_poll.deadline)

    @property
    def idle(self) -> bool:
        """True when no frame is half-received and no answer is awaited."""
        return self._reader.idle and not self._awaited

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        self._next_poll.see(now)
        return [self._take(one) for one in self._reader.receive(data, now)]

    def expire(self, now: float) -> list[Event | Broken]:
        """Give up a stalled frame or an overdue answer; send the next poll when it is due."""
        events = [self._take(one) for one in self._reader.expire(now)]
        if self._wait.lapsed(now):
            events.append(self._overdue("no answer in time"))
        if self._next_poll.lapsed(now):
            events += self._poll(now)
        return events

    def _poll(self, now: float) -> list[Event | Broken]:
        if self._polls == 0:
            return [self._overdue(f"no curve in {_POLLS} polls")]
        self._next_poll.start(_BETWEEN_POLLS, now)
        if self._reader.idle:
            self._polls -= 1
            self._awaited = frozenset((0x12, _CURVE))
            self._out += self._shape.build(b"\x15")
        return []

    def _overdue(self, detail: str) -> Broken:
        self._settle()
        return Broken(self._reader.offset, b"", "timeout", detail)

    def _settle(self) -> None:
        self._awaited = frozenset()
        self._wait.stop()
        self._next_poll.stop()

    def _take(self, found: Frame | Broken) -> Event | Broken:
        if isinstance(found, Broken):
            return found
        command = found.raw[1]
        if command == _CURVE and len(found.body) % 2:
            return Broken(found.offset, found.raw, "length", "a curve of half a point")
        if self._asked and command not in self._awaited:
            return Broken(found.offset, found.raw, "unasked", f"nobody awaits an answer {command:02X}")
        event = _event(found)
        scanning = self._next_poll.running
        if not scanning or isinstance(event, Curve):
            self._settle()
        if isinstance(event, Version):
            self._generation, self._shape = event.generation, encoding(event.generation)
        return event


def _event(frame: Frame) -> Event:
    body, lenient = frame.body, frame.lenient
    code = body[0] if body else None
    match frame.raw[1]:
        case 0x02:
            generation = {0x20: 2, 0x30: 3}.get(body[1], 1)
            return Version(body[0], body[1], body[2], generation, lenient)
        case 0x12:
            return Ack("motor", code, lenient)
        case 0x14:
            return Presence({0: False, 1: True}.get(body[0]), lenient)
        case 0x18:
            return Ack("calibrate", code, lenient)
    if not body:
        return Ack("curve", None, lenient)
    samples = tuple(int.from_bytes(body[at : at + 2], "little") for at in range(0, len(body), 2))
    return Curve(samples, 1 if frame.shape.order == "big" else 3, lenient, frame.offset)
