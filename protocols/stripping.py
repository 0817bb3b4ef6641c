"""The stripping-voltammetry module of the Dayuan heavy-metal meters (family G): frames of fixed size, no check.

Host frames are `AA BB | command | parameter | payload`, padded with zeros to 64 bytes; the port test alone sends only
its first seven. A run streams status frames of 56 bytes until it says done or not detected. Numbers are big-endian.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from protocols.codec import Broken, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer
from protocols.frames import Frame, FrameReader, FrameShape

START = b"\xaa\xbb"
SENT, RECEIVED = 64, 56
TEST = bytes.fromhex("AA BB 14 83 01 00 08")
PRESENT = bytes.fromhex("AA BB 04 83 01 00 08")
IDENTITY = b"DY6300-2--201503"
STAGES = ("testing", "done", "not_detected", "spike")
METHODS = ("electrode", "sample", "spiked", "standard")
PLATING_FROM = 64436  # a u16 above it is a voltage below zero; -1100 mV itself is not one
_SILENCE = 15.0
_ANSWER = 5.0
_SCALES = (("dilution", 10, 2), ("concentration", 1000, 2), ("liquid", 100, 2), ("requirement", 10000, 4),
           ("a0", 10000, 4), ("a1", 10000, 4), ("a2", 10000, 4))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Present:
    """The module answered the port test or the hand-shake."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Status:
    """One status of a run.

    Attributes:
        stage: `testing`, `done`, `not_detected` or `spike`.
        seconds: since the run began.
        millivolts: at the electrode.
        microamperes: current.
        density: the module's own concentration, in µg/L.
        raw: the 56 bytes.
        offset: where they stand in the stream.
    """

    stage: str
    seconds: Decimal
    millivolts: int
    microamperes: Decimal
    density: Decimal
    raw: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has ended: its last status, and every status before it."""

    last: Status
    course: tuple[Status, ...]


Event = Present | Status | Run


def frame(command: int, parameter: int, payload: bytes = b"") -> bytes:
    """A host frame of 64 bytes."""
    head = START + command.to_bytes(2, "big") + parameter.to_bytes(3, "big")
    return (head + payload).ljust(SENT, b"\0")


def status_shape() -> FrameShape:
    """How the module frames: 56 bytes after a fixed start, and nothing that could tell a wrong byte."""
    return FrameShape(START, None, width=0, plus=RECEIVED, least=RECEIVED, most=RECEIVED)


def start_payload(order: dict[str, Any]) -> bytes:
    """The payload that begins a run.

    Args:
        order: `item` number, `method` (one of `METHODS`), and `dilution`, `concentration`, `liquid`, `requirement`,
            `a0`, `a1`, `a2` in the module's units.

    Raises:
        ProtocolError: a figure is missing, is none, or does not fit its bytes (hosts let it wrap).
    """
    try:
        head = int(order["item"]).to_bytes(2, "big") + METHODS.index(order["method"]).to_bytes(2, "big")
        scaled = [
            _scaled(Decimal(str(order[name])), scale).to_bytes(width, "big", signed=width == 4)
            for name, scale, width in _SCALES
        ]
    except (KeyError, ValueError, TypeError, OverflowError, InvalidOperation) as error:
        raise ProtocolError(f"this is no order for a run: {error!r}") from error
    return head + bytes.fromhex("00 01 00 00 30 31") + b"".join(scaled) + b"AIO\0"


def _scaled(value: Decimal, scale: int) -> int:
    number = value * scale
    if number != number.to_integral_value():
        raise ValueError(f"{value} has more places than the module takes")
    return int(number)


def module() -> Exchange[Frame, Event]:
    """Host side: `test`, `hello`, `stop` and `start:{...}`, which runs until the module says that it is done."""
    course: list[Status] = []

    def events(one: Frame) -> Sequence[Event | Broken]:
        found = _event(one)
        if not isinstance(found, Status):
            return [found]
        if found.stage in ("testing", "spike"):
            course.append(found)
            return [found]
        whole = Run(found, tuple(course))
        course.clear()
        return [found, whole]

    return Exchange(FrameReader(status_shape(), timeout=2.0), events, _script)


def _event(one: Frame) -> Event | Broken:
    raw = one.raw
    if raw.startswith(PRESENT):
        return Present(raw)
    stage = int.from_bytes(raw[8:10], "big")
    if stage >= len(STAGES):
        return Broken(one.offset, raw, "content", f"stage {stage} is none of a run")
    volts = int.from_bytes(raw[12:14], "big")
    current, density = (int.from_bytes(raw[at : at + 4], "big", signed=True) for at in (14, 18))
    return Status(
        STAGES[stage],
        Decimal(int.from_bytes(raw[10:12], "big")).scaleb(-1),
        volts - 0x10000 if volts > PLATING_FROM else volts,
        Decimal(current).scaleb(-4),
        Decimal(density).scaleb(-4),
        raw,
        one.offset,
    )


def _script(command: str) -> Script[Event]:
    """Begin a command.

    Raises:
        ProtocolError: it is unknown, or its order cannot be sent.
    """
    name, _, text = command.partition(":")
    if name == "start" and text:
        return _running(frame(0x3C83, 0x01101C, start_payload(_plain(text))))
    plain = {"test": TEST, "hello": frame(0x1483, 0x010008, IDENTITY)}
    if command in plain:
        return _greeting(plain[command])
    if command == "stop":
        return _telling(frame(0x0683, 0x01F801, b"\x00\x0f"))
    raise ProtocolError(f"this module knows test, hello, stop and start:{{...}}, not {command!r}")


def _plain(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"this is no order for a run: {error}") from error
    if not isinstance(found, dict):
        raise ProtocolError("an order for a run is a JSON object")
    return found


def _greeting(data: bytes) -> Script[Event]:
    yield from answer(Ask(data, _ANSWER, tries=2), Present)


def _telling(data: bytes) -> Script[Event]:
    yield Ask(data, 0.2)


def _running(data: bytes) -> Script[Event]:
    event = yield Ask(data, _SILENCE)
    while event is not None and not isinstance(event, Status | Run):
        event = yield Ask(b"", _SILENCE)
    while isinstance(event, Status) and event.stage in ("testing", "spike"):
        event = yield Ask(b"", _SILENCE)
    if event is None:
        yield Fault("missing", f"the run did not end: {_SILENCE:g} s of silence")
