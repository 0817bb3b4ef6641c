"""Sample numbers: what the check character catches, what it cannot, and scans of one and of many."""

import random
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules.numbering import (
    ALPHABET,
    LENGTH,
    check_character,
    is_number,
    number,
    spell,
    split,
    station_fits,
)

STATIONS = some.from_regex(r"[A-Z]{2}[0-9]{2}", fullmatch=True)
DAYS = some.dates(date(2000, 1, 1), date(2099, 12, 31))
WHOLE = some.builds(number, STATIONS, DAYS, some.integers(1, 9999))


def test_the_character_of_the_standard_is_met() -> None:
    """ISO/IEC 7064 MOD 37,36: the sum over a whole number comes back to 1."""
    for text in ("A12425GABC1234002", "LJ01261124000", "0", "ZZZ"):
        place = 36
        for character in text:
            place = _after(place, character)
        assert (place + ALPHABET.index(check_character(text))) % 36 == 1
    assert check_character("A12425GABC1234002") == "M"


@given(WHOLE)
def test_a_number_is_a_number_and_is_read_back_from_its_groups(text: str) -> None:
    assert len(text) == LENGTH
    assert is_number(text)
    assert split(spell(text)) == split(text.lower()) == [text]


@given(WHOLE, some.integers(0, LENGTH - 1))
def test_no_single_wrong_character_passes(text: str, place: int) -> None:
    others = [text[:place] + other + text[place + 1 :] for other in ALPHABET if other != text[place]]
    assert [other for other in others if is_number(other)] == []


def _after(place: int, character: str) -> int:
    return ((place + ALPHABET.index(character)) % 36 or 36) * 2 % 37


def missed(place: int, one: str, other: str) -> bool:
    """Tell whether the sum comes out the same with two neighbours swapped."""
    return _after(_after(place, one), other) == _after(_after(place, other), one)


def test_of_all_swaps_of_two_neighbours_only_one_in_630_passes() -> None:
    """The standard's hybrid systems miss a few: each pair of letters that follow each other, in one place."""
    pairs = list(combinations(ALPHABET, 2))
    passing = [(place, *pair) for place in range(1, 37) for pair in pairs if missed(place, *pair)]
    assert len(passing) * 630 == 36 * len(pairs)
    assert {ALPHABET.index(b) - ALPHABET.index(a) for _, a, b in passing} == {1, 35}


def test_swapped_neighbours_in_real_numbers_are_caught_save_those_few() -> None:
    dice = random.Random(7064)
    swaps = passed = 0
    for _ in range(3000):
        text = number("LJ01", date(2026, dice.randint(1, 12), dice.randint(1, 28)), dice.randint(1, 9999))
        for place in range(LENGTH - 1):
            swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
            swaps += swapped != text
            passed += swapped != text and is_number(swapped)
    assert swaps > 20_000
    assert passed / swaps < 0.01


@given(some.lists(WHOLE, min_size=1, max_size=5), some.sampled_from(["", " ", "\n", "\u3000", "\t"]))
def test_glued_numbers_come_apart(texts: list[str], glue: str) -> None:
    assert split(glue.join(texts)) == texts


@given(some.lists(WHOLE, min_size=1, max_size=3), some.data())
def test_a_scan_with_one_wrong_part_is_no_scan(texts: list[str], data: some.DataObject) -> None:
    whole = "".join(texts)
    place = data.draw(some.integers(0, len(whole) - 1))
    wrong = data.draw(some.sampled_from([c for c in ALPHABET if c != whole[place]]))
    assert split(whole[:place] + wrong + whole[place + 1 :]) is None
    assert split(whole[:place] + whole[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", " ", "tomato", "LJ01", "豇豆", "0" * 15, "LJ0126112400012345"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert split(text) is None
    assert not is_number(text)
    assert spell(text) == text


@given(some.text(max_size=40))
def test_any_text_may_be_scanned(text: str) -> None:
    found = split(text)
    assert found is None or all(is_number(part) for part in found)


@pytest.mark.parametrize(
    ("code", "fits"),
    [("LJ01", True), ("ZZ99", True), ("lj01", False), ("L001", False), ("LJ1", False), ("LJ011", False),
     ("LJ٠١", False), ("LJ01\n", False), ("", False)],
)  # fmt: skip
def test_a_stations_code_is_two_letters_and_two_digits(code: str, fits: bool) -> None:
    assert station_fits(code) == fits
