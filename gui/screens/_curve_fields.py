"""A method's curve: what a changed one asks, and in words how its plate is laid out and which gates it keeps."""

from collections.abc import Mapping

from gui.widgets.field import Field
from lims import text
from lims.queries.methods import Known
from lims.rules import calibration, curves
from lims.rules.curves import GATES, LINE, Curve
from lims.text import mark, t

BEGINS, EDITION = "curve_", mark("Edition")
_PLATE, _LINE = mark("Plate: standards on every plate"), mark("Working curve: a line of the leaflet")
_SIDES = (("across", mark("side by side (A1 A2)")), ("down", mark("one under another (A1 B1)")))


def _field(
    name: str, kind: str = "text", section: str = "", hint: str = "", *, required: bool = False
) -> Field:
    label = f"word.curve_field.{name}"
    return Field(
        BEGINS + name, label, kind, section=section, hint=hint, required=required, slash=not required
    )


def _choice(
    name: str, section: str, options: tuple[tuple[str, str], ...], *, required: bool = False
) -> Field:
    label = f"word.curve_field.{name}"
    return Field(BEGINS + name, label, "choice", options, section=section, required=required, slash=False)


def fields(*, required: bool) -> tuple[Field, ...]:
    """Return what a curve asks; a gate without an answer stays the program's own, which stands in its input."""
    own, head = calibration.gates(), mark("Curve: absorbance becomes a content")
    fits = tuple((one, text.words(f"plate_fit.{one}")) for one in curves.FITS)
    return (
        _choice("fit", head, fits, required=required),
        _field("unit", section=head, hint="ng/mL ug/L", required=required),
        _field("dilution", "number", head, "1"),
        _field("standards", section=_PLATE, hint=mark("with a space between: 0 0.05 0.15 0.45")),
        _field("repeats", section=_PLATE, hint="1"),
        _choice("laid", _PLATE, _SIDES),
        _field("blanks", section=_PLATE, hint="0"),
        _field("controls", section=_PLATE, hint=mark("names with a space between, or /")),
        *(_field(name, "number", _PLATE, f"{getattr(own, name):g}") for name in GATES),
        *(_field(name, "number", _LINE) for name in ("slope", "intercept", "low", "high")),
    )


def change_fields() -> tuple[Field, ...]:
    """Return what another curve of a method asks."""
    return (
        *fields(required=True),
        Field("source", mark("Where it is written"), required=True, slash=False, section=EDITION,
              hint=mark("document, number, page")),
        Field("clause", mark("Clause"), required=True, slash=False, section=EDITION),
        *since(),
    )  # fmt: skip


def since() -> tuple[Field, ...]:
    """Return from when an edition counts, and why."""
    return (
        Field("from", mark("First day it counts"), "date", required=True, slash=False, section=EDITION),
        Field("reason", mark("Reason"), required=True, slash=False, section=EDITION),
    )


def filled(known: Known | None) -> Mapping[str, str]:
    """Return what the form of a curve begins with."""
    if known is None:
        return {}
    one = known.method
    written = {"source": one.source, "clause": one.clause}
    return (
        written | {BEGINS + name: said for name, said in one.curve.said().items()} if one.curve else written
    )


def about(curve: Curve) -> list[str]:
    """Say a curve, one thing a line."""
    fit = text.words(f"plate_fit.{curve.fit}")
    if curve.fit == LINE:
        ends = f"{curve.low:f}–{curve.high:f} {curve.unit}"
        return [t("{fit}: A = {slope} c + {intercept}, {ends}, × {dilution}", fit=fit, slope=f"{curve.slope:f}",
                  intercept=f"{curve.intercept:f}", ends=ends, dilution=f"{curve.dilution:f}")]  # fmt: skip
    if not curve.standards:
        return [t("{fit}: standards in {unit}, laid out freely", fit=fit, unit=curve.unit)]
    levels = " ".join(f"{one:f}" for one in curve.standards)
    plate = t("{repeats} wells each, {blanks} blank wells, controls: {controls}, dilution {dilution}",
              repeats=curve.repeats, blanks=curve.blanks, controls=" ".join(curve.controls) or "/",
              dilution=f"{curve.dilution:f}")  # fmt: skip
    own = [f"{text.words(f'curve_field.{name}')} {getattr(curve, name)}" for name in GATES
           if getattr(curve, name) is not None]  # fmt: skip
    gates = t("format.comma").join(own) or t("the program's own gates, unverified")
    return [f"{fit}: {levels} {curve.unit}", plate, gates]
