"""A method's curve: what its text may say, the wells it lays out, and in what a plate departs from it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lims.rules import calibration, curves
from lims.rules.curves import Curve
from lims.rules.plate import Well

SAID = {"fit": "4pl", "unit": "ng/mL", "standards": "0 0.05 0.15 0.45 1.35", "repeats": "2", "blanks": "3",
        "controls": "QC1 QC2", "dilution": "10", "cv_most": "12.5"}  # fmt: skip
LINE = {
    "fit": "line",
    "unit": "mg/L",
    "slope": "1",
    "intercept": "0",
    "low": "0.02",
    "high": "2",
    "dilution": "5",
}


def codes(row: dict[str, str]) -> list[str]:
    return [one.code for one in curves.problems("M", row)]


def test_what_a_text_says_of_a_curve_is_read_and_written_back() -> None:
    assert (codes(SAID), codes(LINE), codes({"fit": "4pl", "unit": "ng/mL"})) == ([], [], [])
    assert curves.read(SAID).said() == SAID
    assert curves.read(LINE).said() == LINE
    assert curves.read(SAID).standards[-1] == Decimal("1.35")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"fit": "5pl"}, ["methods.word"]),
        ({"unit": "ng"}, ["methods.word"]),
        ({"laid": "round"}, ["methods.word"]),
        ({"slope": "1"}, ["curve.foreign"]),
        ({"colour": "red"}, ["edition.unknown_field"]),
        ({"repeats": "0"}, ["curve.whole"]),
        ({"repeats": "2.0"}, ["curve.whole"]),
        ({"standards": "0 a"}, ["methods.figure"]),
        ({"standards": "0 1 0.5 2 4"}, ["curve.rising"]),
        ({"standards": "-1 1 2 3 4"}, ["curve.rising"]),
        ({"standards": "0 1 2 3"}, ["plate.levels"]),
        ({"standards": "1 2 3", "fit": "logit_log"}, ["plate.no_zero"]),
        ({"repeats": "6", "standards": " ".join(map(str, range(14)))}, ["curve.full"]),
        ({"controls": "QC QC"}, ["curve.controls"]),
        ({"dilution": "0"}, ["curve.dilution"]),
        ({"r2_least": "1.2"}, ["curve.gate"]),
        ({"recovery_low": "120", "recovery_high": "80"}, ["curve.gate", "curve.gate"]),
        ({"standards": ""}, ["methods.figure"]),
    ],
)
def test_a_text_that_cannot_be_meant_is_refused(changes: dict[str, str], found: list[str]) -> None:
    assert codes(SAID | changes) == found


def test_a_line_needs_every_figure_and_a_plate_without_standards_no_controls() -> None:
    assert codes({name: text for name, text in LINE.items() if name != "low"}) == ["methods.needed"]
    assert codes(LINE | {"slope": "0", "low": "3"}) == ["curve.flat", "methods.order"]
    assert codes({"fit": "4pl", "unit": "ng/mL", "controls": "QC"}) == ["curve.no_standards"]


def test_a_plate_begins_with_standards_controls_and_blanks_in_their_repeats() -> None:
    across = curves.laid_out(curves.read(SAID))
    assert (across["A1"], across["A2"]) == (Well("standard", level=Decimal(0)),) * 2
    assert across["F2"] == Well("control", "QC1", dilution=Decimal(10))
    assert {well for well, one in across.items() if one.role == "blank"} == {"H1", "H2", "A3"}
    assert next(curves.spare(curves.read(SAID), across)) == ("B3", "B4")
    down = curves.laid_out(curves.read(SAID | {"laid": "down", "repeats": "3", "blanks": "0"}))
    assert {well for well, one in down.items() if one.level == 0} == {"A1", "B1", "C1"}
    assert {well for well, one in down.items() if one.name == "QC2"} == {"A4", "B4", "C4"}
    assert curves.laid_out(Curve("4pl", "ng/mL")) == {}


def test_a_plate_that_departs_from_its_method_is_told_each_thing() -> None:
    curve = curves.read(SAID)
    layout = {**curves.laid_out(curve), "B3": Well("sample", "S"), "B4": Well("sample", "S")}
    assert curves.departs(curve, "ng / mL", layout) == []
    assert [one.code for one in curves.departs(curve, "ug/L", layout)] == ["plate.other_unit"]
    few = {well: one for well, one in layout.items() if well not in {"A3", "B4", "E1", "E2", "F1", "F2"}}
    assert [one.code for one in curves.departs(curve, "ng/mL", few)] == [
        "plate.other_levels", "plate.few_blanks", "plate.no_control", "plate.few_repeats",
    ]  # fmt: skip
    assert curves.departs(replace(curve, standards=()), "ug/L", few) == []


def test_a_gate_that_a_method_does_not_say_is_the_programs_own() -> None:
    own, kept = calibration.gates(), calibration.gates(curves.read(SAID))
    assert kept == replace(own, cv_most=12.5)
