"""The board of the Aoben and TND all-in-one instruments (family V): ASCII words without an end, replies by the line.

A word has no terminator, so two must never be sent close together: one question at a time. A reply ends with a line
feed, but the curve of a strip is binary and may hold one; there the settings say how long it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from protocols.board import AskedBoard
from protocols.codec import Broken, ProtocolError
from protocols.lights import Colours, Hole, Lights
from protocols.losses import NOISE

CHANNELS = frozenset({10, 12, 20})
LONGEST = 512
_NUMBER = rb"[0-9]{1,7}(?:\.[0-9]{1,6})?"
_LIGHTS = re.compile(rb"OK(" + _NUMBER + rb"(?:," + _NUMBER + rb")+)")
_TRIPLE = rb"[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}"
_COLOURS = re.compile(_TRIPLE + rb"(?:\|" + _TRIPLE + rb")*\|?")
_ATP = re.compile(rb"OK(" + _NUMBER + rb")")
_NO_SCAN = re.compile(rb"(?:No signal|[ -~]{0,40}error)\r?\n", re.IGNORECASE)
_WARMTH = re.compile(rb"(" + _NUMBER + rb")")
_WORDS: Mapping[str, tuple[bytes, float]] = MappingProxyType(
    {
        "lights": (b"GetAllData", 6.0),
        "colours": (b"Test", 9.0),
        "temperature": (b"GETTEMP", 3.0),
        "atp": (b"GetATPData", 20.0),
        "lid": (b"OpenOrCloseLid", 7.0),
        "card": (b"CardOutOrIn", 7.0),
        "heat": (b"FYTest", 7.0),
        "colour": (b"BSTest", 7.0),
        "balance": (b"LightSame", 15.0),
    }
)
_STRIP_SECONDS = 60.0
_LED = re.compile(r"led:([0-9]{3})")


@dataclass(frozen=True, slots=True)
class Scan:
    """How a strip is scanned: the arguments of `GetData` as the instrument's host gives them.

    `width` is how many bytes a point of the curve takes, 2 or 3, most significant first.
    """

    source: int = 2
    start: int = 300
    end: int = 900
    line_width: int = 60
    distance: int = 200
    threshold: str = "0.35"
    width: int = 2

    def word(self) -> bytes:
        """The request."""
        numbers = (self.source, self.start, self.end, self.line_width, self.distance)
        return ("GetData," + ",".join(map(str, numbers)) + f",{self.threshold}").encode("ascii")

    @property
    def size(self) -> int:
        """Bytes of the curve."""
        return (self.end - self.start) * self.width


@dataclass(frozen=True, slots=True)
class Done:
    """The board has done what it was told."""


@dataclass(frozen=True, slots=True)
class Warmth:
    """The heater's temperature in degrees Celsius."""

    celsius: Decimal


@dataclass(frozen=True, slots=True)
class Glow:
    """Light of an ATP swab, in RLU."""

    value: Decimal
    offset: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A scanned strip: the board's own word on it (a ratio or a text), and the curve."""

    word: str
    samples: tuple[int, ...]
    offset: int


Event = Lights | Colours | Done | Warmth | Glow | Strip


class AobenBoard(AskedBoard[Event]):
    """Host side: one word at a time. With `strips` a recording is read as scans, else as lines of text."""

    def __init__(self, scan: Scan | None = None, *, strips: bool = False) -> None:
        """Scan as `scan` says; `strips` is for a recording that holds scans."""
        self._scan, self._strips = scan or Scan(), strips
        super().__init__()

    def ask(self, command: str) -> None:
        """Send a word: lights, colours, temperature, strip, atp, lid, card, heat, colour, balance, or `led:410`.

        Raises:
            ProtocolError: the command is unknown, or an answer is still awaited.
        """
        led = _LED.fullmatch(command)
        if command not in _WORDS and command != "strip" and led is None:
            raise ProtocolError(f"this board knows {', '.join(_WORDS)}, strip and led:NNN, not {command!r}")
        if self._expected:
            raise ProtocolError("an answer is still awaited")
        if led is not None:
            self._out += b"Light" + led[1].encode("ascii")
            return
        word, seconds = (self._scan.word(), _STRIP_SECONDS) if command == "strip" else _WORDS[command]
        self._expect(command, word, seconds)

    def _parse(self, *, final: bool) -> list[Event | Broken]:
        events: list[Event | Broken] = []
        while self._buffer:
            size = self._size()
            if size is None and not final:
                break
            if not size:
                detail = "" if size == 0 else "the reply stopped half-way"
                events += self._lose("timeout" if detail else NOISE, detail)
                continue
            events += self._losses.close()
            events.append(self._event(bytes(self._buffer[:size])))
            del self._buffer[:size]
            self._offset += size
        return events

    def _lose(self, reason: str, detail: str) -> list[Broken]:
        span = len(self._buffer) if detail else 1
        lost = self._losses.add(self._offset, self._buffer.pop(0), reason, detail, span)
        self._offset += 1
        return lost

    def _size(self) -> int | None:
        """How long the reply at the front is; 0 for none, None while more is needed."""
        if self._expected == "strip" or (self._strips and not self._expected):
            return self._strip_size()
        return self._line_size()

    def _line_size(self) -> int | None:
        end = self._buffer.find(b"\n", 0, LONGEST)
        if end < 0:
            return None if len(self._buffer) < LONGEST else 0
        return end + 1

    def _strip_size(self) -> int | None:
        if not b"OK".startswith(bytes(self._buffer[:2])):  # a text instead of a scan: no signal, or an error
            size = self._line_size()
            return size if not size or _NO_SCAN.fullmatch(self._buffer, 0, size) else 0
        comma = self._buffer.find(b",", 0, LONGEST)
        if comma < 0:
            return None if len(self._buffer) < LONGEST else 0
        size = comma + 1 + self._scan.size + 1
        if len(self._buffer) < size:
            return None
        return size if self._buffer[size - 1] == 0x0A else 0

    def _event(self, raw: bytes) -> Event | Broken:
        strip = self._expected == "strip" or (self._strips and not self._expected)
        event = self._scanned(raw) if strip else self._said(raw[:-1].rstrip(b"\r"))
        wanted = self._expected
        if self._asked and not wanted:
            return Broken(self._offset, raw, "unasked", "nobody awaits a reply")
        if not isinstance(event, Broken) and wanted and not isinstance(event, _ANSWERS[wanted]):
            return Broken(self._offset, raw, "content", f"this is no answer to {wanted}")
        self._settle()
        return event

    def _scanned(self, raw: bytes) -> Strip:
        comma = raw.find(b",")
        if not raw.startswith(b"OK") or comma < 0:
            return Strip(raw.strip().decode("ascii", "replace"), (), self._offset)
        curve, width = raw[comma + 1 : -1], self._scan.width
        samples = (int.from_bytes(curve[at : at + width], "big") for at in range(0, len(curve), width))
        return Strip(raw[2:comma].decode("ascii", "replace"), tuple(samples), self._offset)

    def _said(self, line: bytes) -> Event | Broken:
        if line == b"OK":
            return Done()
        if found := _ATP.fullmatch(line):
            return Glow(Decimal(found[1].decode()), self._offset)
        if found := _LIGHTS.fullmatch(line):
            return self._lights(line, found[1].split(b","))
        if _COLOURS.fullmatch(line):
            return self._colours(line)
        if found := _WARMTH.fullmatch(line):
            return Warmth(Decimal(found[1].decode()))
        return Broken(self._offset, line + b"\n", "content", "no reply of this board looks so")

    def _lights(self, line: bytes, values: list[bytes]) -> Lights | Broken:
        if len(values) not in CHANNELS:
            return Broken(self._offset, line, "length", f"{len(values)} lights, not 10, 12 or 20")
        holes = tuple(Hole((Decimal(value.decode()),)) for value in values)
        return Lights(holes, line, self._offset, checked=False)

    def _colours(self, line: bytes) -> Colours | Broken:
        cards = [
            [Decimal(each.decode()) for each in part.split(b",")] for part in line.strip(b"|").split(b"|")
        ]
        if any(value > 255 for card in cards for value in card):
            return Broken(self._offset, line, "content", "a colour is brighter than 255")
        triples = tuple((card[0], card[1], card[2]) for card in cards)
        return Colours(triples, self._offset, checked=False)


_ANSWERS: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        "lights": (Lights,),
        "colours": (Colours,),
        "temperature": (Warmth,),
        "atp": (Glow,),
        "strip": (Strip,),
        **dict.fromkeys(("lid", "card", "heat", "colour", "balance"), (Done,)),
    }
)
