"""ASTM E1394 (LIS02) records: the header's delimiters, escapes, repeats, components; read and written."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from protocols.codec import ProtocolError

UNDECODABLE = re.compile("[\udc80-\udcff]")


class Kind(StrEnum):
    """The first letter of a record."""

    HEADER = "H"
    PATIENT = "P"
    ORDER = "O"
    RESULT = "R"
    COMMENT = "C"
    QUERY = "Q"
    MANUFACTURER = "M"
    SCIENTIFIC = "S"
    LAST = "L"


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four characters after H: field, repeat, component, escape; an absent one is an empty text."""

    field: str = "|"
    repeat: str = "\\"
    component: str = "^"
    escape: str = "&"


USUAL = Delimiters()


@dataclass(frozen=True, slots=True)
class Record:
    """One record, its fields as they came between the delimiters, still escaped.

    Attributes:
        kind: what it is.
        raw: the fields in order; the first holds the record's letter.
        delimiters: those of the header above it.
        encoding: how escaped bytes (`&X..&`) read.
    """

    kind: Kind
    raw: tuple[str, ...]
    delimiters: Delimiters = USUAL
    encoding: str = "utf-8"

    def get(self, field: int, component: int = 1, repeat: int = 1) -> str:
        """The unescaped text at a place, all counted from 1 as in the standard; empty where nothing stands."""
        parts = self.components(field, repeat)
        return parts[component - 1] if component <= len(parts) else ""

    def text(self, field: int) -> str:
        """A whole field unescaped, its components and repeats still joined; empty where nothing stands."""
        return self._unescape(self.raw[field - 1]) if field <= len(self.raw) else ""

    def components(self, field: int, repeat: int = 1) -> tuple[str, ...]:
        """The unescaped components of one repeat of a field."""
        repeats = self.repeats(field)
        if self.kind is Kind.HEADER and field == 2:
            return repeats
        if repeat > len(repeats):
            return ()
        return tuple(self._unescape(part) for part in _split(repeats[repeat - 1], self.delimiters.component))

    def repeats(self, field: int) -> tuple[str, ...]:
        """The repeats of a field, still escaped; the header's own field 2 is never split."""
        if field > len(self.raw):
            return ()
        if self.kind is Kind.HEADER and field == 2:
            return (self.raw[1],)
        return _split(self.raw[field - 1], self.delimiters.repeat)

    def _unescape(self, text: str) -> str:
        mark = self.delimiters.escape
        if not mark or mark not in text:
            return text
        pattern = f"{re.escape(mark)}([FSRE]|X(?:[0-9A-Fa-f]{{2}})+){re.escape(mark)}"
        return re.sub(pattern, lambda match: self._meaning(match[1]), text)

    def _meaning(self, code: str) -> str:
        own = self.delimiters
        if code[0] == "X":
            return bytes.fromhex(code[1:]).decode(self.encoding, "surrogateescape")
        return {"F": own.field, "S": own.component, "R": own.repeat, "E": own.escape}[code]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a message that cannot be read: the record's number from 1, and what is wrong with it."""

    record: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message's records in order, and what of it could not be read."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A result record with the records that it belongs to; None where the message has none above it."""

    result: Record
    header: Record | None
    patient: Record | None
    order: Record | None
    comments: tuple[Record, ...]


def parse(text: bytes, encoding: str = "utf-8") -> Parsed:
    """Read the text of one message; bytes that are not of the encoding are kept escaped and reported.

    Problems are `undecodable`, `unknown record`, `no header` (a record before H: the usual delimiters hold), and
    `no delimiters` (an H record too short to name them, or naming one character twice).
    """
    records: list[Record] = []
    problems: list[Problem] = []
    delimiters: Delimiters | None = None
    for number, line in _lines(text.decode(encoding, "surrogateescape")):
        if UNDECODABLE.search(line):
            problems.append(Problem(number, "undecodable", line))
        kind = _kind(line)
        if kind is None:
            problems.append(Problem(number, "unknown record", line))
            continue
        if kind is Kind.HEADER:
            delimiters = _delimiters(line)
        if delimiters is None:
            problems.append(Problem(number, "no delimiters" if kind is Kind.HEADER else "no header", line))
        records.append(_record(kind, line, delimiters or USUAL, encoding))
    return Parsed(tuple(records), tuple(problems))


def findings(records: Sequence[Record]) -> Iterator[Finding]:
    """Each result with its header, patient, order and the comments right under it."""
    above: dict[Kind, Record] = {}
    for place, record in enumerate(records):
        if record.kind is Kind.RESULT:
            header, patient, order = (above.get(kind) for kind in (Kind.HEADER, Kind.PATIENT, Kind.ORDER))
            yield Finding(record, header, patient, order, tuple(_comments_after(records, place)))
            continue
        if record.kind is Kind.HEADER:
            above.clear()
        elif record.kind is Kind.PATIENT:
            above.pop(Kind.ORDER, None)
        above[record.kind] = record


def _comments_after(records: Sequence[Record], place: int) -> Iterator[Record]:
    for record in records[place + 1 :]:
        if record.kind is not Kind.COMMENT:
            return
        yield record


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = (line.removeprefix("\n") for line in text.split("\r"))
    return enumerate((line for line in lines if line), 1)


def _kind(line: str) -> Kind | None:
    letter = line[0].upper()
    known = letter in Kind._value2member_map_ and not line[1:2].isalnum()
    return Kind(letter) if known else None


def _delimiters(line: str) -> Delimiters | None:
    own = line[1:5]
    named = own.partition(own[:1])[2].partition(own[:1])[0] if own else ""
    if len(named) < 2 or len(set(own[0] + named)) != len(named) + 1:
        return None
    return Delimiters(own[0], named[0], named[1], named[2:3])


def _record(kind: Kind, line: str, delimiters: Delimiters, encoding: str) -> Record:
    return Record(kind, tuple(line.split(delimiters.field)), delimiters, encoding)


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    return tuple(text.split(delimiter)) if delimiter else (text,)


Field = str | Sequence[str]
"""A field to write: a text, or its components."""


def build(rows: Sequence[Sequence[Field]], encoding: str = "utf-8", delimiters: Delimiters = USUAL) -> bytes:
    """Write a message: each row begins with its letter; field 2 of the header is filled in with the delimiters.

    Raises:
        ProtocolError: a row has an unknown letter, or a text holds a control character or does not fit the encoding.
    """
    lines = [_write(list(row), delimiters) for row in rows]
    try:
        return "".join(line + "\r" for line in lines).encode(encoding, "surrogateescape")
    except UnicodeEncodeError as error:
        raise ProtocolError(f"the message does not fit {encoding}: {error}") from error


def _write(row: list[Field], own: Delimiters) -> str:
    letter = row[0] if row else ""
    if not isinstance(letter, str) or letter not in Kind._value2member_map_:
        raise ProtocolError(f"a record begins with one letter of {', '.join(Kind)}, not {letter!r}")
    fields = [_write_field(field, own) for field in row[1:]]
    if letter == Kind.HEADER:
        fields[:1] = [own.repeat + own.component + own.escape]
    return own.field.join([letter, *fields])


def _write_field(field: Field, own: Delimiters) -> str:
    parts = [field] if isinstance(field, str) else field
    return own.component.join(escape(part, own) for part in parts)


def escape(text: str, own: Delimiters = USUAL) -> str:
    """Write a text so that no character of it is a delimiter.

    Raises:
        ProtocolError: the text holds a control character, or a delimiter where none is named to escape it.
    """
    if any(ord(character) < 32 for character in text):
        raise ProtocolError(f"a record cannot carry the control characters of {text!r}")
    codes = {own.escape: "E", own.field: "F", own.component: "S", own.repeat: "R"}
    if not own.escape and not codes.keys().isdisjoint(text):
        raise ProtocolError(f"{text!r} holds a delimiter and these delimiters have no escape")
    return "".join(
        f"{own.escape}{codes[character]}{own.escape}" if character in codes else character
        for character in text
    )
