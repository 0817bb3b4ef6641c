"""A method that is changed: the answers of people as a text holds them, and which edition brought what."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from lims.errors import Invalid, NotFound, Problem
from lims.rules import analytes, boards, foods, methods, texts
from lims.rules.figures import number
from lims.rules.methods import DECIMALS, KINDS, field, refuse

# Answers of people ----------------------------------------------------------------------------------------

_APART = re.compile(r"[\s,，、;；]+")


def typed(answers: Mapping[str, str]) -> dict[str, object]:
    """Return what people wrote as a text holds it: lists apart by blanks or 、, foods by name, `/` or nothing as None.

    Raises:
        Invalid: a word that is no food, day, or yes or no.
    """
    found = {
        name: _typed(name, answer.strip())
        for name, answer in answers.items()
        if name[-3:] not in _TONGUES and not name.startswith(_WITHIN)
    }
    for table in _WITHIN:
        inside = {
            name.removeprefix(table): _apart(name, answer)
            for name, answer in answers.items()
            if name.startswith(table)
        }
        found |= {table[:-1]: inside} if inside else {}
    for name in ("title", "item"):
        if f"{name}_zh" in answers:
            found[name] = [answers[f"{name}_zh"].strip(), answers[f"{name}_en"].strip()]
    return found


_TONGUES = ("_zh", "_en")
_WITHIN = ("curve_", *(f"{name}_" for name in methods.BOARDS))
"""Begins the names of what stands in a table within a method: its curve, its assays on bare boards."""


def _apart(name: str, answer: str) -> str | None:
    """Return an answer within a table with single blanks between its parts, or None where nothing is said."""
    said = (
        answer.strip()
        if name.endswith(boards.SOURCE)
        else " ".join(one for one in _APART.split(answer) if one)
    )
    return None if said in {"", "/"} else said


def _typed(name: str, answer: str) -> object:
    if answer in {"", "/"}:
        return [] if KINDS.get(name) is list else None
    kind = KINDS.get(name, str)
    try:
        if name in DECIMALS:
            return _figure(name, answer)
        if kind is list:
            apart = [one for one in _APART.split(answer) if one]
            known = _food if name in {"foods", "interfering"} else _word
            return [known(one) for one in apart]
        if name == "analyte":
            return analytes.analyte(answer).code
        if kind is bool:
            return {"yes": True, "true": True, "no": False, "false": False}[answer.lower()]
        return date.fromisoformat(answer) if kind is date else answer
    except (ValueError, KeyError, NotFound):
        shown = {"name": field(name), "value": answer, "known": "…"}
        problem = Problem("methods.word", "", shown)
        raise Invalid("edition.problems", [problem], count=1) from None


_LARGEST, _FINEST = 9, -12
"""Powers of ten between which every figure of a method lies; what is written otherwise is a slip of the hand."""


def _figure(name: str, answer: str) -> str:
    """Return a figure as it was written; of all figures only a blank's may lie below zero.

    Raises:
        Invalid: it is none, or cannot be meant.
    """
    value = number(answer)
    shown = {"name": field(name), "value": answer}
    if value is None:
        raise Invalid("edition.problems", [Problem("methods.figure", "", shown)], count=1)
    far = value != 0 and not _FINEST <= value.adjusted() <= _LARGEST
    if far or (value < 0 and name not in _BELOW_ZERO):
        raise Invalid("edition.problems", [Problem("methods.beyond", "", shown)], count=1)
    return answer


_BELOW_ZERO = ("blank_low", "blank_high")


def _food(name: str) -> str:
    found = foods.named(name)
    if found is None:
        raise KeyError(name)
    return found.code


def _word(name: str) -> str:
    if name == "/":
        raise ValueError(name)
    return name


# A new edition --------------------------------------------------------------------------------------------


def stamped(before: str, after: str, number: int, today: date) -> str:
    """Return a text whose new or changed methods name the edition that brought them.

    Args:
        before: the text as it was published last.
        after: the text of the edition.
        number: of the edition.
        today: no day before it may be judged otherwise than it was.

    Raises:
        Invalid: the text cannot be used, or it says something else of a day that is over.
    """
    methods.read(after)
    old, found = texts.parsed(before)["method"], texts.parsed(after)
    known = {(row["id"], row["effective_from"]): row for row in old}
    rows = [_numbered(row, known.get((row["id"], row["effective_from"])), number) for row in found["method"]]
    refuse(_backdated(known, rows, today))
    text = texts.written({**found, "method": rows})
    methods.read(text)
    return text


_KEPT = frozenset({"edition", "effective_to"})


def _numbered(row: Mapping[str, Any], before: Mapping[str, Any] | None, number: int) -> dict[str, Any]:
    bare = {name: value for name, value in row.items() if name != "edition"}
    if before is None or _bare(row) != _bare(before):
        return {**bare, "edition": number}
    return {**bare, **({"edition": before["edition"]} if "edition" in before else {})}


def _bare(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in _KEPT}


def _backdated(
    known: Mapping[tuple[str, date], Mapping[str, Any]], rows: Iterable[Mapping[str, Any]], today: date
) -> Iterator[Problem]:
    """Name every method of which a day that is over would say something else; a method new here may be older."""
    after = {(row["id"], row["effective_from"]): row for row in rows}
    of_old = {id_ for id_, _ in known}
    for key in {**known, **after}:
        was, now = known.get(key), after.get(key)
        began = key[1] < today and key[0] in of_old
        same = was is not None and now is not None and _bare(was) == _bare(now)
        ends = (now or {}).get("effective_to")
        moved = (
            ends != (was or {}).get("effective_to") and ends is not None and ends < today - timedelta(days=1)
        )
        if began and (not same or moved):
            yield Problem("methods.past", key[0], {"day": key[1].isoformat()})
