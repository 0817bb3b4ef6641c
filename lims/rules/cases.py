"""The way of a positive: what may be told of a case in which state, what each fact must say, where it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

from lims.errors import Problem
from lims.rules import amount, clocks, regulation
from lims.rules.regulation import Term

ANY = "*"
CLOSED = "closed"
REPEATS = {"inhibition": 2}
"""Repeats that a positive of a format needs before it is suspect; one for every other format."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a fact says: name, label (Chinese, English), kind, whether it must say something, whether "/" will do."""

    name: str
    label: tuple[str, str]
    kind: str
    must: bool
    slash: bool = False
    options: tuple[Term, ...] = ()

    def said(self, text: str, zone: tzinfo) -> tuple[str, str]:
        """Return what a text in it says, in both languages: an option's words, a clock's name, a zone's hour."""
        if self.kind == "clock":
            return clocks.labels().get(text, (text, text))
        if self.kind == "time":
            return (_there(text, zone),) * 2
        return next(((one.zh, one.en) for one in self.options if one.code == text), (text, text))


def _there(text: str, zone: tzinfo) -> str:
    """Return a moment on the wall clock of a zone; a text that is none, or says no zone of its own, as it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact.

    Attributes:
        code: its name.
        label: (Chinese, English).
        since: states in which it may be told; `*` for any but the closed.
        to: the state it leads to, empty where it leads nowhere.
        by: roles that may tell it.
        needs: a condition besides: `repeats_positive`, `repeats_negative`, `regime`, `settled`, or nothing.
        minute: whether the moment it happened has to be told.
        fields: what it says.
        branch: the field whose value decides where it leads.
        branches: value of that field to state.
        outcome: the outcome it gives the case, or nothing.
    """

    code: str
    label: tuple[str, str]
    since: frozenset[str]
    to: str
    by: frozenset[str]
    fields: tuple[Field, ...]
    needs: str = ""
    minute: bool = False
    branch: str = ""
    branches: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""

    def fits(self, state: str) -> bool:
        """Tell whether it may be told of a case in this state."""
        return state in self.since or (ANY in self.since and state != CLOSED)

    def leads(self, state: str, detail: Mapping[str, str]) -> str:
        """Return the state after it was told."""
        return self.branches[detail[self.branch]] if self.branch else self.to or state


def _field(row: Mapping[str, Any]) -> Field:
    options = tuple(Term(*option) for option in row.get("options", ()))
    return Field(row["name"], tuple(row["label"]), row["kind"], row["must"], row.get("slash", False), options)


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind of fact by its code, in the order of a case's life."""
    return {
        row["code"]: Kind(
            row["code"],
            tuple(row["label"]),
            frozenset(row["from"]),
            row["to"],
            frozenset(row["by"].split()),
            tuple(_field(one) for one in row.get("field", ())),
            row.get("needs", ""),
            row.get("minute", False),
            row.get("branch", ""),
            row.get("branches", {}),
            row.get("outcome", ""),
        )
        for row in regulation.table("case")["kind"]
    }


def named(code: str) -> tuple[str, str] | None:
    """Return the label of `case.<kind>` or `case.<kind>.<field>`, None for any other code."""
    head, _, rest = code.partition(".")
    kind, _, name = rest.partition(".")
    found = kinds().get(kind) if head == "case" else None
    if found is None or not name:
        return found.label if found else None
    return next((one.label for one in found.fields if one.name == name), None)


def said(code: str, text: str, zone: tzinfo) -> tuple[str, str]:
    """Return what the field `case.<kind>.<field>` says, in both languages: the words of its kind, else the text."""
    _, kind, name = code.split(".", 2)
    return next((one.said(text, zone) for one in kinds()[kind].fields if one.name == name), (text, text))


@cache
def states() -> Mapping[str, Term]:
    """Return the words of every state, in the order of a case's life."""
    return {row["code"]: Term(row["code"], *row["label"]) for row in regulation.table("case")["state"]}


def regime_of(organiser: str) -> str:
    """Return the law under which an organiser acts, by the words of its name; empty where that is not certain."""
    found = [
        row["code"]
        for row in regulation.table("case")["regime"]
        if any(word in organiser for word in row["words"])
    ]
    return found[0] if len(found) == 1 else ""


def problems(kind: Kind, detail: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with what a fact says, field by field."""
    known = {one.name for one in kind.fields}
    found = [Problem("form.unknown_field", name) for name in detail if name not in known]
    checked = (_problem(one, detail.get(one.name, "").strip()) for one in kind.fields)
    found += [problem for problem in checked if problem]
    refused = kind.code == "notice" and detail.get("delivery") == "refused"
    if refused:
        lacking = [name for name in ("witness", "photo") if not detail.get(name, "").strip()]
        found += [Problem("case.refused_needs", name) for name in lacking]
    return found


def _problem(one: Field, text: str) -> Problem | None:
    if not text:
        return Problem("form.missing", one.name) if one.must else None
    if text == "/":
        return None if one.slash or not one.must else Problem("form.no_slash", one.name)
    if one.kind == "choice" and text not in {option.code for option in one.options}:
        return Problem("form.option", one.name, {"value": text})
    if one.kind == "amount" and amount.written(text) is None:
        return Problem("case.amount", one.name, {"value": text})
    return None


# Repeats --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """A later verdict of the same sample and item: its word, who tested it, by which method."""

    word: str
    tester: str
    method: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """What the repeats of a first positive came to.

    Attributes:
        wanted: how many the method's format wants.
        valid: how many gave a verdict that counts.
        second: whether one of them was by another person or another method.
        says: `positive`, `negative`, `mixed`, or empty while too few are there.
    """

    wanted: int
    valid: int
    second: bool
    says: str


def repeated(format_: str, tester: str, method: str, repeats: Sequence[Repeat]) -> Repeated:
    """Weigh the repeats; suspect counts as not negative, invalid does not count.

    Args:
        format_: of the first method: `inhibition` wants two repeats, any other one.
        tester: who tested first.
        method: of the first verdict.
        repeats: later verdicts, none rejected.
    """
    wanted = REPEATS.get(format_, 1)
    valid = [one for one in repeats if one.word in {"negative", "positive", "suspect"}]
    second = any(one.tester != tester or one.method != method for one in valid)
    words = {one.word for one in valid}
    if len(valid) < wanted or not second:
        says = ""
    elif "negative" not in words:
        says = "positive"
    else:
        says = "negative" if words == {"negative"} else "mixed"
    return Repeated(wanted, len(valid), second, says)


def unsettled(told: Iterable[tuple[str, Mapping[str, str]]]) -> list[Problem]:
    """Return what a case still lacks before it can be closed: what was held must be released or disposed of.

    Args:
        told: kind and detail of every fact of the case.
    """
    facts = list(told)
    kinds_ = {kind for kind, _ in facts}
    found = []
    if "suspect" in kinds_:
        found += [Problem("case.lacks", kind) for kind in ("measure", "trace") if kind not in kinds_]
    if "lab_report" in kinds_ and "report_told" not in kinds_:
        found.append(Problem("case.lacks", "report_told"))
    if any(
        kind in {"lab_report", "retest_report"} and said.get("conclusion") == "fails" for kind, said in facts
    ):
        found += [Problem("case.lacks", "authority_told")] if "authority_told" not in kinds_ else []
    return found + _still_held(facts)


def _still_held(facts: Sequence[tuple[str, Mapping[str, str]]]) -> list[Problem]:
    held: dict[str, Any] = {}
    for kind, said in facts:
        written = (
            amount.written(said.get("amount", "")) if kind in {"measure", "released", "disposed"} else None
        )
        if written is not None:
            unit, least = written.least
            held[unit] = held.get(unit, 0) + (least if kind == "measure" else -least)
    return [
        Problem("case.held", "measure", {"amount": str(value), "unit": unit})
        for unit, value in held.items()
        if value != 0
    ]
