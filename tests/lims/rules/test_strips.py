"""Strips: both formats, the difference of the lines, their reading window, and none without a control line."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.rules import methods
from lims.rules.methods import Method
from lims.rules.strips import Lines, meaning, window
from lims.rules.validity import Control, validity
from lims.rules.verdict import Facts, judge

COMPETITIVE = methods.shipped().method("KIT-CAP-STRIP")
SANDWICH = replace(
    COMPETITIVE,
    format="sandwich",
    negative_from=None,
    positive_below=None,
    positive_from=Decimal("0.3"),
    negative_below=Decimal("0.1"),
)
DIFFERENCE = replace(COMPETITIVE, difference_above=Decimal(200), difference_word="positive")
TIMED = replace(COMPETITIVE, read_from=Decimal(5), read_until=Decimal(8))


def lines(ratio: str | None, control: str | None = "1000", test: str | None = "900") -> Lines:
    return Lines(*(None if one is None else Decimal(one) for one in (control, test, ratio)))


@pytest.mark.parametrize(
    ("ratio", "competitive", "sandwich"),
    [
        ("0", "positive", "negative"),
        ("0.0999", "positive", "negative"),
        ("0.1", "positive", "suspect"),
        ("0.2999", "positive", "suspect"),
        ("0.3", "positive", "positive"),
        ("0.6999", "positive", "positive"),
        ("0.7", "suspect", "positive"),
        ("0.8999", "suspect", "positive"),
        ("0.9", "negative", "positive"),
        ("1.4", "negative", "positive"),
    ],
)
def test_the_same_ratio_means_the_opposite_in_the_other_format(
    ratio: str, competitive: str, sandwich: str
) -> None:
    assert meaning(COMPETITIVE, lines(ratio)) == (competitive, Decimal(ratio), f"band_{competitive}")
    assert meaning(SANDWICH, lines(ratio)) == (sandwich, Decimal(ratio), f"band_{sandwich}")


@pytest.mark.parametrize("method", [COMPETITIVE, SANDWICH, DIFFERENCE])
@pytest.mark.parametrize("control", [None, "499"])
def test_without_a_control_line_a_strip_says_nothing(method: Method, control: str | None) -> None:
    assert meaning(method, lines("0.5", control)) == ("invalid", Decimal("0.5"), "no_control_line")


def test_without_a_ratio_or_bands_it_says_nothing() -> None:
    assert meaning(COMPETITIVE, lines(None)) == ("invalid", None, "no_value")
    assert meaning(replace(SANDWICH, negative_below=None), lines("0.5")) == ("invalid", None, "no_value")


@pytest.mark.parametrize(
    ("test", "word", "why"),
    [("799", "positive", "difference_above"), ("800", "negative", "difference_within"),
     ("1201", "positive", "difference_above"), (None, "invalid", "no_value")],
)  # fmt: skip
def test_kits_that_judge_the_difference_of_the_lines(test: str | None, word: str, why: str) -> None:
    found = meaning(DIFFERENCE, lines("0.9", test=test))
    assert (found[0], found[2]) == (word, why)
    turned = meaning(replace(DIFFERENCE, difference_word="negative"), lines("0.9", test=test))
    assert turned[0] == {"positive": "negative", "negative": "positive"}.get(word, word)
    assert meaning(replace(DIFFERENCE, difference_word=""), lines("0.9"))[0] == "invalid"


@pytest.mark.parametrize(("minutes", "why"), [(4.99, "read_early"), (5, ""), (8, ""), (8.01, "read_late")])
def test_a_strip_is_read_within_its_window_or_not_judged(minutes: float, why: str) -> None:
    age = timedelta(minutes=minutes)
    assert window(TIMED, age) == why
    facts = Facts(
        None, None, None, extra={"c_height": "1000", "t_height": "950", "t_over_c": "0.95"}, age=age
    )
    found = judge(TIMED, facts)
    assert found.word == ("invalid" if why else "negative")
    assert found.why == (why or "band_negative")


def test_a_window_is_asked_only_of_strips_that_have_one_and_whose_age_is_known() -> None:
    assert window(TIMED, None) == ""
    assert window(COMPETITIVE, timedelta(days=1)) == ""
    assert window(replace(TIMED, format="inhibition"), timedelta(days=1)) == ""


def test_the_control_of_a_sandwich_kit_is_judged_by_its_own_format() -> None:
    strong = Facts(None, None, None, extra={"c_height": "1000", "t_over_c": "0.5"})
    faint = Facts(None, None, None, extra={"c_height": "1000", "t_over_c": "0.05"})
    assert validity(SANDWICH, [Control("control", "1", strong)]).valid
    assert validity(SANDWICH, [Control("control", "1", faint)]).why == "control_not_positive"
    controls = [Control("control", "1", strong), Control("blank", "2", strong)]
    assert validity(SANDWICH, controls).why == "blank_not_negative"


@given(st.decimals(0, 3, places=4))
def test_every_ratio_has_a_word_in_both_formats_and_they_never_agree_outside_suspicion(
    ratio: Decimal,
) -> None:
    found = {meaning(method, lines(str(ratio)))[0] for method in (COMPETITIVE, SANDWICH)}
    assert found <= {"positive", "negative", "suspect"}
    assert found != {"negative"}
