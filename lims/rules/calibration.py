"""Standard curves of a plate: 4PL and logit-log, with residuals, standards read back, B/B0 and gates.

Nothing is read beyond the standards: a figure outside them is said as `<` the lowest or `>` the highest. Every number
here is a float of the calculation; what is kept and shown is a text of six significant digits.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import correlation, linear_regression

from lims.rules import regulation
from lims.rules.curves import GATES, Curve
from lims.rules.plate import Group, Layout, groups

Values = Mapping[str, Decimal]
"""Well to its absorbance; a well that is absent was not read or is over the range."""


@dataclass(frozen=True, slots=True)
class Gates:
    """What a calibration must keep to count; see `plates.toml`, where their source stands."""

    cv_most: float
    r2_least: float
    recovery_low: float
    recovery_high: float
    b0_least: float


@dataclass(frozen=True, slots=True)
class Fault:
    """A gate that was not kept: a code, where, what was found and what the gate is."""

    code: str
    where: str
    found: str
    gate: str


@dataclass(frozen=True, slots=True)
class Line:
    """One group of wells, as it was read and what the curve makes of it.

    Attributes:
        group: its wells.
        read: how many of its wells have a figure.
        mean: mean absorbance, blank taken off; None where no well has a figure.
        cv: coefficient of variation in percent; None with fewer than two figures.
        bound: B/B0 in percent; None without a zero standard.
        residual: measured minus fitted, of a standard.
        concentration: read off the curve and multiplied by the dilution; None where `mark` says so.
        mark: `<` or `>` where it lies outside the standards, then `limit` is the nearest one times the dilution.
        limit: see `mark`.
        recovery: of a standard above zero, what it reads back in percent of its level.
    """

    group: Group
    read: int
    mean: float | None = None
    cv: float | None = None
    bound: float | None = None
    residual: float | None = None
    concentration: float | None = None
    mark: str = ""
    limit: float | None = None
    recovery: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted curve and everything read off it.

    Attributes:
        fit: `4pl` or `logit_log`.
        parameters: of the curve, by name.
        r2: coefficient of determination, on the scale that was fitted.
        blank: mean of the blanks that was taken off; None without one.
        b0: mean of the zero standard, blank taken off; None without one.
        lines: one for each group of the layout.
        faults: gates that were not kept; empty where it counts.
        curve: absorbance by concentration, for drawing.
    """

    fit: str
    parameters: Mapping[str, float]
    r2: float
    blank: float | None
    b0: float | None
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]
    curve: tuple[tuple[float, float], ...] = field(repr=False, default=())


class NoCurve(ValueError):  # noqa: N818 - read aloud where it is raised
    """No curve can be laid through these standards; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Curve:
    """A fitted curve in both directions; `down` gives None where no concentration has this absorbance."""

    parameters: Mapping[str, float]
    r2: float
    up: Callable[[float], float]
    down: Callable[[float], float | None]
    low_end: float  # the absorbance towards which it goes at concentration zero


def gates(curve: Curve | None = None) -> Gates:
    """Return the gates that a method's curve says, and where it says none the program's own."""
    found = regulation.table("plates")["gates"]
    said = {name: value for name in GATES if (value := getattr(curve, name, None)) is not None}
    return Gates(**{name: float(said.get(name, found[name])) for name in GATES})


def calibrate(layout: Layout, values: Values, fit: str, kept: Gates | None = None) -> Calibration:
    """Fit the standards of a plate and read everything else off the curve.

    Args:
        layout: what stands in each well; `plate.problems` of it is empty.
        values: absorbance of each well.
        fit: `4pl` or `logit_log`.
        kept: the gates; the program's own by default.

    Raises:
        NoCurve: `few_standards` (fewer figures than parameters), `no_b0`, `flat`, or `no_fit` (it does not converge).
    """
    limits = kept or gates()
    blank = _mean_of([one for one in groups(layout) if one.role == "blank"], values)
    plain = [_line(group, values, blank or 0.0) for group in groups(layout)]
    points = [
        (float(one.group.level), one.mean)
        for one in plain
        if one.group.role == "standard" and one.group.level is not None and one.mean is not None
    ]
    b0 = next((mean for level, mean in points if level == 0), None)
    curve = _logit_log(points, b0) if fit == "logit_log" else _four(points)
    levels = sorted(level for level, _ in points if level > 0)
    lines = tuple(_read_off(one, curve, b0, levels) for one in plain)
    drawn = tuple((level, curve.up(level)) for level in _steps(levels))
    faults = tuple(_faults(lines, curve.r2, b0, limits))
    return Calibration(fit, curve.parameters, curve.r2, blank, b0, lines, faults, drawn)


def _line(group: Group, values: Values, blank: float) -> Line:
    figures = [float(values[well]) - blank for well in group.wells if well in values]
    if not figures:
        return Line(group, 0)
    mean = math.fsum(figures) / len(figures)
    if len(figures) < 2:
        return Line(group, 1, mean)
    spread = math.sqrt(math.fsum((one - mean) ** 2 for one in figures) / (len(figures) - 1))
    return Line(group, len(figures), mean, abs(spread / mean) * 100 if mean else None)


def _mean_of(found: Sequence[Group], values: Values) -> float | None:
    figures = [float(values[well]) for group in found for well in group.wells if well in values]
    return math.fsum(figures) / len(figures) if figures else None


# Curves ---------------------------------------------------------------------------------------------------


def four(x: float, a: float, b: float, c: float, d: float) -> float:
    """Four-parameter logistic: `a` at zero, `d` at infinity, `c` half-way between, `b` the slope there."""
    return d + (a - d) / (1 + (x / c) ** b) if x > 0 else a


def _four(points: Sequence[tuple[float, float]]) -> _Curve:
    from scipy.optimize import curve_fit  # noqa: PLC0415 - a second that only a plate has to pay

    levels = [level for level, _ in points if level > 0]
    if len(points) < 4 or len(set(levels)) < 3:
        raise NoCurve("few_standards")
    first, last = min(points)[1], max(points)[1]
    if abs(first - last) < 1e-9:
        raise NoCurve("flat")
    middle = math.exp(math.fsum(map(math.log, levels)) / len(levels))

    def fitted(xs: Sequence[float], a: float, b: float, ln_c: float, d: float) -> list[float]:
        return [four(x, a, b, math.exp(ln_c), d) for x in xs]

    try:
        (a, b, ln_c, d), _ = curve_fit(
            fitted,
            [x for x, _ in points],
            [y for _, y in points],
            p0=(first, 1.0, math.log(middle), last),
            bounds=([-10, 0.05, math.log(middle) - 25, -10], [10, 20, math.log(middle) + 25, 10]),
            maxfev=20_000,
        )
    except (RuntimeError, ValueError, OverflowError) as error:
        raise NoCurve("no_fit") from error
    a, b, c, d = float(a), float(b), math.exp(float(ln_c)), float(d)

    def up(x: float) -> float:
        return four(x, a, b, c, d)

    def down(y: float) -> float | None:
        ratio = (a - d) / (y - d) - 1 if y != d else -1.0
        return c * ratio ** (1 / b) if ratio > 0 else None

    r2 = _r2([y for _, y in points], [up(x) for x, _ in points])
    return _Curve({"a": a, "b": b, "c": c, "d": d}, r2, up, down, a)


def _logit_log(points: Sequence[tuple[float, float]], b0: float | None) -> _Curve:
    if b0 is None or b0 <= 0:
        raise NoCurve("no_b0")
    usable = [(math.log10(x), y / b0) for x, y in points if x > 0 and 0 < y / b0 < 1]
    if len(usable) < 3:
        raise NoCurve("few_standards")
    logits = [math.log(share / (1 - share)) for _, share in usable]
    logs = [x for x, _ in usable]
    if len(set(logs)) < 2:
        raise NoCurve("few_standards")
    slope, cut = linear_regression(logs, logits)
    if not math.isfinite(slope) or abs(slope) < 1e-9:
        raise NoCurve("flat")

    def up(x: float) -> float:
        return b0 / (1 + math.exp(-(slope * math.log10(x) + cut))) if x > 0 else b0

    def down(y: float) -> float | None:
        share = y / b0
        return 10 ** ((math.log(share / (1 - share)) - cut) / slope) if 0 < share < 1 else None

    parameters = {"slope": slope, "intercept": cut}
    return _Curve(parameters, correlation(logs, logits) ** 2, up, down, b0 if slope < 0 else 0.0)


def _r2(measured: Sequence[float], fitted: Sequence[float]) -> float:
    mean = math.fsum(measured) / len(measured)
    total = math.fsum((one - mean) ** 2 for one in measured)
    left = math.fsum((one - other) ** 2 for one, other in zip(measured, fitted, strict=True))
    return 1 - left / total if total else 0.0


def _steps(levels: Sequence[float]) -> list[float]:
    low, high = math.log(levels[0]), math.log(levels[-1])
    return [math.exp(low + (high - low) * step / 60) for step in range(61)]


# Reading off ----------------------------------------------------------------------------------------------


def _read_off(line: Line, curve: _Curve, b0: float | None, levels: Sequence[float]) -> Line:
    if line.mean is None or line.group.role == "blank":
        return line
    bound = line.mean / b0 * 100 if b0 else None
    if line.group.role == "standard" and line.group.level is not None:
        return _standard(line, float(line.group.level), curve, bound)
    found, times = curve.down(line.mean), float(line.group.dilution)
    if found is not None and levels[0] <= found <= levels[-1]:
        return Line(line.group, line.read, line.mean, line.cv, bound, concentration=found * times)
    below = found < levels[0] if found is not None else _nearer_zero(line.mean, curve, levels)
    limit = (levels[0] if below else levels[-1]) * times
    return Line(line.group, line.read, line.mean, line.cv, bound, mark="<" if below else ">", limit=limit)


def _nearer_zero(mean: float, curve: _Curve, levels: Sequence[float]) -> bool:
    """Whether an absorbance that the curve never reaches lies beyond its end at concentration zero."""
    return abs(mean - curve.low_end) < abs(mean - curve.up(levels[-1]))


def _standard(line: Line, level: float, curve: _Curve, bound: float | None) -> Line:
    mean = line.mean or 0.0
    residual = mean - curve.up(level)
    if level == 0:
        return Line(line.group, line.read, mean, line.cv, bound, residual)
    back = curve.down(mean)
    recovery = None if back is None else back / level * 100
    return Line(line.group, line.read, mean, line.cv, bound, residual, back, recovery=recovery)


def _faults(lines: Sequence[Line], r2: float, b0: float | None, limits: Gates) -> list[Fault]:
    found = [Fault("r2", "", text(r2), text(limits.r2_least))] if r2 < limits.r2_least else []
    if b0 is not None and b0 < limits.b0_least:
        found.append(Fault("b0", "", text(b0), text(limits.b0_least)))
    for line in lines:
        where = " ".join(line.group.wells)
        if line.read < len(line.group.wells):
            found.append(Fault("unread", where, str(line.read), str(len(line.group.wells))))
        if line.cv is not None and line.cv > limits.cv_most and line.group.role != "blank":
            found.append(Fault("cv", where, text(line.cv), text(limits.cv_most)))
        if line.group.role == "standard" and line.group.level:
            found += _recovery(line, where, limits)
    return found


def _recovery(line: Line, where: str, limits: Gates) -> list[Fault]:
    gate = f"{text(limits.recovery_low)}–{text(limits.recovery_high)}"
    if line.recovery is None:
        return [Fault("recovery", where, "", gate)] if line.mean is not None else []
    inside = limits.recovery_low <= line.recovery <= limits.recovery_high
    return [] if inside else [Fault("recovery", where, text(line.recovery), gate)]


def text(number: float) -> str:
    """Six significant digits without an exponent, as figures are kept and shown."""
    return format(Decimal(f"{number:.6g}"), "f")
