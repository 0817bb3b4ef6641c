"""One entry of a station's log: who changed what and why, as the bytes that are hashed and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lims.errors import Invalid
from lims.evidence.canonical import PREFIX, Json, decode, encode

Image = Mapping[str, bool | int | str | None]
"""A whole row after the change: column name to value, decimals and times as text."""


@dataclass(frozen=True, slots=True)
class Change:
    """The after-image of one row; `row` holds its key too."""

    table: str
    row: Image


@dataclass(frozen=True, slots=True)
class Entry:
    """What one act of one person (or of the station itself) changed.

    Attributes:
        origin: the log: site, station, hash algorithm, such as `LJ/LJ01/sha256`.
        seq: position in the log, from 0.
        prev: leaf hash of the entry before, in hex; empty for the first.
        at: wall clock, UTC, RFC 3339 with milliseconds.
        mono: monotonic milliseconds of this boot.
        boot: id of this boot of the computer.
        actor: account id, or `station`.
        role: the role under which the verb was allowed.
        verb: the verb's name, such as `sample.receive`.
        why: the reason in words, or empty.
        build: version of the program.
        schema: number of the table form that the images have.
        changes: the rows, in the order they were written.
    """

    origin: str
    seq: int
    prev: str
    at: str
    mono: int
    boot: str
    actor: str
    role: str
    verb: str
    why: str
    build: str
    schema: int
    changes: tuple[Change, ...]


def to_bytes(entry: Entry) -> bytes:
    """Return the entry's bytes: the prefix and its canonical JSON."""
    body: dict[str, Any] = {name: getattr(entry, name) for name in Entry.__slots__ if name != "changes"}
    body["changes"] = [{"row": dict(change.row), "table": change.table} for change in entry.changes]
    return PREFIX + encode(cast("Json", body))


def from_bytes(data: bytes) -> Entry:
    """Read an entry back from its bytes.

    Raises:
        Invalid: when prefix, spelling or fields are not those of an entry.
    """
    if not data.startswith(PREFIX):
        raise Invalid("log.prefix")
    body = decode(data[len(PREFIX) :])
    if not isinstance(body, dict) or set(body) != set(Entry.__slots__):
        raise Invalid("log.fields")
    fields = cast("dict[str, Any]", body)
    changes = fields.pop("changes")
    if not isinstance(changes, list) or any(type(fields[name]) is not _type(name) for name in fields):
        raise Invalid("log.fields")
    return Entry(changes=tuple(_change(change) for change in changes), **fields)


def _type(name: str) -> type:
    return int if name in {"seq", "mono", "schema"} else str


def _change(told: Json) -> Change:
    if not isinstance(told, dict) or set(told) != set(Change.__slots__):
        raise Invalid("log.fields")
    table, row = told["table"], told["row"]
    if not isinstance(table, str) or not isinstance(row, dict):
        raise Invalid("log.fields")
    if any(isinstance(value, dict | list) for value in row.values()):
        raise Invalid("log.fields")
    return Change(table, cast("Image", row))
