"""Assays that this program runs on bare photometer boards: times, wavelength and the bounds of the control."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import MappingProxyType

from lims.errors import Problem, Word
from lims.rules import regulation
from lims.rules.figures import number

MEASURES = ("absorbance", "gray")


@dataclass(frozen=True, slots=True)
class Assay:
    """How a method's assay is run on a bare board, and the bounds of its control.

    Attributes:
        method: whose assay it is.
        measure: `absorbance` of a cuvette, or `gray` of a dry card, which needs no zero and no wavelength.
        wavelength: nanometres.
        preheat: seconds from the start to the first window.
        detect: seconds from there to the end of the last window.
        window: how long each window is open at least, in seconds.
        control_least: least change of absorbance of the control; below it the enzyme or the reagent is spent.
        control_most: greatest.
        controls_agree: how far several controls may differ from their mean, as a part of it.
        fall: how far an absorbance may fall before it is no reaction.
        zero_minutes: how long a zeroing holds.
        verified: whether the figures were checked against their source.
        source: where they come from.
    """

    method: str
    measure: str
    wavelength: int
    preheat: float
    detect: float
    window: float
    control_least: Decimal
    control_most: Decimal
    controls_agree: Decimal
    fall: Decimal
    zero_minutes: int
    verified: bool
    source: str

    def said(self) -> dict[str, str]:
        """Return its figures and their source as a text holds them."""
        return {name: _text(getattr(self, name)) for name in asked(self.measure)} | {SOURCE: self.source}


def _text(figure: float | Decimal) -> str:
    return f"{figure:f}" if isinstance(figure, Decimal) else f"{figure:g}"


@cache
def shipped() -> Mapping[tuple[str, str], Assay]:
    """Return the assays of this program by their method and measure."""
    decimals = ("control_least", "control_most", "controls_agree", "fall")
    rows = regulation.table("assays")["assay"]
    return {
        (row["method"], row["measure"]): Assay(**{**row, **{name: Decimal(row[name]) for name in decimals}})
        for row in rows
    }


# From text ------------------------------------------------------------------------------------------------

BOUNDS = MappingProxyType(
    {
        "wavelength": ("200", "1100"), "preheat": ("0", "3600"), "detect": ("1", "7200"), "window": ("0.5", "600"),
        "control_least": ("0", "4"), "control_most": ("0", "4"), "controls_agree": ("0", "1"), "fall": ("0", "1"),
        "zero_minutes": ("1", "1440"),
    }
)  # fmt: skip
"""The figures of an assay, and between which each lies."""
SOURCE = "source"
_OF_CUVETTES = ("wavelength", "zero_minutes")


def asked(measure: str) -> tuple[str, ...]:
    """Return the names of the figures of an assay: a dry card has neither a wavelength nor a zero."""
    return tuple(name for name in BOUNDS if measure != "gray" or name not in _OF_CUVETTES)


def named(name: str) -> Word:
    """Return the name of a figure as people read it."""
    return Word(f"board_field.{name}")


def problems(where: str, measure: str, row: Mapping[str, str]) -> list[Problem]:
    """Return everything that is wrong in the text of a method's assay."""
    names = (*asked(measure), SOURCE)
    wrong = [Problem("edition.unknown_field", where, {"name": name}) for name in row if name not in names]
    wrong += [Problem("methods.needed", where, {"name": named(name)}) for name in names if name not in row]
    return wrong or list(_beyond(where, row)) or list(_together(where, row))


def read(method: str, measure: str, row: Mapping[str, str]) -> Assay:
    """Return the assay of a text in which `problems` finds none; two people put it in with its source."""
    numbers = {name: Decimal(row.get(name, "0")) for name in BOUNDS}
    return Assay(
        method=method,
        measure=measure,
        wavelength=int(numbers["wavelength"]),
        preheat=float(numbers["preheat"]),
        detect=float(numbers["detect"]),
        window=float(numbers["window"]),
        control_least=numbers["control_least"],
        control_most=numbers["control_most"],
        controls_agree=numbers["controls_agree"],
        fall=numbers["fall"],
        zero_minutes=int(numbers["zero_minutes"]),
        verified=True,
        source=row[SOURCE],
    )


def _beyond(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    for name, text in ((name, text) for name, text in row.items() if name != SOURCE):
        low, high = BOUNDS[name]
        shown = {"name": named(name), "value": text, "low": low, "high": high}
        if not _within(text, low, high):
            yield Problem("curve.gate", where, shown)
        elif name in _OF_CUVETTES and not text.isdigit():
            yield Problem("curve.whole", where, shown)


def _together(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    if Decimal(row["control_least"]) >= Decimal(row["control_most"]):
        shown = {"low": named("control_least"), "high": named("control_most")}
        yield Problem("methods.order", where, shown)
    if 2 * Decimal(row["window"]) >= Decimal(row["detect"]):
        yield Problem("board.window", where, {"window": row["window"], "detect": row["detect"]})


def _within(text: str, low: str, high: str) -> bool:
    value = number(text)
    return value is not None and Decimal(low) <= value <= Decimal(high)
