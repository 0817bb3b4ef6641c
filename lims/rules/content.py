"""Contents off a curve: a plate's own fit or a method's working curve, in the method's unit, or why there is none.

A plate's figure is what its standards give for a group of wells, times the dilution. A working curve is a line of the
kit's leaflet: c = (A - A_blank - intercept) / slope, times its dilution; A_blank is the mean of the run's blanks.
Outside the standards nothing is read: the figure is then the nearest end with `<` or `>` before it.
Where a content is told by mass and the standards by volume, the dilution is millilitres of extract to a gram of sample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lims.errors import Invalid
from lims.rules import inhibition, units
from lims.rules.curves import LINE, Curve
from lims.rules.figures import number
from lims.rules.inhibition import Place
from lims.rules.methods import Method
from lims.rules.verdict import Facts

FORMULA = "(A-A_blank-intercept)/slope*dilution, A_blank = mean of blanks"
_KEPT = ("calculation", "fit", "r2", "wells", "mean", "cv", "bound", "dilution", "formula", "blank_a", "curve_mark",
         "curve_limit", "curve_unit")  # fmt: skip
"""What of a curve goes into a verdict's basis, where a reading has it."""


@dataclass(frozen=True, slots=True)
class Plate:
    """What was calculated of the plate that a run stands on.

    Attributes:
        id: of the calculation.
        fit: `4pl` or `logit_log`.
        unit: of the standards.
        counts: whether all gates were kept.
        figures: as `plate.figures_of` writes them.
    """

    id: str = ""
    fit: str = ""
    unit: str = ""
    counts: bool = False
    figures: Mapping[str, object] = field(default_factory=dict)

    @property
    def lines(self) -> Sequence[Mapping[str, str]]:
        """Each group of wells with its figures."""
        return self.figures.get("lines", ())  # type: ignore[return-value] # our own writing

    @property
    def fault(self) -> tuple[str, str]:
        """Why nothing of it counts, as a code, and the first well it concerns; empty where all gates held."""
        if not self.id:
            return "curve_missing", ""
        faults: Sequence[Mapping[str, str]] = self.figures.get("faults", ())  # type: ignore[assignment] # the same
        first = faults[0] if faults else {"code": "", "where": ""}
        where = first["where"].split(" ")[0]
        return ("", "") if self.counts else (f"curve_{first['code']}", where)


def of_plates(method: Method) -> bool:
    """Tell whether a method's contents come from the standards on the plate itself."""
    return method.curve is not None and method.curve.fit != LINE


def told(method: Method, places: Mapping[str, Place], plate: Plate | None = None) -> dict[str, Facts]:
    """Return the facts of every position of a run, with what only the run as a whole can give.

    Args:
        method: of the run.
        places: position to what was read there.
        plate: what was calculated of the run's plate, where the method has its standards on one.
    """
    if method.curve is None:
        return inhibition.told(method, places)
    if method.curve.fit == LINE:
        return _lines(method, method.curve, places)
    by_well = {line["wells"].split(" ")[0]: line for line in plate.lines} if plate else {}
    return {
        position: _off(method, place.facts, plate or Plate(), by_well.get(position))
        for position, place in places.items()
    }


def basis_of(facts: Facts) -> dict[str, str]:
    """Return the figures behind a content that a verdict must name."""
    names = _KEPT if "curve_unit" in facts.extra else ()
    return {name: facts.extra[name] for name in names if facts.extra.get(name)}


# Plates ---------------------------------------------------------------------------------------------------


def _off(method: Method, facts: Facts, plate: Plate, line: Mapping[str, str] | None) -> Facts:
    if line is None:
        return _void(facts, plate.fault[0] or "not_on_plate")
    known = {name: line[name] for name in ("wells", "mean", "cv", "bound", "dilution")}
    known |= {"calculation": plate.id, "fit": plate.fit, "r2": str(plate.figures["r2"])}
    facts = replace(facts, extra={**facts.extra, **known, "curve_unit": plate.unit})
    figure = number(line["limit"] if line["mark"] else line["concentration"])
    return _void(facts, "no_value") if figure is None else _content(method, facts, figure, line["mark"])


# A line of the leaflet ------------------------------------------------------------------------------------


def _lines(method: Method, curve: Curve, places: Mapping[str, Place]) -> dict[str, Facts]:
    blanks = [
        a
        for one in places.values()
        if one.role == inhibition.BLANK and (a := _absorbance(one.facts)) is not None
    ]
    blank = sum(blanks, Decimal(0)) / len(blanks) if blanks else None
    return {
        position: _line(method, curve, place.facts, Decimal(0) if place.role == inhibition.BLANK else blank)
        for position, place in places.items()
    }


def _line(method: Method, curve: Curve, facts: Facts, blank: Decimal | None) -> Facts:
    a = _absorbance(facts)
    if facts.extra.get("void"):
        return facts
    if a is None or blank is None:
        return _void(facts, "no_value" if a is None else "no_control")
    found = (a - blank - curve.intercept) / curve.slope
    mark = "<" if found < curve.low else ">" if found > curve.high else ""
    kept = {"<": curve.low, ">": curve.high}.get(mark, found) * curve.dilution
    known = {"fit": LINE, "formula": FORMULA, "mean": f"{a:f}", "blank_a": f"{blank:f}"}
    known |= {"curve_unit": curve.unit, "dilution": f"{curve.dilution:f}"}
    return _content(method, replace(facts, extra={**facts.extra, **known}), kept, mark)


def _absorbance(facts: Facts) -> Decimal | None:
    """The absorbance of an assay's last window, or of a device that says absorbance itself."""
    if inhibition.is_assay(facts):
        return None if facts.extra.get("void") else number(facts.extra.get("last_a", ""))
    sound = facts.unit == "Abs" and facts.value is not None and facts.value.is_finite()
    return facts.value if sound else None


# Both -----------------------------------------------------------------------------------------------------


def _content(method: Method, facts: Facts, figure: Decimal, mark: str) -> Facts:
    try:
        value = content(figure, facts.extra["curve_unit"], method.unit)
    except Invalid:
        return _void(facts, "other_unit")
    value = rounded(value)
    more = {"curve_mark": mark, "curve_limit": f"{value:f}"} if mark else {}
    return replace(facts, value=value, unit=method.unit, mark=mark, extra={**facts.extra, **more})


def content(figure: Decimal, unit: str, to: str) -> Decimal:
    """Return a concentration times its dilution as a content.

    Raises:
        Invalid: the units do not fit together.
    """
    by_mass = to.rsplit("/", 1)[-1] in {"kg", "g", "100g"}
    of_extract = {"mL": "g", "L": "kg"}
    top, _, low = units.tidy(unit).rpartition("/")
    same = f"{top}/{of_extract[low]}" if by_mass and low in of_extract else unit
    return units.convert(figure, same, to)


def rounded(value: Decimal, digits: int = 6) -> Decimal:
    """Round half to even, to six significant digits, as every figure of a curve is kept."""
    if not value:
        return Decimal(0)
    found = value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1))
    return Decimal(f"{found.normalize():f}")


def _void(facts: Facts, why: str) -> Facts:
    return replace(facts, value=None, extra={**facts.extra, "void": why})
