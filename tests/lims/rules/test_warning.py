"""Early warning: a cluster is found, and a look at nothing raises an alarm as rarely as it says."""

import random
from datetime import date, timedelta

from lims.rules import warning
from lims.rules.warning import Seen

TODAY = date(2026, 11, 27)
DIMENSIONS = ("food", "business")


def year(dice: random.Random, rate: float = 0.02, amount: int = 1500) -> list[Seen]:
    return [
        Seen(
            TODAY - timedelta(days=dice.randrange(365)),
            dice.random() < rate,
            {"food": f"f{dice.randrange(12)}", "business": f"b{dice.randrange(60)}"},
        )
        for _ in range(amount)
    ]


def test_a_cluster_in_one_market_is_found_with_its_figures() -> None:
    cluster = [
        Seen(TODAY - timedelta(days=n % 6), n < 6, {"food": "豇豆", "business": "凤城"}) for n in range(10)
    ]
    (first, *_) = warning.alarms([*year(random.Random(1)), *cluster], TODAY, DIMENSIONS)
    assert (first.value, first.days, first.positives, first.tested) == ("凤城", 7, 6, 10)
    assert first.expected < 1
    assert first.adjusted <= warning.FALSE_ALARMS


def test_a_look_at_nothing_raises_an_alarm_no_more_often_than_stated() -> None:
    looks = 60
    raised = sum(
        bool(warning.alarms(year(random.Random(n), amount=600), TODAY, DIMENSIONS)) for n in range(looks)
    )
    assert raised <= looks * warning.FALSE_ALARMS + 4  # 3 expected at most; two standard deviations above


def test_one_positive_or_none_is_no_cluster() -> None:
    assert warning.alarms([], TODAY, DIMENSIONS) == []
    assert warning.alarms([Seen(TODAY, True, {"food": "f"})], TODAY, DIMENSIONS) == []


def test_the_tail_is_the_binomial_sum() -> None:
    assert abs(warning.tail(2, 3, 0.5) - 0.5) < 1e-12
    assert warning.tail(0, 5, 0.1) == 1.0
