"""The one shape of an authority's platform: which fields it wants, its codes, what is sent, what an answer means."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.ElementTree import ParseError, fromstring

from lims.errors import Invalid, Problem

Record = Mapping[str, str]
"""A verdict as `lims.queries.uploads` names its fields; `/` or nothing where nothing is known, never a default."""

TIME = "%Y-%m-%d %H:%M:%S"


class Outcome(StrEnum):
    """What an answer says of one record: taken (or there already), refused for what it says, or to be sent again."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends: address, user, secret (from the keyring), and what the platform calls us and our devices."""

    url: str
    user: str
    secret: str
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: path behind the account's address, content type, body."""

    path: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one record: its key, the outcome, the platform's own id, and its words."""

    key: str
    outcome: Outcome
    said: str = ""
    remote: str = ""


@dataclass
class Rehearsal:
    """A platform of ours that answers as the papers say: its account, what it holds, and a fault to play.

    `fault` is empty, or `busy` (500), `inside` (200 with an error inside), `cut` (half an answer), `account`, or
    `one` (the first record of a call is refused).
    """

    user: str = "demo"
    secret: str = "demo"  # noqa: S105 - a rehearsal says it aloud
    held: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Platform:
    """One platform.

    Attributes:
        id: name of its file.
        title: (Chinese, English).
        source: what its description was written from; none was tested against the authority.
        required: fields without which it refuses a record.
        codes: our word to its code; a word without one is never sent.
        batch: records of one call.
        encode: account and records to the call; empty for one that takes a file.
        decode: status, body and the records sent to an answer for each.
        rehearse: the platform as a server of ours.
        columns: for one that takes a workbook: heading to field.
        longest: field to the most characters it takes.
    """

    id: str
    title: tuple[str, str]
    source: str
    required: tuple[str, ...]
    codes: Mapping[str, str]
    batch: int = 1
    encode: Callable[[Account, Sequence[Record]], Call] | None = None
    decode: Callable[[int, bytes, Sequence[Record]], list[Answer]] | None = None
    rehearse: Callable[[Rehearsal, Call], tuple[int, bytes]] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)

    def problems(self, record: Record) -> list[Problem]:
        """Return why a record cannot be sent, field by field; nothing is ever filled in for it."""
        found = [
            Problem("upload.missing", name) for name in self.required if record.get(name, "/") in {"", "/"}
        ]
        if record["word"] not in self.codes:
            found.append(Problem("upload.word", "word", {"word": record["word"]}))
        found += [
            Problem("upload.long", name, {"most": most})
            for name, most in self.longest.items()
            if len(record.get(name, "")) > most
        ]
        return found

    def code(self, record: Record) -> str:
        """Return a verdict in the platform's own code."""
        return self.codes[record["word"]]


def all_alike(records: Sequence[Record], outcome: Outcome, said: str) -> list[Answer]:
    """Return one answer for every record of a call."""
    return [Answer(one["key"], outcome, said) for one in records]


def unreadable(records: Sequence[Record], body: bytes) -> list[Answer]:
    """Return that an answer could not be believed: whatever it was, the records are sent again."""
    return all_alike(records, Outcome.AGAIN, body[:200].decode("utf-8", "replace"))


def stated(record: Record, name: str) -> str:
    """Return a field as it is sent: what is not known is sent empty, never as "/"."""
    text = record.get(name, "")
    return "" if text == "/" else text


def md5(text: str) -> str:
    """Return the MD5 of UTF-8 text in lower-case hex; the platforms ask for it, it protects nothing."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


# XML ------------------------------------------------------------------------------------------------------

_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def envelope(operation: str, namespace: str, fields: Mapping[str, str]) -> bytes:
    """Return a SOAP 1.1 call with text arguments, every character escaped by the serializer."""
    root = Element(f"{{{_ENVELOPE}}}Envelope")
    call = SubElement(SubElement(root, f"{{{_ENVELOPE}}}Body"), f"{{{namespace}}}{operation}")
    for name, text in fields.items():
        SubElement(call, name).text = text
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def elements(body: bytes) -> dict[str, str]:
    """Return the texts of an XML body by the local names of its elements, the last of a name.

    Raises:
        Invalid: the body is no XML, or holds entities.
    """
    return dict(_walk(body))


def _walk(body: bytes) -> list[tuple[str, str]]:
    try:
        root = fromstring(body)
    except (ParseError, ValueError) as fault:
        raise Invalid("upload.answer", detail=str(fault)[:120]) from None
    return [(one.tag.rpartition("}")[2], (one.text or "").strip()) for one in root.iter()]


def each(body: bytes, name: str) -> list[dict[str, str]]:
    """Return the children of every element of a name, as texts by local name.

    Raises:
        Invalid: the body is no XML, or holds entities.
    """
    try:
        root = fromstring(body)
    except (ParseError, ValueError) as fault:
        raise Invalid("upload.answer", detail=str(fault)[:120]) from None
    return [
        {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in one}
        for one in root.iter()
        if one.tag.rpartition("}")[2] == name
    ]
