"""The vocabulary of measures: whole, in both languages, and asked by the contract of every instrument."""

import pytest

from drivers.measures import areas, known_unit, quantities


def test_every_word_is_there_in_chinese_and_english() -> None:
    words = [*areas().values(), *(one.words for one in quantities().values())]
    assert len(words) >= 20
    assert all(chinese and not chinese.isascii() and english.isascii() for chinese, english in words)


def test_the_kinds_of_figure_that_a_county_meets_are_known() -> None:
    assert {"inhibition", "absorbance", "concentration", "qualitative", "line_ratio", "light"} <= set(
        quantities()
    )
    assert quantities()["inhibition"].units == {"%"}


@pytest.mark.parametrize(
    ("unit", "known"), [("%", True), ("ug/kg", True), ("T/C", True), ("", True), ("parsec", False)]
)
def test_a_unit_is_known_or_not(unit: str, known: bool) -> None:
    assert known_unit(unit) is known
