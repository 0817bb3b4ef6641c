"""The multi-rule: each rule on its own point, and never by a series that a plain recount finds in order."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules import westgard


@pytest.mark.parametrize(
    ("series", "rules"),
    [
        ("", ()),
        ("0.5", ()),
        ("2.0", ()),
        ("2.1", ("1_2s",)),
        ("-3.1", ("1_2s", "1_3s")),
        ("2.1 2.2", ("1_2s", "2_2s")),
        ("2.1 -2.2", ("1_2s", "r_4s")),
        ("1.1 1.2 1.3 1.4", ("4_1s",)),
        ("-1.1 -1.2 -1.3 1.4", ()),
        ("0.1 0.2 0.1 0.3 0.2 0.1 0.4 0.1 0.2 0.1", ("10_x",)),
        ("0.1 0.2 0.1 0.3 0.2 0.1 0.4 0.1 0.2", ()),
    ],
)
def test_the_last_point_breaks_these_rules(series: str, rules: tuple[str, ...]) -> None:
    assert westgard.broken([Decimal(one) for one in series.split()]) == rules


@given(some.lists(some.decimals(-4, 4, places=2), min_size=1, max_size=14))
def test_the_rules_agree_with_a_plain_recount(scores: Sequence[Decimal]) -> None:
    found = westgard.broken(scores)
    last, before = scores[-1], scores[-2] if len(scores) > 1 else Decimal(0)
    assert ("1_3s" in found) == (abs(last) > 3)
    assert ("2_2s" in found) == ((last > 2 and before > 2) or (last < -2 and before < -2))
    assert ("r_4s" in found) == ((last > 2 and before < -2) or (last < -2 and before > 2))
    run = 0
    for one in reversed(scores):
        if one == 0 or (one > 0) != (last > 0):
            break
        run += 1
    assert ("10_x" in found) == (run >= 10)


def test_only_some_rules_reject_and_scores_are_deviations() -> None:
    assert westgard.rejecting(("1_2s", "1_3s")) == ("1_3s",)
    assert westgard.score(Decimal("11.5"), Decimal(10), Decimal("0.5")) == Decimal(3)
