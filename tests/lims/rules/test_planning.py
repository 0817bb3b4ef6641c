"""A year's plan: every sum is kept exactly, nobody without people, the months follow the season."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.errors import Invalid
from lims.rules import planning, quota, regulation

FIVE = Decimal(5)


@given(
    st.integers(0, 5000), st.dictionaries(st.text(min_size=1), st.integers(0, 1000), min_size=1, max_size=12)
)
def test_shares_sum_to_the_total_and_stay_within_one_of_the_exact_share(
    total: int, weights: dict[str, int]
) -> None:
    if not sum(weights.values()):
        weights = {**weights, "x": 1}
    found = planning.apportion(total, weights)
    assert sum(found.values()) == total
    for key, share in found.items():
        assert abs(share - total * weights[key] / sum(weights.values())) < 1
        assert not (weights[key] == 0 and share)


@given(st.dictionaries(st.sampled_from([str(n) for n in range(25)]), st.integers(1, 150_000), min_size=1))
@settings(max_examples=25, deadline=None)
def test_units_months_groups_and_stages_sum_up(people: dict[str, int]) -> None:
    cells = list(planning.spread(people, FIVE, planning.shares()))
    by_unit: Counter[str] = Counter()
    for cell in cells:
        by_unit[cell.unit] += cell.samples
    assert by_unit == {unit: quota.target(count, FIVE) for unit, count in people.items()}
    assert len({(c.unit, c.department, c.product_group, c.stage, c.month) for c in cells}) == len(cells)
    assert all(cell.samples > 0 for cell in cells)


def test_the_county_of_2010_in_groups_and_months() -> None:
    cells = list(planning.spread({"county": 561_490}, FIVE, planning.shares()))
    assert sum(cell.samples for cell in cells) == 2808
    by_month: Counter[int] = Counter()
    by_group: Counter[str] = Counter()
    for cell in cells:
        by_month[cell.month] += cell.samples
        by_group[cell.product_group] += cell.samples
    assert by_month == planning.apportion(2808, dict(enumerate(planning.shares().months, 1)))
    assert set(by_group) == regulation.codes("product_group")
    assert abs(by_group["crops"] - 842) <= 3
    water = [c.samples for c in cells if (c.product_group, c.stage) == ("water", "production")]
    assert len(water) == 12  # spread over the year, not heaped at its end


def test_a_unit_without_people_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        list(planning.spread({"350122100": 0, "350122101": 10}, FIVE, planning.shares()))
    assert [problem.where for problem in refused.value.problems] == ["350122100"]


def test_nothing_can_be_shared_without_weights() -> None:
    with pytest.raises(ValueError, match="weights"):
        planning.apportion(3, {"a": 0})
    assert planning.apportion(0, {"a": 0}) == {"a": 0}


def test_the_shares_say_that_they_are_unverified() -> None:
    assert planning.shares().source
    assert not planning.shares().verified
