"""The tree of foods: every node hangs together, names lead to it, inheritance ends at a root."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.errors import NotFound
from lims.rules import foods, regulation

CODES = sorted(foods.foods())


@given(some.sampled_from(CODES))
def test_every_food_inherits_up_to_a_root_and_has_a_group(code: str) -> None:
    line = list(foods.ancestry(code))
    assert line[0] == code
    assert len(line) == len(set(line))
    assert foods.food(line[-1]).parent == ""
    assert foods.food(code).group in regulation.codes("product_group")


@given(some.sampled_from(CODES))
def test_every_name_leads_to_one_food(code: str) -> None:
    node = foods.food(code)
    assert foods.named(node.zh) == node
    assert foods.named(code) == node
    for name in node.names:
        assert foods.named(name) == node


@pytest.mark.parametrize(
    ("name", "code"), [("上海青", "pakchoi"), ("西红柿", "tomato"), ("豆角", "cowpea"), ("乌鸡", "chicken"),
                       (" 鳗鱼 ", "eel")]
)  # fmt: skip
def test_names_of_the_market_are_known(name: str, code: str) -> None:
    found = foods.named(name)
    assert found is not None
    assert found.code == code


def test_a_name_that_cannot_be_told_is_none_and_ones_own_wins() -> None:
    assert foods.named("海边的东西") is None
    found = foods.named("豇豆", {"豇豆": "celery"})
    assert found is not None
    assert found.code == "celery"
    with pytest.raises(NotFound, match=r"food\.unknown"):
        foods.food("x")


def test_the_second_tree_meets_the_first() -> None:
    assert list(foods.ancestry("n_rice"))[:3] == ["n_rice", "rice", "rice_cereal"]
    covering = foods.national("cowpea")
    assert covering is not None
    assert covering.code == "n_farm_veg"
    assert all(
        code in foods.foods()
        for row in regulation.table("foods")["map"]["of"].items()
        for code in (row[0], *row[1])
    )


@pytest.mark.parametrize(
    ("typed", "first"), [("jd", "豇豆"), ("豆角", "豇豆"), ("pak", "普通白菜"), ("番茄", "番茄")]
)
def test_search_finds_by_name_initials_and_code(typed: str, first: str) -> None:
    assert foods.search(typed)[0].zh == first
    assert foods.search("  ") == []
