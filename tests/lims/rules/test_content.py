"""Contents off a curve: units, ends of the curve, blanks of a working curve, and what has no content."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from lims.errors import Invalid
from lims.rules import content, methods
from lims.rules.content import Plate
from lims.rules.inhibition import Place
from lims.rules.verdict import Bound, Facts, judge

ELISA = methods.shipped().method("KIT-CAP-ELISA")
LINE = methods.shipped().method("KIT-NITRITE-PHOTO")
WELL = {"wells": "C1 D1", "mean": "0.8", "cv": "1", "bound": "44", "dilution": "2", "mark": "", "limit": ""}


def look(absorbance: str, **extra: str) -> Facts:
    figures = {"assay": "inhibition", "measure": "absorbance", "last_a": absorbance, **extra}
    return Facts(None, None, None, extra=figures)


def plate(**line: str) -> Plate:
    figures = {"r2": "0.999", "lines": [{**WELL, **line}], "faults": []}
    return Plate("id", "4pl", "ng/mL", counts=True, figures=figures)


def off(facts: Mapping[str, Facts]) -> dict[str, tuple[Decimal | None, str, str]]:
    return {name: (one.value, one.mark, one.extra.get("void", "")) for name, one in facts.items()}


@pytest.mark.parametrize(
    ("figure", "unit", "to", "expected"),
    [("0.9", "ng/mL", "ug/kg", "0.9"), ("900", "pg/mL", "ug/kg", "0.9"), ("2", "mg/L", "mg/kg", "2"),
     ("0.9", "ug/L", "mg/kg", "0.0009"), ("3", "ng/mL", "ug/L", "3"), ("5", "ug/kg", "mg/kg", "0.005")],
)  # fmt: skip
def test_a_content_by_mass_takes_the_dilution_as_millilitres_to_a_gram(
    figure: str, unit: str, to: str, expected: str
) -> None:
    assert content.content(Decimal(figure), unit, to) == Decimal(expected)
    with pytest.raises(Invalid):
        content.content(Decimal(figure), "drops", to)


def test_what_a_plate_says_of_a_group_is_its_content_and_beyond_its_standards_only_that() -> None:
    places = {"C1": Place("sample", Facts(Decimal("0.8"), "Abs", None))}
    told = content.told(ELISA, places, plate(concentration="0.9"))["C1"]
    assert (told.value, told.unit, content.basis_of(told)["wells"]) == (Decimal("0.9"), "ug/kg", "C1 D1")
    assert off(content.told(ELISA, places, plate(concentration="", mark="<", limit="0.1"))) == {
        "C1": (Decimal("0.1"), "<", "")
    }
    assert off(content.told(ELISA, places, plate(concentration=""))) == {"C1": (None, "", "no_value")}
    other = {"C9": places["C1"]}
    assert off(content.told(ELISA, other, plate(concentration="1"))) == {"C9": (None, "", "not_on_plate")}
    assert off(content.told(ELISA, places)) == {"C1": (None, "", "curve_missing")}


def test_a_working_curve_takes_the_blank_off_and_ends_where_it_ends() -> None:
    looks = {"1": "0.010", "2": "0.510", "3": "0.015", "4": "2.500"}
    places = {name: Place("blank" if name == "1" else "sample", look(a)) for name, a in looks.items()}
    places["5"] = Place("sample", look("0.5", void="cuvette_out"))
    told = content.told(LINE, places)
    assert off(told) == {
        "1": (Decimal(1), "<", ""),
        "2": (Decimal(25), "", ""),
        "3": (Decimal(1), "<", ""),
        "4": (Decimal(100), ">", ""),
        "5": (None, "", "cuvette_out"),
    }
    assert content.basis_of(told["2"])["blank_a"] == "0.010"
    alone = content.told(LINE, {"2": places["2"]})
    assert off(alone) == {"2": (None, "", "no_control")}


@pytest.mark.parametrize(
    ("mark", "value", "word", "why"),
    [("", "0.2", "negative", "below_lod"), ("", "0.4", "negative", "below_threshold"), ("<", "0.1", "negative",
     "below_curve"), ("<", "1", "invalid", "below_curve"), (">", "0.4", "invalid", "above_curve"), (">", "2",
     "positive", "above_curve")],
)  # fmt: skip
def test_below_what_the_kit_finds_and_beyond_the_curve_are_states_of_their_own(
    mark: str, value: str, word: str, why: str
) -> None:
    facts = Facts(Decimal(value), "ug/kg", None, mark=mark)
    found = judge(ELISA, facts, Bound(Decimal("0.5"), "negative", finds=Decimal("0.3")))
    assert (found.word, found.why) == (word, why)


def test_without_a_limit_and_without_a_threshold_there_is_no_word() -> None:
    facts = Facts(Decimal(3), "mg/kg", None)
    assert judge(LINE, facts).why == "no_bound"


@pytest.mark.parametrize(("mark", "value"), [("", "0.2"), ("", "0.05"), ("", "-0.01"), ("<", "0.05")])
def test_a_kit_that_finds_only_more_than_is_allowed_gives_no_negative(mark: str, value: str) -> None:
    low = Bound(Decimal("0.1"), "negative", finds=Decimal("0.3"))
    found = judge(ELISA, Facts(Decimal(value), "ug/kg", None, mark=mark), low)
    assert (found.word, found.why) == ("invalid", "below_lod")
    assert judge(ELISA, Facts(Decimal("0.3"), "ug/kg", None), low).word == "positive"
