import pytest

from lims.rules import spelling


@pytest.mark.parametrize(
    ("name", "sought", "rank"),
    [
        ("陈抽样", "陈抽样", 0),
        ("凤城农贸市场陈记", "凤城", 1),
        ("凤城农贸市场陈记", "农贸", 2),
        ("凤城农贸市场陈记", "fcnm", 3),
        ("凤城农贸市场陈记", "FC NM", 3),
        ("凤城农贸市场陈记", "nmsc", 4),
        ("TL310-1", "310", 2),
        ("凤城农贸市场陈记", "浦口", spelling.NOT_FOUND),
        ("凤城农贸市场陈记", "xyz", spelling.NOT_FOUND),
    ],
)
def test_a_name_is_found_by_a_part_or_by_its_initials(name: str, sought: str, rank: int) -> None:
    assert spelling.rank(name, sought) == rank


def test_the_best_of_several_names_counts_and_an_empty_name_is_none() -> None:
    assert spelling.best(("", "林检测", "lin"), "lin") == 0
    assert spelling.best(("", ""), "lin") == spelling.NOT_FOUND
