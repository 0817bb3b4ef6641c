"""What two makes of 96-well readers send over a serial line: whole plates, with or without a check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from protocols.checks import sum8
from protocols.codec import Broken
from protocols.lines import Line, Lines

ROWS = "ABCDEFGH"
COLUMNS = 12
OVER = "*"
"""What these readers write for an absorbance above their range."""

Wells = Mapping[str, str]
"""Well such as `A1` to the figure as the device wrote it."""


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Plate:
    """One read of a plate.

    Attributes:
        offset: where it began in the stream.
        wells: the measurement.
        reference: the second measurement of a dual-wavelength read that sends both; empty otherwise.
        told: what else stood around the figures, by name.
    """

    offset: int
    wells: Wells
    reference: Wells = field(default_factory=_none)
    told: Mapping[str, str] = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class Status:
    """An answer without figures: an error code where the device gave one, and its text."""

    offset: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The device has taken a command and awaits what belongs to it."""

    offset: int


def well(row: int, column: int) -> str:
    """The name of a well by its row and column, both counted from 0."""
    return f"{ROWS[row]}{column + 1}"


# Bio-Rad --------------------------------------------------------------------------------------------------

_STATUS = re.compile(rb"ERE ?([0-9]{1,4})(?: (.*))?", re.DOTALL)
_FILTER = re.compile(rb"(Mes|Ref)\. ?filter: ?[1-8]")
_BEGIN = re.compile(rb"\. ?begin")
_END = re.compile(rb"\. ?end")
_ROW = re.compile(rb" ?(?:-?[0-9]\.[0-9]{3}|\*+)(?: +(?:-?[0-9]\.[0-9]{3}|\*+)){11} ?")
_SUM = re.compile(rb"[0-9]{1,3}")
_NAME = b"BIO-RAD"


class BioRadLines:
    """Plates of the Bio-Rad 550 and its kin: a header, filters, blocks of eight rows with a decimal check.

    An answer begins with `ERE` and, where it names a reference filter, holds two blocks; a plate that the reader
    sends by itself has no `ERE` and one block. The check is the sum of the rows modulo 256; whether their line ends
    count is not published, so both are taken: no single wrong byte makes one sum out of the other. The check does
    not cover the header, so its filter numbers are not handed on; they stand in the raw record.
    """

    def __init__(self, timeout: float = 5.0) -> None:
        """Give up half a plate after `timeout` seconds of silence."""
        self._lines = Lines(b"\r", limit=512, timeout=timeout)
        self._timeout, self._last = timeout, 0.0
        self.offset = 0
        self._clear()

    def _clear(self) -> None:
        self._held: list[Line] = []
        self._asked = self._dual = False
        self._blocks: list[dict[str, str]] = []
        self._rows: list[bytes] | None = None
        self._summed = False

    def receive(self, data: bytes, now: float) -> list[Plate | Status | Broken]:
        """Take bytes and return what they complete."""
        if data:
            self._last = now
            self.offset += len(data)
        return self._take(self._lines.receive(data, now))

    def expire(self, now: float) -> list[Plate | Status | Broken]:
        """Give up half a line and half a plate that stood still."""
        if self.deadline is None or now < self.deadline:
            return []
        return [*self._take(self._lines.flush()), *self._give_up("timeout", "the plate stopped half-way")]

    @property
    def deadline(self) -> float | None:
        """When something half-received has stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when nothing is held."""
        return self._lines.idle and not self._held

    def _take(self, found: list[Line | Broken]) -> list[Plate | Status | Broken]:
        events: list[Plate | Status | Broken] = []
        for one in found:
            if isinstance(one, Broken):
                events += [*self._give_up("content", "a line of this plate is no line"), one]
                continue
            text = one.data.strip(b"\n ")
            if text.startswith((b"ERE", _NAME)):
                events += self._give_up("end", "another answer begins inside this one")
                events += self._begin(one, text)
            elif self._held:
                self._held.append(one)
                events += self._go_on(one.data.strip(b"\n"), text)
            elif text:
                events.append(Broken(one.offset, one.data + b"\r", "noise", ""))
        return events

    def _begin(self, line: Line, text: bytes) -> list[Plate | Status | Broken]:
        status = _STATUS.fullmatch(text)
        rest = text if status is None else (status[2] or b"").strip()
        if status is not None and not rest.startswith(_NAME):
            return [Status(line.offset, status[1].decode(), rest.decode("ascii", "backslashreplace"))]
        if status is None and not text.startswith(_NAME):
            return [Broken(line.offset, line.data + b"\r", "content", "no error code behind ERE")]
        if status is not None and int(status[1]):
            return [Broken(line.offset, line.data + b"\r", "content", "an error code before a plate")]
        self._asked = status is not None
        self._held = [line]
        return []

    def _go_on(self, raw: bytes, text: bytes) -> list[Plate | Status | Broken]:
        if self._rows is None:
            fault = self._head(text)
        elif len(self._rows) < len(ROWS):
            self._rows.append(raw)
            fault = "" if _ROW.fullmatch(raw) else "a row does not hold twelve figures"
        elif not self._summed:
            self._summed = True
            fault = self._sum(text)
        else:
            return self._end(text)
        return self._give_up("check" if fault.startswith("the sum") else "content", fault) if fault else []

    def _head(self, text: bytes) -> str:
        if found := _FILTER.fullmatch(text):
            self._dual = self._dual or found[1] == b"Ref"
        elif _BEGIN.fullmatch(text):
            self._rows, self._summed = [], False
        else:
            return "neither a filter nor a beginning"
        return ""

    def _sum(self, text: bytes) -> str:
        rows = self._rows or []
        plain = sum(sum8(row) for row in rows)
        sums = {plain % 256, (plain + len(rows) * 0x0D) % 256}
        good = _SUM.fullmatch(text) is not None and int(text) in sums
        return (
            ""
            if good
            else f"the sum is one of {sorted(sums)}, the plate carries {text.decode('ascii', 'replace')}"
        )

    def _end(self, text: bytes) -> list[Plate | Status | Broken]:
        if not _END.fullmatch(text):
            return self._give_up("end", "no end behind the check")
        cells = (row.split() for row in self._rows or [])
        names = (
            (well(row, column), cell) for row, line in enumerate(cells) for column, cell in enumerate(line)
        )
        self._blocks.append({name: OVER if cell.startswith(b"*") else cell.decode() for name, cell in names})
        self._rows = None
        if len(self._blocks) == 1 and self._asked and self._dual:
            return []
        second = self._blocks[1] if len(self._blocks) > 1 else {}
        plate = Plate(
            self._held[0].offset,
            MappingProxyType(self._blocks[0]),
            MappingProxyType(second),
            MappingProxyType(
                {"difference": "measurement minus reference"} if self._dual and not second else {}
            ),
        )
        self._clear()
        return [plate]

    def _give_up(self, reason: str, detail: str) -> list[Plate | Status | Broken]:
        if not self._held:
            return []
        broken = Broken(
            self._held[0].offset, b"".join(line.data + b"\r" for line in self._held), reason, detail
        )
        self._clear()
        return [broken]


# BioTek ---------------------------------------------------------------------------------------------------

ACK, ETX = 0x06, 0x03
_HEAD = 22  # bytes before the first well, of which nothing is published
_TRIPLE = re.compile(rb"([0-9]{2}),([0-9]{2}),([ +-]?[0-9]\.[0-9]{3,4}|\*+)")
_BODY = re.compile(
    rb"(?:[0-9]{2},[0-9]{2},(?:[ +-]?[0-9]\.[0-9]{3,4}|\*+)(?:\r\n)?,?)+\r\n[^\x03]*", re.DOTALL
)


class BioTekAnswers:
    """Answers of BioTek readers: an ACK byte, and texts that end in ETX; nothing on this wire is checked."""

    def __init__(self, limit: int = 8192, timeout: float = 5.0) -> None:
        """Refuse answers longer than `limit` bytes; give up half an answer after `timeout` seconds of silence."""
        self._limit, self._timeout, self._last = limit, timeout, 0.0
        self._buffer = bytearray()
        self.offset = 0

    def receive(self, data: bytes, now: float) -> list[Plate | Status | Ready | Broken]:
        """Take bytes and return what they complete."""
        if data:
            self._last = now
        events: list[Plate | Status | Ready | Broken] = []
        for byte in data:
            if not self._buffer and byte == ACK:
                events.append(Ready(self.offset))
                self.offset += 1
                continue
            self._buffer.append(byte)
            if byte == ETX or len(self._buffer) > self._limit:
                events.append(self._whole() if byte == ETX else self._broken("length", "no end came in time"))
        return events

    def expire(self, now: float) -> list[Plate | Status | Ready | Broken]:
        """Give up half an answer that stood still."""
        if self.deadline is None or now < self.deadline:
            return []
        return [self._broken("timeout", "the answer stopped half-way")]

    @property
    def deadline(self) -> float | None:
        """When something half-received has stood still too long."""
        return None if self.idle else self._last + self._timeout

    @property
    def idle(self) -> bool:
        """True when nothing is held."""
        return not self._buffer

    def _whole(self) -> Plate | Status | Broken:
        text = bytes(self._buffer[:-1])
        if len(text) <= _HEAD:
            found: Plate | Status = Status(self.offset, text.decode("ascii", "replace").strip(), "")
        elif _BODY.fullmatch(text, _HEAD):
            wells = self._wells(text)
            if wells is None:
                return self._broken("content", "a well stands twice, or outside the plate")
            head = text[:_HEAD].decode("ascii", "backslashreplace").strip()
            found = Plate(self.offset, MappingProxyType(wells), told=MappingProxyType({"head": head}))
        else:
            found = Status(self.offset, "", text.decode("ascii", "backslashreplace"))
        self.offset += len(self._buffer)
        self._buffer.clear()
        return found

    @staticmethod
    def _wells(text: bytes) -> dict[str, str] | None:
        wells: dict[str, str] = {}
        body = text[_HEAD : text.rindex(b"\r\n")]
        for row, column, figure in _TRIPLE.findall(body):
            inside = 1 <= int(row) <= len(ROWS) and 1 <= int(column) <= COLUMNS
            name = well(int(row) - 1, int(column) - 1) if inside else ""
            if not name or name in wells:
                return None
            wells[name] = OVER if figure.startswith(b"*") else figure.decode().strip(" +")
        return wells

    def _broken(self, reason: str, detail: str) -> Broken:
        broken = Broken(self.offset, bytes(self._buffer), reason, detail)
        self.offset += len(self._buffer)
        self._buffer.clear()
        return broken
