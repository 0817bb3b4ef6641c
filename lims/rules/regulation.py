"""The rules as data: methods, townships and vocabularies with their sources, read from the files shipped beside."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from lims.errors import NotFound


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one data file, such as `methods`."""
    return tomllib.loads(resources.files("lims.rules").joinpath("data", f"{name}.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Curve:
    """What turns an absorbance into a content.

    Attributes:
        fit: `4pl` or `logit_log`, laid through the standards of each plate; or `line`, a working curve.
        unit: of the concentrations of the standards.
        slope: of a line, absorbance a unit of concentration.
        intercept: of a line, absorbance at none.
        low: least concentration that a line is good for.
        high: greatest.
        dilution: by what a line's concentration is multiplied; a plate's layout says its own.
    """

    fit: str
    unit: str
    slope: Decimal = Decimal(1)
    intercept: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    dilution: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Method:
    """A method that judges readings of one assay format.

    Attributes:
        id: stands on every verdict.
        standard: the document, or `试剂盒说明书` (kit insert).
        title: (Chinese, English).
        item: the analyte or class it screens for, (Chinese, English).
        format: `inhibition` (%), `competitive` or `sandwich` (strips: T/C), or `quantitative`.
        unit: of the value that is judged.
        threshold: for inhibition and quantitative.
        at_threshold: the word at exactly the threshold.
        negative_from: T/C from which a competitive strip is negative.
        positive_below: T/C below which it is positive; between the two it is suspect.
        control_line_least: height of C under which a strip is invalid.
        verified: whether the bands or the threshold were checked against their source.
        source: the document the figures come from.
        clause: where in it, in words that may be printed.
        effective_from: first day it may judge.
        effective_to: last day, or None.
        controls: roles a run needs: `blank`, `control`.
        control_scope: `run`, or `day` where one control a day, instrument and lot is enough.
        blank_low: least value of a blank.
        blank_high: greatest value of a blank.
        control_source: where the control limits come from.
        control_verified: whether they were checked.
        positive_from: of a sandwich strip, the T/C from which it is positive.
        negative_below: T/C below which it is negative; between the two it is suspect.
        difference_above: for kits that judge |C - T|, the figure above which it means `difference_word`.
        difference_word: `positive` or `negative`.
        read_from: minutes after the start of the run before which a strip must not be read.
        read_until: minutes after which it must not be read any more.
        device_items: what devices call the item; a reading of another item is never judged by this method.
        analyte: code of the analyte or class that it finds.
        class_screen: it finds a class as a whole, so that no limit of one analyte can be compared.
        foods: codes of the classes of foods that it is for; empty for any.
        interfering: codes of foods whose own substances may read as positive.
        curve: how an absorbance becomes a content, where the device gives no content itself.
    """

    id: str
    standard: str
    title: tuple[str, str]
    item: tuple[str, str]
    format: str
    unit: str
    verified: bool
    source: str
    clause: str
    effective_from: date
    controls: tuple[str, ...]
    control_source: str
    control_verified: bool
    device_items: tuple[str, ...] = ()
    analyte: str = ""
    class_screen: bool = False
    foods: tuple[str, ...] = ()
    interfering: tuple[str, ...] = ()
    threshold: Decimal | None = None
    at_threshold: str = "positive"
    negative_from: Decimal | None = None
    positive_below: Decimal | None = None
    control_line_least: Decimal | None = None
    effective_to: date | None = None
    control_scope: str = "run"
    blank_low: Decimal | None = None
    blank_high: Decimal | None = None
    positive_from: Decimal | None = None
    negative_below: Decimal | None = None
    difference_above: Decimal | None = None
    difference_word: str = ""
    read_from: Decimal | None = None
    read_until: Decimal | None = None
    curve: Curve | None = None

    def in_force(self, on: date) -> bool:
        """Tell whether it may judge on a day; its first and its last day count."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


_DECIMALS = (
    "threshold",
    "negative_from",
    "positive_below",
    "control_line_least",
    "blank_low",
    "blank_high",
    "positive_from",
    "negative_below",
    "difference_above",
    "read_from",
    "read_until",
)


def _method(row: Mapping[str, Any]) -> Method:
    fields = dict(row)
    for name in _DECIMALS:
        if name in fields:
            fields[name] = Decimal(fields[name])
    for name in ("title", "item", "controls", "device_items", "foods", "interfering"):
        fields[name] = tuple(fields.get(name, ()))
    if "curve" in fields:
        fields["curve"] = _curve(fields["curve"])
    return Method(**fields)


def _curve(row: Mapping[str, str]) -> Curve:
    numbers = {name: Decimal(text) for name, text in row.items() if name not in ("fit", "unit")}
    return Curve(row["fit"], row["unit"], **numbers)


@cache
def methods() -> Mapping[str, Method]:
    """Return every method by its id."""
    return {row["id"]: _method(row) for row in table("methods")["method"]}


def method(id_: str, on: date | None = None) -> Method:
    """Return one method, in force on a day when one is given.

    Raises:
        NotFound: no such method, or not in force that day.
    """
    found = methods().get(id_)
    if found is None:
        raise NotFound("method.unknown", id=id_)
    if on and not found.in_force(on):
        raise NotFound("method.not_in_force", id=id_, on=on.isoformat())
    return found


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a vocabulary: its code, Chinese and English."""

    code: str
    zh: str
    en: str


@cache
def vocabulary(name: str) -> tuple[Term, ...]:
    """Return the terms of one vocabulary, such as `product_group`, in the order people know."""
    return tuple(Term(*row) for row in table("vocabulary")[name]["values"])


def codes(name: str) -> frozenset[str]:
    """Return the codes of one vocabulary."""
    return frozenset(term.code for term in vocabulary(name))


def term(name: str, code: str) -> Term:
    """Return one term; an unknown code stands for itself."""
    return next((word for word in vocabulary(name) if word.code == code), Term(code, code, code))


@dataclass(frozen=True, slots=True)
class Place:
    """A township as shipped: code, name, whether the quota counts it."""

    code: str
    name: str
    counted: bool


@cache
def townships() -> tuple[Place, ...]:
    """Return the county's townships in the order of their codes."""
    return tuple(Place(row["code"], row["name"], row["counted"]) for row in table("townships")["township"])
