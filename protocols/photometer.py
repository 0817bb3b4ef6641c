"""Photometer boards of the Dayuan instruments on 7E frames: the BX1 (family D) and the Android generation (family Y).

Both answer a poll with the light of every hole; nothing is computed on them. The BX1 has 2 rows of 8 holes and a
battery and writes its length big-endian; the Android boards have any number of holes, dry-chemistry cards read as
colours, two heaters, and write it little-endian (a switch, because two hosts disagree for command 16).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from protocols.codec import Broken, ProtocolError
from protocols.dialogue import Dialogue, Request
from protocols.frames import SUM8, Frame, FrameReader, FrameShape
from protocols.lights import Colours, Hole, Lights
from protocols.sevene import seven_e

LEDS = 4
HOLE = 2 * LEDS  # bytes of one hole
BX1_HOLES = 16
HEATER_OFFSET = 4  # a heater's byte stands this many degrees above its temperature
_STALLED = 0.3
_SLOW = 20.0  # seconds for what moves or heats something
_HEAT = re.compile(r"heat:([0-9]{1,3})-([0-9]{1,3})")
_LIGHTS, _COLOURS, _CURVE = 0x16, 0x21, 0x53
_BX1_KINDS = MappingProxyType({0x02: (3, 3), 0x12: (0, 0), _LIGHTS: (128, 128), 0x1A: (1, 1), 0x1C: (1, 1)})
_ANDROID_KINDS = MappingProxyType(
    {
        0x12: (0, 1),
        _LIGHTS: (HOLE, 48 * HOLE),
        _COLOURS: (3, 48 * 3),
        0x27: (2, 2),
        0x29: (1, 1),
        0x51: (0, 1),
        _CURVE: (0, 4000),
    }
)
_BATTERY = {0: "none", 1: "full", 2: "charging", 3: "discharging", 4: "temperature_fault", 5: "other_fault"}


@dataclass(frozen=True, slots=True)
class Version:
    """Which module answered (06 is the BX1's photometer) and its two version bytes."""

    module: int
    numbers: bytes


@dataclass(frozen=True, slots=True)
class Ack:
    """The board took `calibrate`, `heat` or `scan`; `code` is its byte of outcome where it sends one."""

    command: str
    code: int | None = None
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Battery:
    """State of the battery in words, or its level: the raw byte and the percentage that hosts show for it."""

    state: str | None = None
    raw: int | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Heaters:
    """The temperature of each heater in degrees Celsius."""

    celsius: tuple[int, ...]
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The scan of one fluorescence card, one value a point."""

    samples: tuple[int, ...]
    offset: int
    lenient: bool = False


Event = Lights | Colours | Version | Ack | Battery | Heaters | Curve


def bx1(calibrate_to: int = 1000) -> Dialogue[Event]:
    """The BX1: `lights`, `version`, `battery`, `level`, and `calibrate`, which drives the LEDs towards a light."""
    return Dialogue(
        FrameReader(bx1_shape(_BX1_KINDS), timeout=_STALLED),
        lambda command: _bx1_request(command, calibrate_to),
        _event,
    )


def bx1_shape(kinds: Mapping[int, tuple[int, int]]) -> FrameShape:
    """How the BX1 frames, in both directions."""
    return seven_e(SUM8, 0x7E, "big", kinds)


def android(
    *,
    end: int = 0xAA,
    order: Literal["little", "big"] = "little",
    lenient: bool = False,
    board: int | None = None,
) -> Dialogue[Event]:
    """An Android board: `lights`, `colours`, `heaters`, `heat:LOW-HIGH`, `calibrate`, `scan` and `curve`.

    Args:
        end: the last byte of requests, 7E or AA; answers may have either.
        order: byte order of the length, where a unit differs.
        lenient: take answers other than the lights under any check byte, marked, as this maker's hosts do.
        board: which board is calibrated, where the instrument has two.
    """
    ends = bytes((end, 0xAA ^ 0x7E ^ end))
    shapes = [android_shape(ends, order, _ANDROID_KINDS)]
    if lenient:
        shapes.append(_unchecked(ends, order))
    own = android_shape(bytes((end,)), order, MappingProxyType({}))
    target = bytes((0x32,)) if board is None else bytes((board, 0x32))
    return Dialogue(
        FrameReader(*shapes, timeout=_STALLED),
        lambda command: _android_request(command, own, target),
        _event,
    )


def android_shape(
    ends: bytes, order: Literal["little", "big"], kinds: Mapping[int, tuple[int, int]]
) -> FrameShape:
    """How an Android board frames: the ends it may use, the order of its length, the commands it knows."""
    return FrameShape(b"\x7e", SUM8, ends, order, kinds=kinds)


def _unchecked(ends: bytes, order: Literal["little", "big"]) -> FrameShape:
    """The same frames whatever stands where the check is, which joins the body; lights are never taken this way."""
    kinds = {kind: (low + 1, high + 1) for kind, (low, high) in _ANDROID_KINDS.items() if kind != _LIGHTS}
    return FrameShape(b"\x7e", None, ends, order, kinds=kinds)


def _bx1_request(command: str, calibrate_to: int) -> Request:
    plain = {"version": 0x01, "lights": 0x15, "battery": 0x19, "level": 0x1B}
    shape = bx1_shape(MappingProxyType({}))
    if command in plain:
        code = plain[command]
        return Request(shape.build(bytes((code,))), frozenset((code + 1,)))
    if command != "calibrate":
        raise ProtocolError(f"this board knows {', '.join(plain)} and calibrate, not {command!r}")
    return Request(shape.build(b"\x11", calibrate_to.to_bytes(2, "big")), frozenset((0x12,)), _SLOW)


def _android_request(command: str, shape: FrameShape, target: bytes) -> Request:
    plain = {"lights": 0x15, "colours": 0x20, "heaters": 0x26, "scan": 0x50, "curve": 0x52}
    if command in plain:
        code = plain[command]
        seconds = _SLOW if command == "scan" else 1.0
        return Request(shape.build(bytes((code,))), frozenset((code + 1,)), seconds)
    if command == "calibrate":
        return Request(shape.build(b"\x11", target), frozenset((0x12,)), _SLOW)
    bounds = _HEAT.fullmatch(command)
    if bounds is None or max(map(int, bounds.groups())) > 100:
        raise ProtocolError(
            f"this board knows {', '.join(plain)}, heat:LOW-HIGH and calibrate, not {command!r}"
        )
    return Request(shape.build(b"\x28", bytes(map(int, bounds.groups()))), frozenset((0x29,)))


def _event(frame: Frame) -> Event | Broken:
    lenient = frame.shape.check is None
    body = frame.body[:-1] if lenient else frame.body
    match frame.raw[1]:
        case 0x02:
            return Version(body[0], body[1:])
        case 0x1A:
            return Battery(state=_BATTERY.get(body[0], f"{body[0]:02X}"))
        case 0x1C:
            return Battery(raw=body[0], percent=max(1, (body[0] - 50) * 2))
        case 0x27:
            return Heaters(tuple(byte - HEATER_OFFSET for byte in body), lenient)
        case 0x16 | 0x21 | 0x53:
            return _measured(frame, body, lenient=lenient)
    named = {0x12: "calibrate", 0x29: "heat", 0x51: "scan"}[frame.raw[1]]
    return Ack(named, body[0] if body else None, lenient)


def _measured(frame: Frame, body: bytes, *, lenient: bool) -> Event | Broken:
    size = {_LIGHTS: HOLE, _COLOURS: 3, _CURVE: 2}[frame.raw[1]]
    if len(body) % size:
        return Broken(frame.offset, frame.raw, "length", f"the answer is no multiple of {size} bytes")
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    if frame.raw[1] == _CURVE:
        return Curve(tuple(int.from_bytes(part, "little") for part in parts), frame.offset, lenient)
    if frame.raw[1] == _COLOURS:
        cards = tuple((Decimal(part[0]), Decimal(part[1]), Decimal(part[2])) for part in parts)
        return Colours(cards, frame.offset, lenient)
    return Lights(tuple(_hole(part) for part in parts), frame.raw, frame.offset)


def _hole(part: bytes) -> Hole:
    return Hole(tuple(Decimal(int.from_bytes(part[at : at + 2], "little")) for at in range(0, HOLE, 2)))
