"""What makes a content of an absorbance: a working curve, or a plate's standards and all that the kit asks of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import pairwise

from lims.errors import Invalid, Problem, Word
from lims.rules import units
from lims.rules.figures import number
from lims.rules.plate import LEAST_LEVELS, Group, Layout, Well, groups

LINE = "line"
FITS = ("4pl", "logit_log", LINE)
LAID = ("across", "down")
GATES = ("cv_most", "r2_least", "recovery_low", "recovery_high", "b0_least")
ROWS, COLUMNS = "ABCDEFGH", range(1, 13)


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
        dilution: by what a concentration is multiplied; a sample's wells on a plate may say another.
        standards: concentrations of a plate's standards, the lowest first; without any a plate is laid out freely.
        repeats: wells of each standard, control and sample.
        laid: where repeats stand: `across`, side by side, or `down`, one under another.
        blanks: wells without conjugate or sample.
        controls: names of the controls that a plate needs.
        cv_most: gates of the calibration (`plates.toml`); None where the program's own serve.
        r2_least: the same.
        recovery_low: the same.
        recovery_high: the same.
        b0_least: the same.
    """

    fit: str
    unit: str
    slope: Decimal = Decimal(1)
    intercept: Decimal = Decimal(0)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    dilution: Decimal = Decimal(1)
    standards: tuple[Decimal, ...] = ()
    repeats: int = 1
    laid: str = "across"
    blanks: int = 0
    controls: tuple[str, ...] = ()
    cv_most: Decimal | None = None
    r2_least: Decimal | None = None
    recovery_low: Decimal | None = None
    recovery_high: Decimal | None = None
    b0_least: Decimal | None = None

    def said(self) -> dict[str, str]:
        """Return what is said of a curve as a text holds it; what was left to the defaults is left out."""
        straight = _LINE if self.fit == LINE else _PLATE
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name in straight}
        defaults = {one.name: one.default for one in fields(self)} if self.fit != LINE else {}
        return {name: _text(value) for name, value in kept.items() if value != defaults.get(name, ...)}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_text, value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# From text ------------------------------------------------------------------------------------------------

_LINE = frozenset({"fit", "unit", "slope", "intercept", "low", "high", "dilution"})
_PLATE = frozenset({"fit", "unit", "dilution", "standards", "repeats", "laid", "blanks", "controls", *GATES})
_WHOLE = {"repeats": (1, 6), "blanks": (0, 12)}
_BOUNDS = {
    "cv_most": (Decimal(0), Decimal(100)), "r2_least": (Decimal(0), Decimal(1)),
    "recovery_low": (Decimal(0), Decimal(100)), "recovery_high": (Decimal(100), Decimal(1000)),
    "b0_least": (Decimal(0), Decimal(10)),
}  # fmt: skip
NAMES = tuple(one.name for one in fields(Curve))


def read(row: Mapping[str, str]) -> Curve:
    """Return the curve of a text in which `problems` finds none."""
    texts = {name: row[name] for name in ("fit", "unit", "laid") if name in row}
    whole = {name: int(row[name]) for name in _WHOLE if name in row}
    lists = {
        "standards": tuple(map(Decimal, row.get("standards", "").split())),
        "controls": tuple(row.get("controls", "").split()),
    }
    numbers = {name: Decimal(text) for name, text in row.items() if name not in {*texts, *whole, *lists}}
    return Curve(**texts, **whole, **lists, **numbers)  # type: ignore[arg-type] # each name has its kind above


def problems(where: str, row: Mapping[str, str]) -> list[Problem]:
    """Return everything that is wrong in the text of a curve.

    Args:
        where: id of its method.
        row: name to text.
    """
    if wrong := list(_words(where, row)) or list(_numbers(where, row)):
        return wrong
    found = read(row)
    return [*_line(where, found)] if found.fit == LINE else [*_plate(where, found), *_gates(where, found)]


def named(name: str) -> Word:
    """Return the name of a curve's field as people read it."""
    return Word(f"curve_field.{name}")


def _words(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    for name, known in (("fit", FITS), ("laid", LAID)):
        if row.get(name, known[0]) not in known or (name == "fit" and name not in row):
            shown = {"name": named(name), "value": row.get(name, ""), "known": " ".join(known)}
            yield Problem("methods.word", where, shown)
    try:
        units.tidy(row.get("unit", ""))
    except Invalid:
        shown = {"name": named("unit"), "value": row.get("unit", ""), "known": " ".join(units.UNITS)}
        yield Problem("methods.word", where, shown)
    straight = row.get("fit") == LINE
    for name in row.keys() - (_LINE if straight else _PLATE):
        known_ = name in NAMES
        yield Problem(
            "curve.foreign" if known_ else "edition.unknown_field", where,
            {"name": named(name) if known_ else name},
        )  # fmt: skip
    for name in sorted(_LINE - row.keys()) if straight else ():
        yield Problem("methods.needed", where, {"name": named(name)})


def _numbers(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    for name, text in row.items():
        if name in _WHOLE:
            low, high = _WHOLE[name]
            if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
                yield Problem(
                    "curve.whole", where, {"name": named(name), "value": text, "low": low, "high": high}
                )
        elif name not in {"fit", "unit", "laid", "controls"}:
            for one in text.split() or [""]:
                if number(one) is None:
                    yield Problem("methods.figure", where, {"name": named(name), "value": one})


def _line(where: str, one: Curve) -> Iterator[Problem]:
    if one.slope == 0:
        yield Problem("curve.flat", where)
    if one.low > one.high:
        yield Problem("methods.order", where, {"low": named("low"), "high": named("high")})
    yield from _dilution(where, one)


def _dilution(where: str, one: Curve) -> Iterator[Problem]:
    if one.dilution <= 0:
        yield Problem("curve.dilution", where, {"value": f"{one.dilution:f}"})


def _plate(where: str, one: Curve) -> Iterator[Problem]:
    yield from _dilution(where, one)
    if len(set(one.controls)) != len(one.controls):
        yield Problem("curve.controls", where)
    if not one.standards:
        if one.blanks or one.controls:
            yield Problem("curve.no_standards", where)
        return
    if one.standards[0] < 0 or any(low >= high for low, high in pairwise(one.standards)):
        yield Problem("curve.rising", where, {"standards": _text(one.standards)})
    above = sum(level > 0 for level in one.standards)
    if above < LEAST_LEVELS[one.fit]:
        yield Problem("plate.levels", where, {"found": above, "least": LEAST_LEVELS[one.fit]})
    if one.fit == "logit_log" and one.standards[0] != 0:
        yield Problem("plate.no_zero", where)
    if next(spare(one, _fixed(one)), None) is None:
        wells = one.repeats * (len(one.standards) + len(one.controls)) + one.blanks
        yield Problem("curve.full", where, {"wells": wells})


def _gates(where: str, one: Curve) -> Iterator[Problem]:
    for name, (low, high) in _BOUNDS.items():
        value: Decimal | None = getattr(one, name)
        if value is not None and not low <= value <= high:
            shown = {"name": named(name), "value": f"{value:f}", "low": f"{low}", "high": f"{high}"}
            yield Problem("curve.gate", where, shown)


# On the plate ---------------------------------------------------------------------------------------------


def laid_out(curve: Curve) -> Layout:
    """Return the wells of the standards, controls and blanks that a plate begins with; none where nothing is said."""
    return _fixed(curve) if curve.standards else {}


def _fixed(curve: Curve) -> dict[str, Well]:
    kept = [Well("standard", level=level) for level in curve.standards]
    kept += [Well("control", name, dilution=curve.dilution) for name in curve.controls]
    kept += [Well("blank")] * -(-curve.blanks // curve.repeats)
    placed = [(well, one) for one, wells in zip(kept, _blocks(curve), strict=False) for well in wells]
    over = -curve.blanks % curve.repeats
    return dict(placed[: len(placed) - over])


def spare(curve: Curve, layout: Layout) -> Iterator[tuple[str, ...]]:
    """Yield groups of empty wells in which the repeats of further samples can stand, in the order of the plate."""
    return (wells for wells in _blocks(curve) if not any(well in layout for well in wells))


def _blocks(curve: Curve) -> Iterator[tuple[str, ...]]:
    """Yield the places of groups: side by side from row to row, or one under another from column to column."""
    if curve.laid == "across":
        for first in range(1, 14 - curve.repeats, curve.repeats):
            for row in ROWS:
                yield tuple(f"{row}{first + at}" for at in range(curve.repeats))
        return
    for column in COLUMNS:
        for top in range(0, 9 - curve.repeats, curve.repeats):
            yield tuple(f"{ROWS[top + at]}{column}" for at in range(curve.repeats))


def departs(curve: Curve, unit: str, layout: Layout) -> list[Problem]:
    """Return in what a plate is laid out otherwise than its method says; nothing where the method says nothing.

    Args:
        curve: of the method.
        unit: of the plate's standards.
        layout: what stands in each well.
    """
    return list(_departing(curve, unit, groups(layout))) if curve.standards else []


def _departing(curve: Curve, unit: str, found: Sequence[Group]) -> Iterator[Problem]:
    if units.tidy(unit) != units.tidy(curve.unit):
        yield Problem("plate.other_unit", "", {"found": unit, "wanted": curve.unit})
    levels = _levels(found)
    if levels != list(curve.standards):
        shown = {"found": _text(tuple(levels)), "wanted": _text(curve.standards)}
        yield Problem("plate.other_levels", "", shown)
    blanks = sum(len(one.wells) for one in found if one.role == "blank")
    if blanks < curve.blanks:
        yield Problem("plate.few_blanks", "", {"found": blanks, "wanted": curve.blanks})
    there = {one.name for one in found if one.role == "control"}
    yield from (Problem("plate.no_control", "", {"name": one}) for one in curve.controls if one not in there)
    for one in found:
        if one.role != "blank" and len(one.wells) < curve.repeats:
            yield Problem("plate.few_repeats", one.wells[0], {"well": one.wells[0], "wanted": curve.repeats})


def _levels(found: Sequence[Group]) -> list[Decimal]:
    return sorted(one.level for one in found if one.role == "standard" and one.level is not None)
