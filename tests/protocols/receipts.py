"""A receipt printer as tests see it: ESC/POS read from the maker's list, drawn dot by dot, its status answered.

Nothing here uses `protocols.escpos`. Commands that are not listed here are an error, so a builder cannot emit others.
"""

from dataclasses import dataclass, field
from typing import Any

from PIL import Image

SHORT = {b"\x1b@": 2, b"\x1bd": 3, b"\x1dVB": 4, b"\x10\x04": 3, b"\x1dr\x01": 3}
"""Commands without data of their own, and how long each is."""
GOOD = 0x12
"""A status without anything to tell."""


@dataclass
class Receipt:
    """What a stream of bytes puts on the paper, 384 dots wide; 255 is white."""

    bands: list[Image.Image] = field(default_factory=list)
    cut: int = 0
    asked: list[int] = field(default_factory=list)
    done: int = 0

    @property
    def image(self) -> Image.Image:
        whole = Image.new("L", (384, sum(band.height for band in self.bands)), 255)
        top = 0
        for band in self.bands:
            whole.paste(band, (0, top))
            top += band.height
        return whole

    def feed(self, data: bytes) -> bytes:
        """Take whole commands and return what is left of a cut one."""
        while data:
            used = self._command(data)
            if not used:
                break
            data = data[used:]
        return data

    def _command(self, data: bytes) -> int:
        if data.startswith(tuple(SHORT)):
            return self._short(data)
        if data.startswith(b"\x1dv0\x00"):
            return self._raster(data)
        if any(one.startswith(data) for one in (*SHORT, b"\x1dv0\x00")):
            return 0
        raise AssertionError(f"no command: {data[:8].hex(' ')}")

    def _short(self, data: bytes) -> int:
        long = next(length for begin, length in SHORT.items() if data.startswith(begin))
        if len(data) < long:
            return 0
        self.cut += data.startswith(b"\x1dVB")
        self.done += data.startswith(b"\x1dr\x01")
        if data[:2] == b"\x10\x04":
            self.asked.append(data[2])
        return long

    def _raster(self, data: bytes) -> int:
        if len(data) < 8:
            return 0
        row, rows = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        if len(data) < 8 + row * rows:
            return 0
        assert 8 * row <= 384, "wider than the paper"
        picture = Image.frombytes("1", (8 * row, rows), data[8 : 8 + row * rows])
        self.bands.append(picture.convert("L").point(lambda dot: 255 - dot))
        return 8 + row * rows


def printed(data: bytes) -> Receipt:
    """Return what some bytes put on the paper; every byte must belong to a command."""
    paper = Receipt()
    assert paper.feed(data) == b"", "a command is cut"
    return paper


@dataclass
class Printer:
    """A printer on a port: takes what comes, answers its status, and can run out of paper or go away.

    `mute` never answers; `dies_after` is the bytes after which it is gone.
    """

    offline: int = GOOD
    paper_end: int = GOOD
    mute: bool = False
    dies_after: int = 1 << 30
    paper: Receipt = field(default_factory=Receipt)
    deadline: float | None = None
    _left: bytes = b""
    _taken: int = 0
    _out: bytes = b""

    def receive(self, data: bytes, now: float) -> list[Any]:  # noqa: ARG002 - the shape of a codec
        self._taken += len(data)
        if self._taken > self.dies_after:
            raise ConnectionResetError("the plug was pulled")
        asked, done = len(self.paper.asked), self.paper.done
        self._left = self.paper.feed(self._left + data)
        answers = {2: self.offline, 4: self.paper_end}
        told = bytes(answers[one] for one in self.paper.asked[asked:]) + bytes(self.paper.done - done)
        self._out += b"" if self.mute else told
        return []

    def to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def expire(self, now: float) -> list[Any]:
        raise AssertionError(f"a printer waits for nothing at {now}")

    @property
    def idle(self) -> bool:
        return not self._left

    def ask(self, command: str) -> None:
        raise AssertionError(f"nobody asks a printer to {command}")
