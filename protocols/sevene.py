"""The 7E frames of the Dayuan instruments, and the result download of the TL-310 on them (family B)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC8, Check, Frame, FrameReader, FrameShape
from protocols.waits import Wait, earliest

ANY_KIND: Mapping[int, tuple[int, int]] = MappingProxyType({})
_REPLIES = MappingProxyType({0x02: (4, 4), 0x16: (21, 21)})
_FIXED = {"version": (0x01, "FF"), "last": (0x15, "FF 00 00 00"), "all": (0x15, "FF FF FF FF")}
_ANSWER = 5.0
_NEXT = 2.0


def seven_e(
    check: Check = CRC8,
    end: int = 0xAA,
    order: Literal["little", "big"] = "little",
    kinds: Mapping[int, tuple[int, int]] = ANY_KIND,
    also: tuple[Check, ...] = (),
) -> FrameShape:
    """`7E | command | length | data | check | end` with the three switches that differ between the models."""
    return FrameShape(b"\x7e", check, bytes((end,)), order, kinds=kinds, also=also)


@dataclass(frozen=True, slots=True)
class Version:
    """What the instrument calls its version: the bytes after the address."""

    numbers: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One channel's result as the instrument framed it.

    Attributes:
        raw: the whole frame of 27 bytes.
        total: results in this download.
        index: which of them this is.
        offset: position of the frame in the stream.
        repeat: True when the same frame came before in this download; it is no new result.
        lenient: True when it was accepted under another check than its own.
    """

    raw: bytes
    total: int
    index: int
    offset: int
    repeat: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """Every announced result has come; `received` counts also those that a reader will discard."""

    total: int
    received: int


Event = Version | Result | Finished


class ResultDownload:
    """Host side of the download: `version`, `last`, `all` or `date:2019-08-07` ask; results come as frames.

    Nobody needs to ask: a recording decodes the same way, only a short download is then not an error.
    """

    def __init__(self, shape: FrameShape | None = None, *, lenient: tuple[Check, ...] = ()) -> None:
        """Speak in `shape`, the TL-310's own by default; checks in `lenient` are accepted but marked."""
        own = shape or seven_e()
        self._shape = own
        self._reader = FrameReader(seven_e(own.check or CRC8, own.ends[0], own.order, _REPLIES, lenient))
        self._wait = Wait()
        self._out = b""
        self._total = 0
        self._seen: dict[int, bytes] = {}

    def ask(self, command: str) -> None:
        """Ask for `version`, `last`, `all` or `date:YYYY-MM-DD`.

        Raises:
            ProtocolError: the command is unknown, the date is none, or an answer is still awaited.
        """
        if self._wait.running:
            raise ProtocolError("an answer is still awaited")
        number, data = _request(command)
        self._out += self._shape.build(bytes((number,)), data)
        self._total, self._seen = 0, {}
        self._wait.start(_ANSWER)

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return what they complete."""
        self._wait.see(now)
        return self._take(self._reader.receive(data, now), now)

    def expire(self, now: float) -> list[Event | Broken]:
        """Give up a frame that stalled, and a download that fell silent after somebody asked for it."""
        events = self._take(self._reader.expire(now), now)
        if self._wait.lapsed(now):
            self._wait.stop()
            events.append(self._silence())
        return events

    def to_send(self) -> bytes:
        """Hand over the request, once."""
        out, self._out = self._out, b""
        return out

    @property
    def deadline(self) -> float | None:
        """When a frame, or the whole answer, has been silent too long."""
        return earliest(self._reader.deadline, self._wait.deadline)

    @property
    def idle(self) -> bool:
        """True when no frame is half-received and no answer is awaited."""
        return self._reader.idle and not self._wait.running

    def _silence(self) -> Broken:
        offset = self._reader.offset
        if not self._seen:
            return Broken(offset, b"", "timeout", f"no answer within {_ANSWER:g} s")
        return Broken(offset, b"", "missing", f"{len(self._seen)} of {self._total} results came")

    def _take(self, found: list[Frame | Broken], now: float) -> list[Event | Broken]:
        events: list[Event | Broken] = []
        for one in found:
            if isinstance(one, Broken):
                events.append(one)
            elif one.raw[1] == 0x02:
                self._wait.stop()
                events.append(Version(one.body[1:], one.raw))
            else:
                events += self._result(one, now)
        return events

    def _result(self, frame: Frame, now: float) -> list[Event | Broken]:
        total = int.from_bytes(frame.raw[5:7], "little")
        index = int.from_bytes(frame.raw[7:9], "little")
        repeat = self._seen.get(index) == frame.raw
        events: list[Event | Broken] = []
        if self._seen and not repeat and (total != self._total or index in self._seen):
            events += self._restart()
        self._total = total
        self._seen[index] = frame.raw
        events.append(Result(frame.raw, total, index, frame.offset, repeat, frame.lenient))
        if repeat:
            return events
        if len(self._seen) >= total:
            self._wait.stop()
            events.append(Finished(total, len(self._seen)))
        elif self._wait.running:
            self._wait.start(_NEXT, now)
        return events

    def _restart(self) -> list[Broken]:
        """Begin another download because this frame cannot belong to the one so far."""
        lost = [self._silence()] if self._wait.running else []
        self._seen = {}
        return lost


def _request(command: str) -> tuple[int, bytes]:
    if command in _FIXED:
        number, data = _FIXED[command]
        return number, bytes.fromhex(data)
    name, _, day = command.partition(":")
    if name != "date":
        raise ProtocolError(f"this instrument knows version, last, all and date:YYYY-MM-DD, not {command!r}")
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise ProtocolError(f"{day!r} is not a date YYYY-MM-DD") from error
    if not 2000 <= when.year <= 2255:
        raise ProtocolError(f"the year {when.year} does not fit this instrument's byte")
    return 0x15, bytes((0xFF, when.year - 2000, when.month, when.day))
