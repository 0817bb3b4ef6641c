"""A Modbus slave that holds a reader's registers: RTU or TCP frames byte for byte, with faults on demand."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from drivers.profile import Record, Settings
from drivers.register_map import EMPTY, Field, RegisterMap, Result, Window, load
from drivers.register_values import registers_of
from protocols.checks import crc16_modbus
from protocols.codec import Broken, ProtocolError

FRAME_GAP = 0.05  # seconds of silence after which half a request is thrown away


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer.

    Attributes:
        late: seconds by which it comes too late.
        short: it lacks its last register, under a good CRC.
        wrong_crc: its CRC is wrong.
        code: it is this exception instead.
        silent: it never comes.
        stranger: it comes from another unit's number.
    """

    late: float = 0.0
    short: bool = False
    wrong_crc: bool = False
    code: int = 0
    silent: bool = False
    stranger: bool = False


Plan = Callable[[bytes], Fault | None]
"""Chooses the fault of a request from its PDU, or None for a plain answer."""


class RegisterSlave:
    """The device's side of Modbus: functions 03, 04 and 08 (sub-function 00), answers in the order of requests."""

    def __init__(self, unit: int, image: dict[int, int], *, tcp: bool = False, echo: bool = True) -> None:
        """Hold `image`, registers by address; both functions read the same ones."""
        self.image = image
        self.plan: Plan = lambda _: None
        self.requests = 0
        self._unit = unit
        self._tcp = tcp
        self._echo = echo
        self._held = b""
        self._since = 0.0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._now = 0.0

    @property
    def deadline(self) -> float | None:
        """When the next answer is due, or when half a request is given up."""
        due = [self._queue[0][0]] if self._queue else []
        due += [self._since + FRAME_GAP] if self._held else []
        return min(due, default=None)

    @property
    def idle(self) -> bool:
        """True when no request is half received and no answer is owed."""
        return not self._held and not self._queue

    def ask(self, command: str) -> None:
        """A slave asks nothing."""
        raise ProtocolError(f"a Modbus slave cannot ask {command}")

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Take request bytes; answers are queued for `to_send`."""
        self._now = now
        self._since = now
        self._held += data
        while (request := self._next()) is not None:
            self._answer(*request)
        return []

    def expire(self, now: float) -> list[Broken]:
        """Let queued answers become due, and forget half a request after the silence between frames."""
        self._now = now
        if self._held and now >= self._since + FRAME_GAP:
            self._held = b""
        return []

    def to_send(self) -> bytes:
        """The answers that are due, in the order of their requests."""
        out = b""
        while self._queue and self._queue[0][0] <= self._now:
            out += self._queue.popleft()[1]
        return out

    def _next(self) -> tuple[bytes, bytes] | None:
        """Cut one request off: what its answer starts with, and its PDU."""
        if self._tcp:
            return self._next_tcp()
        if len(self._held) < 8:
            return None
        frame, rest = self._held[:8], self._held[8:]
        if crc16_modbus(frame[:6]).to_bytes(2, "little") != frame[6:]:
            self._held = self._held[1:]
            return self._next()
        self._held = rest
        return (frame[:1], frame[1:6]) if frame[0] == self._unit else self._next()

    def _next_tcp(self) -> tuple[bytes, bytes] | None:
        if len(self._held) < 7 or len(self._held) < 6 + (size := int.from_bytes(self._held[4:6], "big")):
            return None
        frame, self._held = self._held[: 6 + size], self._held[6 + size :]
        return (frame[:4], frame[7:]) if frame[6] == self._unit else self._next_tcp()

    def _answer(self, start: bytes, pdu: bytes) -> None:
        self.requests += 1
        fault = self.plan(pdu) or Fault()
        answer = bytes([pdu[0] | 0x80, fault.code]) if fault.code else self._carry_out(pdu)
        if fault.short and answer[0] in (3, 4):
            answer = bytes([answer[0], answer[1] - 2]) + answer[2:-2]
        if fault.silent:
            return
        due = max(self._now + fault.late, self._queue[-1][0] if self._queue else 0.0)
        self._queue.append((due, self._framed(start, answer, fault)))

    def _framed(self, start: bytes, answer: bytes, fault: Fault) -> bytes:
        unit = bytes([self._unit % 247 + 1 if fault.stranger else self._unit])
        if self._tcp:
            return start + (1 + len(answer)).to_bytes(2, "big") + unit + answer
        start = unit if fault.stranger else start
        check = crc16_modbus(start + answer) ^ (0x0101 if fault.wrong_crc else 0)
        return start + answer + check.to_bytes(2, "little")

    def _carry_out(self, pdu: bytes) -> bytes:
        function, first, count = pdu[0], int.from_bytes(pdu[1:3], "big"), int.from_bytes(pdu[3:5], "big")
        if function == 8 and first == 0 and self._echo:
            return pdu
        if function not in (3, 4):
            return bytes([function | 0x80, 1])
        if not 1 <= count <= 125:
            return bytes([function | 0x80, 3])
        wanted = range(first, first + count)
        if any(address not in self.image for address in wanted):
            return bytes([function | 0x80, 2])
        registers = b"".join(self.image[address].to_bytes(2, "big") for address in wanted)
        return bytes([function, 2 * count]) + registers


def simulator(settings: Settings, records: Sequence[Record]) -> RegisterSlave:
    """A reader that has finished one run with these records; `framing` in the settings is `rtu` or `tcp`."""
    register_map = load(settings)
    image = image_of(register_map, records)
    return RegisterSlave(
        register_map.unit_id, image, tcp=settings.get("framing") == "tcp", echo=register_map.echo
    )


def image_of(register_map: RegisterMap, records: Sequence[Record]) -> dict[int, int]:
    """The registers of a finished run in which each record stands at its position and the others are empty."""
    image = {address: 0 for block in register_map.blocks for address in range(block.address, block.end)}
    by_position = {record.position: record for record in records}
    first = records[0] if records else Record(position="")
    _put(image, register_map, register_map.status, register_map.status.window, register_map.ready[0])
    number = int(first.number or first.fields.get("run_number", "1"))
    _put(image, register_map, register_map.run_number, register_map.run_number.window, number)
    if register_map.clock and first.measured_at:
        then = datetime.fromisoformat(first.measured_at)
        parts = (then.year, then.month, then.day, then.hour, then.minute, then.second)
        image.update(zip(range(register_map.clock.address, register_map.clock.end), parts, strict=True))
    for result in register_map.results:
        for index, position in enumerate(result.positions):
            _fill(image, register_map, result, index, by_position.get(position))
    return image


def _fill(
    image: dict[int, int], register_map: RegisterMap, result: Result, index: int, record: Record | None
) -> None:
    """Write one position; the inverse of what the instrument's `read` does."""
    for name, one in result.fields():
        text = _text_of(name, one, result, record)
        if text is not None:
            _put(image, register_map, one, one.at(index), text)


def _text_of(name: str, one: Field, result: Result, record: Record | None) -> int | str | None:
    if record is None:
        return _key(result.sentinels, EMPTY) if name == "value" else None
    if name == "value" and not record.value:
        return _key(result.sentinels, record.call)
    text = {
        "value": record.value,
        "call": record.call,
        "item_code": record.item or record.fields.get("item_code", ""),
        "sample": record.sample,
    }.get(name, record.fields.get(name.removeprefix("extra."), ""))
    key = _key(one.words, text or "none")
    if key is not None or name == "call":
        return key
    if not text:
        return None
    return text if one.type in ("text", "float32") else int(Decimal(text) / one.scale)


def _key(words: Mapping[int, str], wanted: str) -> int | None:
    return next((key for key, word in words.items() if word == wanted), None)


def _put(
    image: dict[int, int], register_map: RegisterMap, one: Field, window: Window, what: int | str
) -> None:
    registers = registers_of(register_map, one, what)
    image.update(zip(range(window.address, window.end), registers, strict=True))
