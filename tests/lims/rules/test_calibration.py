"""Curves through made-up standards: what was put in comes out, nothing is read beyond the standards."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.rules.calibration import Gates, NoCurve, calibrate, four, gates, text
from lims.rules.plate import Well, groups, problems

LEVELS = ("0", "0.05", "0.15", "0.45", "1.35", "4.05")
TRUTH = (1.8, 1.1, 0.4, 0.06)
OPEN = Gates(1000, 0, 0, 1e9, 0)


def layout(samples: dict[str, str] | None = None) -> dict[str, Well]:
    wells = {
        f"{row}{place}": Well("standard", level=Decimal(level))
        for place, level in enumerate(LEVELS, 1)
        for row in "AB"
    }
    wells |= {"H1": Well("blank"), "H2": Well("blank")}
    for place, (name, dilution) in enumerate((samples or {"S-1": "1"}).items(), 1):
        wells |= {f"{row}{place}": Well("sample", name, dilution=Decimal(dilution)) for row in "CD"}
    return wells


def values(
    plan: dict[str, Well], read: dict[str, float], blank: float = 0.05, spread: float = 0.0
) -> dict[str, Decimal]:
    found = {}
    for name, well in plan.items():
        level = float(well.level) if well.level is not None else read.get(well.name, 0.0)
        figure = 0.0 if well.role == "blank" else four(level, *TRUTH)
        found[name] = Decimal(f"{figure * (1 + spread * (1 if name[0] in 'AC' else -1)) + blank:.6f}")
    return found


def one(fit: str, truth: float, dilution: str = "1", **more: Any) -> Any:
    plan = layout({"S-1": dilution})
    found = calibrate(plan, values(plan, {"S-1": truth}, **more), fit, OPEN)
    return next(line for line in found.lines if line.group.role == "sample"), found


@pytest.mark.parametrize("truth", [0.06, 0.3, 0.4, 1.0, 4.0])
def test_4pl_gives_back_what_was_put_in(truth: float) -> None:
    line, found = one("4pl", truth)
    assert line.concentration == pytest.approx(truth, rel=1e-3)
    assert found.r2 == pytest.approx(1.0, abs=1e-6)
    assert [found.parameters[name] for name in "abcd"] == pytest.approx(TRUTH, rel=1e-2)
    assert (found.blank, found.faults) == (pytest.approx(0.05), ())


def test_logit_log_gives_back_a_straight_line() -> None:
    plan = {**layout(), "C1": Well("sample", "S-1"), "D1": Well("sample", "S-1")}

    def figure(level: float) -> float:
        return 1.6 / (1 + math.exp(-(-2.3 * math.log10(level) - 0.9))) if level else 1.6

    found = calibrate(
        plan,
        {
            n: Decimal(
                f"{figure(float(w.level or 0) if w.role == 'standard' else 0.5) if w.role != 'blank' else 0:.6f}"
            )
            for n, w in plan.items()
        },
        "logit_log",
        OPEN,
    )
    line = next(line for line in found.lines if line.group.role == "sample")
    assert line.concentration == pytest.approx(0.5, rel=1e-3)
    assert [found.parameters[name] for name in ("slope", "intercept")] == pytest.approx(
        [-2.3, -0.9], rel=1e-3
    )
    assert [found.b0, found.r2] == pytest.approx([1.6, 1.0])


@pytest.mark.parametrize(
    ("truth", "mark", "limit"),
    [(0.01, "<", 0.05), (0.0, "<", 0.05), (9.0, ">", 4.05), (1e6, ">", 4.05)],
)
@pytest.mark.parametrize("fit", ["4pl", "logit_log"])
def test_nothing_is_read_beyond_the_standards(fit: str, truth: float, mark: str, limit: float) -> None:
    line, _ = one(fit, truth, "10")
    assert (line.concentration, line.mark) == (None, mark)
    assert line.limit == pytest.approx(limit * 10)


def test_above_the_curves_upper_end_is_below_the_lowest_standard() -> None:
    plan = layout()
    found = calibrate(plan, {**values(plan, {}), "C1": Decimal("2.9"), "D1": Decimal("2.9")}, "4pl", OPEN)
    line = next(line for line in found.lines if line.group.role == "sample")
    assert line.mark == "<"
    assert line.bound == pytest.approx(2.85 / 1.8 * 100, rel=1e-3)


def test_a_dilution_multiplies() -> None:
    assert one("4pl", 0.3, "20")[0].concentration == pytest.approx(6.0, rel=1e-3)


def test_standards_are_read_back_with_residuals_and_bound() -> None:
    found = one("4pl", 0.3)[1]
    standards = [line for line in found.lines if line.group.role == "standard"]
    assert standards[0].bound == pytest.approx(100.0)
    assert all(abs(line.residual or 0) < 1e-4 for line in standards)
    assert all(line.recovery == pytest.approx(100, abs=0.5) for line in standards if line.group.level)


def test_gates_name_what_they_refuse() -> None:
    plan = layout()
    read = {**values(plan, {"S-1": 0.3}, spread=0.3), "A3": Decimal("0.2"), "B3": Decimal("0.2")}
    del read["D1"]
    found = calibrate(plan, read, "4pl", Gates(15, 0.999, 80, 120, 2.5))
    codes = {fault.code for fault in found.faults}
    assert codes == {"r2", "b0", "cv", "recovery", "unread"}
    assert next(fault.where for fault in found.faults if fault.code == "unread") == "C1 D1"


def test_the_gates_in_force_are_data() -> None:
    assert gates() == Gates(15.0, 0.98, 80.0, 120.0, 0.5)


@pytest.mark.parametrize(
    ("fit", "change", "code"),
    [
        ("4pl", {"A": "1"}, "flat"),
        ("logit_log", {"A": "1"}, "few_standards"),
        ("logit_log", {"A": "0"}, "no_b0"),
        ("4pl", {}, "few_standards"),
    ],
)
def test_no_curve_is_said(fit: str, change: dict[str, str], code: str) -> None:
    plan = layout()
    read = {name: Decimal(change["A"]) for name in plan if change and name[0] in "AB"}
    with pytest.raises(NoCurve) as caught:
        calibrate(plan, read, fit, OPEN)
    assert caught.value.code == code


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.8, 3.0),
    st.floats(0.7, 2.0),
    st.floats(0.1, 1.5),
    st.floats(0.0, 0.2),
    st.booleans(),
    st.floats(0.06, 4.0),
)
def test_any_curve_rising_or_falling_is_found(
    a: float, b: float, c: float, d: float, rising: bool, truth: float
) -> None:
    shape = (d, b, c, a) if rising else (a, b, c, d)
    plan = layout()
    read = {
        name: Decimal(f"{four(float(well.level) if well.level is not None else truth, *shape):.9f}")
        for name, well in plan.items()
        if well.role != "blank"
    }
    line = next(line for line in calibrate(plan, read, "4pl", OPEN).lines if line.group.role == "sample")
    assert line.concentration == pytest.approx(truth, rel=0.02)


@pytest.mark.parametrize(("number", "said"), [(0.123456789, "0.123457"), (1234567.0, "1234570"), (0.0, "0")])
def test_figures_are_texts_of_six_digits(number: float, said: str) -> None:
    assert text(number) == said


def test_repeats_stand_together() -> None:
    found = groups(layout({"S-1": "1", "S-2": "2"}))
    assert [(one.role, one.name, one.wells) for one in found if one.role == "sample"] == [
        ("sample", "S-1", ("C1", "D1")),
        ("sample", "S-2", ("C2", "D2")),
    ]
    assert [one.wells for one in found if one.role == "blank"] == [("H1", "H2")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"I1": Well("blank")}, "plate.well"),
        ({"A13": Well("blank")}, "plate.well"),
        ({"E1": Well("other")}, "plate.role"),
        ({"E1": Well("standard")}, "plate.level"),
        ({"E1": Well("standard", level=Decimal(-1))}, "plate.level"),
        ({"E1": Well("sample")}, "plate.name"),
        ({"E1": Well("sample", "S-1", dilution=Decimal(0))}, "plate.dilution"),
        ({"E1": Well("sample", "S-1", dilution=Decimal(2))}, "plate.dilutions"),
    ],
)
def test_a_layout_that_cannot_be_calculated_says_where(change: dict[str, Well], code: str) -> None:
    assert problems(layout(), "4pl") == []
    assert code in {problem.code for problem in problems({**layout(), **change}, "4pl")}


def test_a_curve_needs_its_standards() -> None:
    few = {"A1": Well("standard", level=Decimal(1)), "A2": Well("standard", level=Decimal(2))}
    assert {one.code for one in problems(few, "logit_log")} == {
        "plate.levels",
        "plate.no_zero",
        "plate.no_sample",
    }
    assert [one.code for one in problems({}, "spline")] == ["plate.fit"]
