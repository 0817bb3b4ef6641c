"""What is of practice can be told from its site, its origin and its numbers; nothing real can look like it."""

import pytest

from lims.rules import practice


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PRACTICE", True),
        ("PRACTICE/ZZ01/sha256", True),
        ("LJ", False),
        ("LJ/LJ01/sm3", False),
        ("PRACTICES", False),
    ],
)
def test_a_site_is_told_by_its_code(code: str, expected: bool) -> None:
    assert practice.is_site(code) is expected


def test_site_and_station_go_together() -> None:
    assert practice.fits(practice.SITE, practice.STATION)
    assert practice.fits("LJ", "LJ01")
    assert not practice.fits("LJ", "ZZ01")
    assert not practice.fits(practice.SITE, "LJ01")


def test_words_beside_a_number_carry_the_mark_in_practice_alone() -> None:
    assert practice.marked("ZZ01261124000AB", "豇豆") == "【练习 PRACTICE】豇豆"
    assert practice.marked("LJ01261124000AB", "豇豆") == "豇豆"
