"""Papers as text files: blocks of words with named fields; an unknown field or a forbidden word is an error."""

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from lims.errors import Invalid, NotFound, Problem
from lims.rules import cases, form

NOTHING = "/"
"""What stands where a field has nothing to say."""

BLOCKS: Mapping[str, frozenset[str]] = {
    "title": frozenset({"text"}),
    "heading": frozenset({"text"}),
    "text": frozenset({"text"}),
    "small": frozenset({"text"}),
    "pairs": frozenset({"rows"}),
    "table": frozenset({"of", "head", "columns", "shares"}),
    "signature": frozenset({"labels"}),
    "qr": frozenset({"text"}),
    "line": frozenset(),
    "space": frozenset({"mm"}),
}
"""Kinds of blocks and what each of them holds."""

_SAMPLE = frozenset({"number", "laboratory", "printed_at", "drawn_by", "kind_word", *form.fields()})
_RESULT = frozenset(
    {"item", "method", "standard", "value", "unit", "word", "tested_at", "instrument", "clause"}
)
_CASE = frozenset(
    {"case_item", "case_word", "case_value", "regime_word", "state_word", "opened_at", "deadline"}
)
_DETAILS = frozenset(
    f"{kind.code}_{name}"
    for kind in cases.kinds().values()
    for name in ("at", "by", *(one.name for one in kind.fields))
)
TABLES: Mapping[str, frozenset[str]] = {
    "results": _RESULT,
    "measures": frozenset({"at", "measure", "amount", "place"}),
    "disposals": frozenset({"at", "method", "amount", "supervisor"}),
    "facts": frozenset({"at", "what", "by", "said"}),
    "custody": frozenset({"at", "giver", "taker", "place", "seal", "seal_state", "condition"}),
}
"""Tables a paper may hold and the fields of their rows."""

_PAPERS = (
    "sampling_form",
    "notice",
    "result_slip",
    "rapid_record",
    "disposal_record",
    "handover",
    "seal_strip",
    "display",
)
_OF_A_CASE = frozenset({"notice", "disposal_record"})
_FORBIDDEN = ("检验报告", "检测报告", "合格", "inspection report", "compliant")
_DISCLAIMERS = ("不是检验报告", "不作为检验报告", "合格证", "is no inspection report")


def papers() -> tuple[str, ...]:
    """Return the names of the papers."""
    return _PAPERS


def fields(paper: str) -> frozenset[str]:
    """Return the names of the fields that a paper may print."""
    return _SAMPLE | _CASE | _DETAILS if paper in _OF_A_CASE else _SAMPLE


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its kind and what it holds."""

    kind: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A paper.

    Attributes:
        name: of the paper.
        title: at its head and in its list.
        size: `A4` or `A5`.
        copies: what each copy is for (the national form has five), printed one after another; one when empty.
        blocks: from top to bottom.
    """

    name: str
    title: str
    size: str
    copies: tuple[str, ...]
    blocks: tuple[Block, ...]


@cache
def shipped(paper: str) -> str:
    """Return the text of a paper as it ships.

    Raises:
        NotFound: no such paper.
    """
    if paper not in _PAPERS:
        raise NotFound("paper.unknown", name=paper)
    return resources.files("lims.rules").joinpath("data", "papers", f"{paper}.toml").read_text("utf-8")


def read(paper: str, text: str) -> Template:
    """Return a paper from its text.

    Raises:
        Invalid: no TOML, an unknown block, field or table, or words that a rapid test's paper may not use.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Invalid("edition.text", fault=str(fault)) from None
    problems = list(_problems(paper, found))
    if problems:
        raise Invalid("edition.problems", problems, count=len(problems))
    blocks = tuple(Block(row["kind"], row) for row in found["block"])
    return Template(paper, found["title"], found.get("size", "A4"), tuple(found.get("copies", ())), blocks)


def _problems(paper: str, found: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(found.get("title"), str) or not found["title"].strip():
        yield Problem("edition.field", "title", {"name": "title"})
    if found.get("size", "A4") not in {"A4", "A5"}:
        yield Problem("template.size", "size", {"size": found.get("size")})
    blocks = found.get("block")
    if not isinstance(blocks, list) or not blocks:
        yield Problem("template.empty", "block")
        return
    for place, row in enumerate(blocks, 1):
        yield from _block(paper, f"[[block]] {place}", row)
    for word in _FORBIDDEN:
        if word in _plain(found):
            yield Problem("template.forbidden", paper, {"word": word})


def _plain(found: Mapping[str, Any]) -> str:
    words = str([found.get("title"), found.get("copies"), found.get("block")])
    for disclaimer in _DISCLAIMERS:
        words = words.replace(disclaimer, "")
    return words


def _block(paper: str, where: str, row: Mapping[str, Any]) -> Iterator[Problem]:
    holds = BLOCKS.get(str(row.get("kind")))
    if holds is None:
        yield Problem("template.block", where, {"kind": row.get("kind")})
        return
    if row.keys() - {"kind"} != holds:
        yield Problem(
            "template.holds", where, {"kind": row["kind"], "holds": ", ".join(sorted(holds)) or "-"}
        )
        return
    known = fields(paper)
    if row["kind"] == "table":
        if row["of"] not in TABLES:
            yield Problem("template.table", where, {"name": row["of"]})
            return
        known = TABLES[row["of"]]
        if not len(row["head"]) == len(row["columns"]) == len(row["shares"]):
            yield Problem("template.columns", where)
    for text in _texts(row):
        yield from _names(where, text, known)


def _texts(row: Mapping[str, Any]) -> Iterator[str]:
    for name in ("text", "rows", "columns", "labels"):
        said = row.get(name, "")
        yield from (str(one) for one in (said if isinstance(said, list) else [said]))


def _names(where: str, text: str, known: frozenset[str]) -> Iterator[Problem]:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        yield Problem("template.braces", where, {"text": text[:60]})
        return
    for name in names:
        if name not in known:
            yield Problem("template.unknown", where, {"name": name})


def filled(text: str, said: Mapping[str, str]) -> str:
    """Return a text with its fields filled; one with nothing to say reads "/", and nothing is ever made up."""
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(said.get(name) or NOTHING)
    return "".join(parts)


def rows(found: Sequence[Mapping[str, str]], columns: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table."""
    return [[filled(column, one) for column in columns] for one in found]
