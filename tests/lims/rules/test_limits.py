"""Which limit judges: the nearest class, the day's edition, our own first; and every figure has a source."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules import analytes, foods, limits
from lims.rules.limits import Limit

ALL = [one for group in limits.shipped().values() for one in group]
DAY = date(2026, 11, 1)
PLAIN = Limit(
    "x", "phoxim", "veg", (), "mrl", Decimal(1), "mg/kg", None, "S", "", "here", date(2020, 1, 1), None, True
)


def test_every_shipped_limit_has_a_source_and_hangs_in_the_tree() -> None:
    for one in ALL:
        assert "" not in {one.source, one.standard}
        assert one.kind in limits.KINDS
        assert (one.value is not None) == (one.kind == "mrl")
        assert one.analyte in analytes.analytes()
        assert {one.food, *one.excepted} <= set(foods.foods())
    assert limits.overlaps(ALL) == []


@pytest.mark.parametrize(
    ("analyte", "food", "on", "value"),
    [
        ("procymidone", "leek", date(2019, 5, 1), "0.2"),
        ("procymidone", "leek", date(2021, 9, 2), "0.2"),
        ("procymidone", "leek", date(2021, 9, 3), "5"),
        ("enrofloxacin", "tilapia", DAY, "100"),
        ("enrofloxacin", "sheep_kidney", DAY, "200"),
        ("enrofloxacin", "prawn", DAY, None),
        ("histamine", "mackerel", DAY, "40"),
        ("histamine", "yellow_croaker", DAY, "20"),
        ("aflatoxin-b1", "maize_oil", DAY, "20"),
        ("aflatoxin-b1", "vegetable_oil", DAY, "10"),
    ],
)
def test_the_limit_of_a_day(analyte: str, food: str, on: date, value: str | None) -> None:
    found = limits.applying(limits.shipped()[analyte], food, on)
    assert (found.value if found else None) == (Decimal(value) if value else None)


def test_a_ban_has_no_figure_and_reaches_every_fish() -> None:
    found = limits.applying(limits.shipped()["chloramphenicol"], "eel", DAY)
    assert found is not None
    assert (found.kind, found.value, found.standard) == ("ban", None, "农业农村部公告第250号")


def test_the_nearest_class_wins_then_our_own_then_the_later() -> None:
    near = replace(PLAIN, id="near", food="celery")
    own = replace(PLAIN, id="own", own=True)
    later = replace(PLAIN, id="later", own=True, effective_from=date(2022, 1, 1))
    assert limits.applying([PLAIN, near, own], "celery", DAY) == near
    assert limits.applying([PLAIN, own], "celery", DAY) == own
    assert limits.applying([own, later], "celery", DAY) == later
    but_celery = replace(PLAIN, excepted=("celery",))
    assert limits.applying([but_celery], "celery", DAY) is None
    assert limits.applying([but_celery], "spinach", DAY) == but_celery


DAYS = some.dates(date(2020, 1, 1), date(2024, 12, 31))


@given(some.lists(some.tuples(DAYS, some.none() | DAYS), min_size=1, max_size=5), DAYS)
def test_overlaps_are_found_as_a_plain_recount_finds_them(
    spans: Sequence[tuple[date, date | None]], on: date
) -> None:
    rows = [
        replace(
            PLAIN,
            id=str(at),
            effective_from=min(start, end or start),
            effective_to=max(start, end) if end else None,
        )
        for at, (start, end) in enumerate(spans)
    ]
    at_once = sum(one.in_force(on) for one in rows)
    if not limits.overlaps(rows):
        assert at_once <= 1
    if at_once > 1:
        assert limits.overlaps(rows)


def test_a_confirmation_names_the_person_and_the_day() -> None:
    found = limits.confirmed(replace(PLAIN, verified=False), "郑质量", date(2026, 11, 27), "第 31 页")
    assert (found.verified, found.confirmed, found.source) == (True, "郑质量 2026-11-27", "第 31 页")
    assert found.value_in("ug/kg") == 1000
