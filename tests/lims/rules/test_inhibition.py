"""The rate of an assay: against its control, never clamped, and never from what is not sound."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.rules import boards, methods
from lims.rules.inhibition import Place, basis_of, delta_of, is_assay, told
from lims.rules.validity import Control, validity
from lims.rules.verdict import Facts, judge

GB = "GBT5009.199-2003"
METHOD = methods.shipped().method(GB)


def read(delta: str | None = None, void: str = "", measure: str = "absorbance") -> Facts:
    extra = {"assay": "inhibition", "formula": "A", "measure": measure}
    extra |= {"delta_a": delta} if delta is not None else {}
    return Facts(None, None, None, extra=extra | ({"void": void} if void else {}))


def run(*samples: Facts, control: Facts | None = None, more: Facts | None = None) -> dict[str, Facts]:
    places = {"1": Place("blank", control or read("0.512"))}
    places |= {"9": Place("blank", more)} if more else {}
    places |= {str(at): Place("sample", facts) for at, facts in enumerate(samples, 2)}
    return told(METHOD, places)


@pytest.mark.parametrize(
    ("delta", "rate"),
    [
        ("0.320", "37.5"),
        ("0.512", "0.0"),
        ("0.700", "-36.7"),
        ("0", "100.0"),
        ("-0.010", "102.0"),
        ("0.256", "50.0"),
    ],
)
def test_a_rate_is_worked_out_and_not_clamped(delta: str, rate: str) -> None:
    found = run(read(delta))["2"]
    assert (found.value, found.unit) == (Decimal(rate), "%")
    assert found.extra["control_delta_a"] == "0.512"
    assert basis_of(found) == {
        "formula": "A",
        "delta_a": delta,
        "control_delta_a": "0.512",
        "rate_formula": found.extra["rate_formula"],
    }


def test_exactly_the_threshold_is_positive_and_more_than_all_is_doubtful() -> None:
    found = run(read("0.256"), read("-0.010"), read("0.700"))
    words = [judge(METHOD, found[position]) for position in ("2", "3", "4")]
    assert [one.word for one in words] == ["positive", "positive", "negative"]
    assert words[1].doubts == ("over_range",)
    assert words[2].doubts == ("negative_value",)


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (read("-0.050"), "falling"),
        (read(None), "no_value"),
        (read("x"), "no_value"),
        (read("NaN"), "no_value"),
        (read("0.3", "cuvette_out"), "cuvette_out"),
    ],
)
def test_a_falling_or_unsound_sample_has_no_rate_and_the_others_have(sample: Facts, why: str) -> None:
    found = run(sample, read("0.320"))
    assert judge(METHOD, found["2"]).why == why
    assert judge(METHOD, found["2"]).word == "invalid"
    assert found["2"].value is None
    assert found["3"].value == Decimal("37.5")


@pytest.mark.parametrize(
    ("control", "why"),
    [
        (read("0.299"), "blank_control_weak"),
        (read("-0.3"), "blank_control_weak"),
        (read("0"), "blank_control_weak"),
        (read("1.501"), "blank_control_strong"),
        (read("0.5", "clock"), "blank_clock"),
        (read(None), "blank_no_value"),
    ],
)
def test_a_control_that_is_not_sound_voids_the_run_and_gives_no_rate(control: Facts, why: str) -> None:
    found = run(read("0.320"), control=control)
    assert validity(METHOD, [Control("blank", "1", found["1"])]).why == why
    assert found["2"].value is None
    assert found["2"].extra["void"] == "no_control"


def test_several_controls_are_averaged_and_must_agree() -> None:
    found = run(read("0.320"), more=read("0.500"))
    assert found["2"].extra["control_delta_a"] == "0.506"
    apart = run(read("0.320"), more=read("0.700"))
    assert {apart[position].extra["void"] for position in ("1", "9")} == {"controls_differ"}
    assert apart["2"].extra["void"] == "no_control"


@pytest.mark.parametrize("turn", [1, -1])
def test_a_dry_card_may_darken_or_fade_and_gives_the_published_rate(turn: int) -> None:
    found = run(
        read(f"{turn * 38 / 100}", measure="gray"),
        read(f"{turn * -10 / 100}", measure="gray"),
        control=read(f"{turn * 61 / 100}", measure="gray"),
    )
    assert found["2"].value == Decimal("37.7")
    assert found["3"].extra["void"] == "falling"
    weak = run(read("0.05", measure="gray"), control=read(f"{turn * 9 / 100}", measure="gray"))
    assert weak["1"].extra["void"] == "control_weak"


def test_controls_that_cancel_each_other_are_none() -> None:
    found = run(read("0.320"), control=read("0.5"), more=read("-0.5"))
    assert [found[position].extra["void"] for position in ("1", "9", "2")] == [
        "controls_differ",
        "control_weak",
        "no_control",
    ]


def test_readings_of_other_kinds_and_methods_without_an_assay_stay_as_they_are() -> None:
    other = Facts(Decimal(12), "%", None)
    assert run(other)["2"] == other
    assert not is_assay(other)
    assert basis_of(other) == {}
    places = {"1": Place("blank", read("0.5"))}
    assert told(methods.shipped().method("KIT-CAP-STRIP"), places)["1"] == places["1"].facts
    assert told(METHOD, {}) == {}


def test_every_assay_belongs_to_a_method_of_inhibition_or_with_a_curve_and_says_where_it_is_from() -> None:
    for (method, measure), rules in boards.shipped().items():
        assert measure in {"absorbance", "gray"}
        found = methods.shipped().method(method)
        assert found.format == "inhibition" or found.curve is not None
        assert rules.source
        assert 0 < rules.control_least < rules.control_most
        assert rules.window < rules.detect / 2


@given(st.decimals("0.3", "1.5", places=4), st.decimals("-0.02", 3, places=4))
def test_a_rate_rises_as_the_sample_darkens_less(control: Decimal, delta: Decimal) -> None:
    found = run(read(str(delta)), read(str(delta + 1)), control=read(str(control)))
    assert found["2"].value is not None
    assert found["3"].value is not None
    assert found["2"].value > found["3"].value
    assert delta_of(read(str(delta))) == delta
