"""Labels: both codes of each are read from the printed sheet, and a wrong request is refused."""

from datetime import date

import pytest

from lims.errors import Invalid
from lims.reports import label
from lims.reports.label import Label
from lims.rules import numbering
from tests.lims.reports.papers import plain, scanned, texts

LONG = "鲜活海产品：缢蛏、花蛤及其他双壳贝类混合样品（冰鲜，四度以下冷藏运输）"


def labels(count: int) -> list[Label]:
    """Return labels with running numbers."""
    day = date(2026, 11, 23)
    return [
        Label(
            numbering.number("LJ01", day, n), LONG if n % 2 else "上海青", "连江县凤城镇兴旺蔬菜批发部 A-17"
        )
        for n in range(1, count + 1)
    ]


def test_both_codes_of_every_label_are_read() -> None:
    made = labels(30)
    read = scanned(label.sheet(made))
    assert sorted(read) == sorted(2 * [one.number for one in made])


def test_a_used_sheet_is_filled_from_where_it_is_free() -> None:
    made = labels(3)
    pages = texts(label.sheet(made, skip=22))
    assert len(pages) == 2
    assert numbering.spell(made[1].number) in pages[0]
    assert numbering.spell(made[2].number) in pages[1]
    assert numbering.spell(made[2].number) not in pages[0]


def test_a_label_says_number_food_and_business() -> None:
    text = plain(label.sheet([Label("LJ012611230001K", "𩽾鱼", "甲店")]))
    assert text == "LJ012611230001K〔U+29F7E〕鱼甲店"


def test_a_text_without_end_shows_that_it_was_cut() -> None:
    assert plain(label.sheet([Label("X1", LONG * 4, "店")])).count("…") == 1


def test_the_same_labels_give_the_same_bytes() -> None:
    assert label.sheet(labels(5)) == label.sheet(labels(5))


@pytest.mark.parametrize(
    ("made", "skip", "code"),
    [
        ([], 0, "label.none"),
        ([Label("", "a", "b")], 0, "label.number"),
        ([Label("样品1", "a", "b")], 0, "label.number"),
        ([Label("A1", "a", "b")], 24, "label.skip"),
        ([Label("A1", "a", "b")], -1, "label.skip"),
    ],
)
def test_what_cannot_be_a_label_is_refused(made: list[Label], skip: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        label.sheet(made, skip)
    assert caught.value.code == code
