"""The frying-oil meter DY-2620 (family R): a frame like Modbus RTU with the function 65h, one record a request."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocols.codec import ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script
from protocols.frames import CRC16, Frame, FrameReader, FrameShape, Objection

UNIT, FUNCTION = 0x01, 0x65
RECORD = 10
_START = bytes((UNIT, FUNCTION))
_ANSWER = 1.5
_MOST = 4000  # records after which a meter is not asked any further


def _records(raw: bytes) -> Objection:
    size = raw[2]
    return None if size == 2 or size % RECORD == 0 else ("length", f"{size} bytes are no records of {RECORD}")


DATA = FrameShape(_START, CRC16, width=1, plus=5, head=3, covers_from=0, least=6, most=255, rule=_records)
LAST = FrameShape(_START + b"\2", CRC16, width=0, length_at=0, plus=5, head=3, covers_from=0, least=5, most=5)
EXCEPTION = FrameShape(
    bytes((UNIT, FUNCTION | 0x80)),
    CRC16,
    width=0,
    length_at=0,
    plus=5,
    head=3,
    covers_from=0,
    least=5,
    most=5,
)


@dataclass(frozen=True, slots=True)
class Records:
    """What the meter answered: records of ten bytes, and the position of their frame."""

    raws: tuple[bytes, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Last:
    """The meter has no record of the number that was asked for."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The meter answered with an exception."""

    code: int


Event = Records | Last | Refusal


def request(number: int) -> bytes:
    """The request for one record, counted from 0."""
    raw = _START + number.to_bytes(2, "big") + b"\0\1"
    return raw + CRC16.compute(raw)


def download() -> Exchange[Frame, Event]:
    """Host side: `read` asks for one record after another until there is none."""
    return Exchange(FrameReader(DATA, LAST, EXCEPTION), _events, _scripts)


def _events(frame: Frame) -> Sequence[Event]:
    if frame.shape is EXCEPTION:
        return (Refusal(frame.raw[2]),)
    if frame.shape is LAST or len(frame.body) == 2:
        return (Last(),)
    raws = tuple(frame.body[at : at + RECORD] for at in range(0, len(frame.body), RECORD))
    return (Records(raws, frame.offset),)


def _scripts(command: str) -> Script[Event]:
    if command != "read":
        raise ProtocolError(f"this meter knows read, not {command!r}")
    return _read()


def _read() -> Script[Event]:
    for number in range(_MOST):
        event = yield Ask(request(number), _ANSWER, 2)
        match event:
            case None:
                yield Fault("timeout", f"no answer for record {number} within {_ANSWER:g} s")
                return
            case Refusal():
                yield Fault("content", f"the meter refused record {number} with the exception {event.code}")
                return
            case Last():
                return
    yield Fault("length", f"the meter has no end of its records within {_MOST}")
