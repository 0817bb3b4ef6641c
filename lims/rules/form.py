"""The sampling form: its fields as data, and what is wrong with one that somebody filled in."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from lims.errors import Problem
from lims.rules import credit, regulation
from lims.rules.credit import CodeState
from lims.rules.regulation import Term
from lims.rules.visible import hidden

SLASH = "/"
"""What a field with nothing to say holds."""

_SHARED_SECTIONS = ("task", "unit", "place")
_SHARED = ("sample_source", "attribute", "sample_type", "storage", "second_sampler")
OF_A_FOOD = ("product_group", "sample_source", "attribute", "sample_type", "storage")
"""What a form says of a food whoever sells it."""
QUANTITIES = ("base_quantity", "quantity")

_NULLS = {"/", "、", "-", "\\", "无", "／", "—"}
LONGEST = 400
"""Characters of one field."""
EARLIEST = 2000
"""The year before which no sample was drawn; such a time is a slip of the hand or a clock that was reset."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        name: its name in the record.
        label: (Chinese, English).
        kind: `text`, `choice`, `date`, `time`, or `personal` (kept apart from the log).
        slash: whether "/" is a value here.
        options: the terms of a choice.
    """

    name: str
    label: tuple[str, str]
    kind: str
    slash: bool
    options: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form under one head."""

    name: str
    label: tuple[str, str]
    fields: tuple[Field, ...]


def _options(row: Mapping[str, object]) -> tuple[Term, ...]:
    name = row.get("vocabulary")
    if name == "township":
        return tuple(Term(place.code, place.name, place.name) for place in regulation.townships())
    if isinstance(name, str):
        return regulation.vocabulary(name)
    options = row.get("options", ())
    return tuple(Term(*option) for option in options) if isinstance(options, list) else ()


@cache
def sections() -> tuple[Section, ...]:
    """Return the form, section by section, in the order of the paper."""
    return tuple(
        Section(
            part["name"],
            tuple(part["label"]),
            tuple(
                Field(row["name"], tuple(row["label"]), row["kind"], row["slash"], _options(row))
                for row in part["field"]
            ),
        )
        for part in regulation.table("form")["section"]
    )


@cache
def fields() -> Mapping[str, Field]:
    """Return every field by its name."""
    return {field.name: field for section in sections() for field in section.fields}


@cache
def shared() -> tuple[str, ...]:
    """Return the fields that forms of one business share: all but the moment, the goods and the signatures."""
    parts = [one.name for part in sections() if part.name in _SHARED_SECTIONS for one in part.fields]
    return tuple(name for name in (*parts, *_SHARED) if fields()[name].kind != "time")


def tidy(filled: Mapping[str, str]) -> dict[str, str]:
    """Return the form with blanks cut, text in NFC and every known null mark as "/" where "/" may stand."""
    tidied = {name: unicodedata.normalize("NFC", text).strip() for name, text in filled.items()}
    known = fields()
    return {
        name: SLASH if text in _NULLS and name in known and known[name].slash else text
        for name, text in tidied.items()
    }


def problems(filled: Mapping[str, str], towns: Collection[str] = ()) -> list[Problem]:
    """Return what is wrong with a tidied form, field by field; an empty list means it may be saved.

    `towns` are the codes of townships that the laboratory added to those that ship.
    """
    found = [Problem("form.unknown_field", name) for name in filled if name not in fields()]
    for field in fields().values():
        text = filled.get(field.name, "")
        if (problem := _problem(field, text)) and not (field.name == "township" and text in towns):
            found.append(problem)
    return found


def _problem(field: Field, text: str) -> Problem | None:
    if not text:
        return Problem("form.slash_or_value" if field.slash else "form.missing", field.name)
    if text == SLASH:
        return None if field.slash else Problem("form.no_slash", field.name)
    if len(text) > LONGEST:
        return Problem("form.too_long", field.name, {"longest": LONGEST})
    if any(hidden(c) or c in "\n\t" for c in text):
        return Problem("form.characters", field.name)
    return _typed(field, text)


def _typed(field: Field, text: str) -> Problem | None:
    if field.kind == "choice" and text not in {option.code for option in field.options}:
        return Problem("form.option", field.name, {"value": text})
    if field.name == "credit_code" and credit.code_state(text) is CodeState.WRONG:
        return Problem("form.credit_code", field.name)
    try:
        if field.kind == "date":
            date.fromisoformat(text)
        if field.kind == "time":
            return _moment(field, datetime.fromisoformat(text), text)
    except ValueError:
        return Problem("form.date", field.name, {"value": text})
    return None


def _moment(field: Field, moment: datetime, text: str) -> Problem | None:
    if moment.tzinfo is None:
        return Problem("form.zone", field.name, {"value": text})
    return Problem("form.date", field.name, {"value": text}) if moment.year < EARLIEST else None
