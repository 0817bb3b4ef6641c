"""A wire as a laboratory describes it in TOML, without a programmer: how messages end, where each field stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from drivers import checked
from drivers.checked import MapError, Table
from drivers.profile import Rung
from drivers.reading import Call
from protocols import frames
from protocols.frames import Check, FrameShape

SHIPPED = Path(__file__).with_name("forms")
SHAPES = ("delimited", "lines", "fixed", "framed")
TEXTUAL = SHAPES[:2]
TYPES = ("text", "uint", "int", "bcd")
FIELDS = ("position", "sample", "item", "value", "unit", "call", "time", "record", "serial")
CHECKS: Mapping[str, Check | None] = {
    "none": None,
    "sum8": frames.SUM8,
    "xor8": frames.XOR8,
    "crc8": frames.CRC8,
    "crc16": frames.CRC16,
}
LONGEST = 4096
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)*")
_WORDS = frozenset({*(call.value for call in Call), "none"})


@dataclass(frozen=True, slots=True)
class Field:
    """Where one field stands and what its bytes are.

    Attributes:
        column: of a delimited line, counted from 1; 0 elsewhere.
        first: its first byte in the line or frame, counted from 0.
        count: how many bytes.
        type: `text`, or a whole number: `uint`, `int` or `bcd`.
        order: byte order of `uint` and `int`.
        scale: the factor from whole number to figure; its digits fix the decimals.
        words: what stands there to the word it means.
        form: of a time, as Python's strptime writes it.
    """

    column: int
    first: int
    count: int
    type: str
    order: Literal["big", "little"]
    scale: Decimal
    words: Mapping[str, str]
    form: str


@dataclass(frozen=True, slots=True)
class WireForm:
    """All that is to be known of one wire; `parse` and `load` make it and check it.

    Attributes:
        name: of the device, for people.
        source: where it is known from.
        rung: DOCUMENT or CAPTURE.
        shape: one of `SHAPES`.
        encoding: of its text.
        end: what ends a line.
        separator: between the fields of a delimited line.
        columns: how many fields a delimited line has.
        starts: how a line with a result begins, empty for every line.
        passes: how lines begin that hold no result, such as headings; any other line is broken.
        frame: the shape of its frames, for `fixed` and `framed`.
        ask: name of a request to its bytes.
        fields: by the names of `FIELDS`; others go into extra.
        item: the item where no field says it.
        unit: the unit where no field says it.
    """

    name: str
    source: str
    rung: Rung
    shape: str
    encoding: str
    end: bytes
    separator: str
    columns: int
    starts: str
    passes: tuple[str, ...]
    frame: FrameShape | None
    ask: Mapping[str, bytes]
    fields: Mapping[str, Field]
    item: str | None
    unit: str | None

    @property
    def checked(self) -> bool:
        """Whether the wire carries a check that a changed byte cannot pass unseen."""
        return self.frame is not None and self.frame.check is not None


class _Table(Table):
    """A table of a wire's description."""

    def octets(self, name: str, *, needed: bool = True) -> bytes:
        found = self.text(name, needed=needed) or ""
        if not _HEX.fullmatch(found) or (needed and not found.strip()):
            raise MapError("type", self.place(name), value=found)
        return bytes.fromhex(found)

    def texted(self, name: str) -> Mapping[str, str]:
        found = self.take(name, dict, needed=False) or {}
        for key, word in found.items():
            if not isinstance(word, str):
                raise MapError("type", self.place(f"{name}.{key}"), value=str(word))
        return dict(found)


def load(settings: Mapping[str, Any]) -> WireForm:
    """Return the form that the setting `form` names; see `drivers.checked.load`.

    Raises:
        MapError: the file is missing or not TOML, or the form is wrong; the error says what and where.
    """
    return checked.load(settings, "form", SHIPPED, parse)


def frame_of(wire: Mapping[str, Any]) -> FrameShape:
    """Return the shape of frames that a `wire` table describes, of one `length` or each with its own.

    Raises:
        MapError: something is missing, unknown or does not fit.
    """
    table = _Table(wire, "wire")
    found = _frame(table, framed="length" not in wire)
    table.finish()
    return found


def parse(table: Mapping[str, Any]) -> WireForm:
    """Check a form read from TOML and return it; nothing unknown is allowed, nothing needed may be absent.

    Raises:
        MapError: with `unknown`, `missing`, `type`, `range` or `word`, and the place.
    """
    top = _Table(table, "")
    device, wire = top.table("device"), top.table("wire")
    shape = wire.one_of("shape", SHAPES)
    textual, delimited = shape in TEXTUAL, shape == "delimited"
    built = WireForm(
        name=device.text("name"),
        source=device.text("source"),
        rung=Rung(device.one_of("rung", ("DOCUMENT", "CAPTURE"), "DOCUMENT")),
        shape=shape,
        encoding=wire.one_of("encoding", ("ascii", "gb18030", "utf-8"), "ascii"),
        end=wire.octets("end") if textual else b"",
        separator=wire.text("separator") if delimited else "",
        columns=wire.whole("columns", low=1, high=200) if delimited else 0,
        starts=wire.text("starts", needed=False) or "" if textual else "",
        passes=wire.texts("passes") if textual and "passes" in wire.data else (),
        frame=None if textual else _frame(wire, framed=shape == "framed"),
        ask=_requests(top),
        fields=_fields(top, shape),
        item=device.text("item", needed=False),
        unit=device.text("unit", needed=False),
    )
    top.finish()
    _check(built)
    return built


def _requests(top: _Table) -> Mapping[str, bytes]:
    if "ask" not in top.data:
        return {}
    table = top.table("ask")
    return {name: table.octets(name) for name in table.data}


def _frame(wire: _Table, *, framed: bool) -> FrameShape:
    start, ends = wire.octets("start"), wire.octets("end", needed=False)
    check = CHECKS[wire.one_of("check", tuple(CHECKS), "none")]
    if len(ends) > 1:
        raise MapError("range", "wire.end", value=ends.hex(), allowed="00..FF")
    tail = (check.width if check else 0) + len(ends)
    covers = wire.whole("covers_from", low=0, high=16, otherwise=1)
    if not framed:
        length = wire.whole("length", low=len(start) + tail + 1, high=LONGEST)
        return FrameShape(start, check, ends, width=0, plus=length, head=len(start), covers_from=covers,
                          least=length, most=length)  # fmt: skip
    at = wire.whole("length_at", low=len(start), high=16)
    width = wire.whole("length_width", low=1, high=2, otherwise=1)
    return FrameShape(
        start, check, ends,
        order=wire.one_of("length_order", ("little", "big"), "little"),
        width=width,
        length_at=at,
        plus=wire.whole("length_plus", low=0, high=64),
        head=at + width,
        covers_from=covers,
        least=at + width + tail,
        most=wire.whole("most", low=at + width + tail, high=LONGEST, otherwise=256),
    )  # fmt: skip


def _fields(top: _Table, shape: str) -> Mapping[str, Field]:
    table = top.table("fields")
    found = {name: _field(table.table(name), shape) for name in table.data}
    if not {"value", "call"} & found.keys():
        raise MapError("missing", "fields.value")
    return found


def _field(table: _Table, shape: str) -> Field:
    delimited = shape == "delimited"
    kind = "text" if shape in TEXTUAL else table.one_of("type", TYPES, "text")
    scale = table.number("scale")
    if scale is not None and scale <= 0:
        raise MapError("range", table.place("scale"), value=str(scale))
    return Field(
        column=table.whole("column", low=1, high=200) if delimited else 0,
        first=0 if delimited else table.whole("first", low=0, high=LONGEST),
        count=0 if delimited else table.whole("count", low=1, high=200),
        type=kind,
        order=table.one_of("order", ("big", "little"), "big"),
        scale=scale or Decimal(1),
        words=table.texted("words"),
        form=table.text("form", needed=False) or "",
    )


def _check(built: WireForm) -> None:
    """Refuse a form whose parts do not fit together."""
    for name, field in built.fields.items():
        if field.column > built.columns:
            raise MapError("range", f"fields.{name}.column", value=field.column, low=1, high=built.columns)
        frame = built.frame
        if frame is not None and field.first + field.count > frame.most:
            raise MapError("range", f"fields.{name}.first", value=field.first, low=0, high=frame.most)
        if name == "call":
            _check_words(field)


def _check_words(field: Field) -> None:
    if not field.words:
        raise MapError("missing", "fields.call.words")
    for word in field.words.values():
        if word not in _WORDS:
            raise MapError("word", "fields.call.words", value=word, allowed=" ".join(sorted(_WORDS)))
