"""What becomes of a figure: every word, its reason and its doubts, at the threshold and on both sides of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lims.rules import methods
from lims.rules.methods import Method
from lims.rules.verdict import Facts, Judgement, judge

GB, NY, STRIP, FLUOR = "GBT5009.199-2003", "NYT448-2001", "KIT-CAP-STRIP", "KIT-ENR-FLUOR"
NUMBERS = some.decimals(allow_nan=False, allow_infinity=False)
NO_NUMBERS = [Decimal(text) for text in ("NaN", "-NaN", "sNaN", "Infinity", "-Infinity")]


def method(name: str) -> Method:
    return methods.shipped().method(name)


def inhibition(name: str, value: str, unit: str | None = "%", call: str | None = None) -> Judgement:
    return judge(method(name), Facts(Decimal(value), unit, call))


def strip(ratio: str, height: str = "900", call: str | None = None) -> Judgement:
    return judge(method(STRIP), Facts(None, None, call, extra={"c_height": height, "t_over_c": ratio}))


@pytest.mark.parametrize(
    ("name", "value", "word", "why"),
    [
        (GB, "49.99", "negative", "below_threshold"),
        (GB, "50", "positive", "at_threshold"),
        (GB, "50.000", "positive", "at_threshold"),
        (GB, "50.01", "positive", "above_threshold"),
        (NY, "69.999", "negative", "below_threshold"),
        (NY, "70", "positive", "at_threshold"),
        (NY, "70.001", "positive", "above_threshold"),
        (NY, "50", "negative", "below_threshold"),
    ],
)
def test_an_inhibition_rate_is_held_against_its_standard(name: str, value: str, word: str, why: str) -> None:
    assert inhibition(name, value) == Judgement(word, Decimal(value), why)


@pytest.mark.parametrize(
    ("value", "word", "doubts"),
    [
        ("-0.1", "negative", ("negative_value",)),
        ("-12.5", "negative", ("negative_value",)),
        ("0", "negative", ()),
        ("100", "positive", ()),
        ("100.01", "positive", ("over_range",)),
        ("250", "positive", ("over_range",)),
    ],
)
def test_values_outside_the_range_are_kept_with_a_doubt(
    value: str, word: str, doubts: tuple[str, ...]
) -> None:
    found = inhibition(GB, value)
    assert (found.word, str(found.value), found.doubts) == (word, value, doubts)


@pytest.mark.parametrize("unit", [None, "", "‰", "ug/kg", "％", "%RH"])
def test_another_unit_is_never_judged(unit: str | None) -> None:
    assert inhibition(GB, "80", unit) == Judgement("invalid", Decimal(80), "other_unit")


def test_no_value_is_never_judged() -> None:
    assert judge(method(GB), Facts(None, "%", "positive")) == Judgement("invalid", None, "no_value")
    unfinished = replace(method(GB), threshold=None)
    assert judge(unfinished, Facts(Decimal(80), "%", None)).why == "no_bound"


@pytest.mark.parametrize("value", NO_NUMBERS, ids=str)
@pytest.mark.parametrize("call", [None, "positive", "negative", "invalid"])
def test_what_is_no_number_is_never_judged(value: Decimal, call: str | None) -> None:
    for name in (GB, FLUOR):
        found = judge(method(name), Facts(value, method(name).unit, call))
        assert (found.word, found.value) == ("invalid", None)
    assert strip(str(value)).word == strip("0.5", height=str(value)).word == "invalid"


@pytest.mark.parametrize(
    ("value", "word", "why"),
    [
        ("99.9", "negative", "below_threshold"),
        ("100", "negative", "at_threshold"),
        ("100.1", "positive", "above_threshold"),
    ],
)
def test_a_quantity_at_its_cut_off_follows_the_method(value: str, word: str, why: str) -> None:
    found = judge(method(FLUOR), Facts(Decimal(value), "ug/kg", None))
    assert found == Judgement(word, Decimal(value), why, ("unverified_rule",))


def test_a_quantity_above_a_hundred_is_not_over_a_range() -> None:
    assert "over_range" not in judge(method(FLUOR), Facts(Decimal(5000), "ug/kg", None)).doubts


@pytest.mark.parametrize(
    ("ratio", "word", "why"),
    [
        ("0", "positive", "band_positive"),
        ("0.69999", "positive", "band_positive"),
        ("0.7", "suspect", "band_suspect"),
        ("0.89999", "suspect", "band_suspect"),
        ("0.9", "negative", "band_negative"),
        ("0.900", "negative", "band_negative"),
        ("3", "negative", "band_negative"),
    ],
)
def test_a_strip_is_judged_by_its_bands(ratio: str, word: str, why: str) -> None:
    assert strip(ratio) == Judgement(word, Decimal(ratio), why, ("unverified_rule",))


@pytest.mark.parametrize(("height", "why"), [("499.99", "no_control_line"), ("500", "band_negative")])
def test_a_strip_without_its_control_line_is_invalid(height: str, why: str) -> None:
    assert strip("1.2", height).why == why


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ({}, "no_control_line"),
        ({"t_over_c": "0.5"}, "no_control_line"),
        ({"c_height": "tall", "t_over_c": "0.5"}, "no_control_line"),
        ({"c_height": "900"}, "no_value"),
        ({"c_height": "900", "t_over_c": "--"}, "no_value"),
    ],
)
def test_a_strip_with_a_missing_figure_is_invalid(extra: dict[str, str], why: str) -> None:
    found = judge(method(STRIP), Facts(None, None, None, extra=extra))
    assert (found.word, found.why) == ("invalid", why)


def test_a_strip_without_bands_is_invalid() -> None:
    facts = Facts(None, None, None, extra={"c_height": "900", "t_over_c": "0.5"})
    assert judge(replace(method(STRIP), negative_from=None), facts).why == "no_value"
    assert judge(replace(method(STRIP), positive_below=None), facts).why == "no_value"


def test_a_strip_whose_method_sets_no_least_line_needs_only_a_line() -> None:
    facts = Facts(None, None, None, extra={"c_height": "1", "t_over_c": "0.5"})
    assert judge(replace(method(STRIP), control_line_least=None), facts).word == "positive"


@pytest.mark.parametrize("call", ["positive", "negative", "suspect", "invalid", "not_applicable", None])
def test_the_devices_word_never_replaces_the_rules_word(call: str | None) -> None:
    found = inhibition(GB, "60", call=call)
    if call == "invalid":
        assert found == Judgement("invalid", Decimal(60), "device_invalid")
        assert strip("0.5", call=call).why == "device_invalid"
    else:
        assert found.word == "positive"
        assert found.doubts == (("device_disagrees",) if call == "negative" else ())


def test_a_device_that_says_positive_of_a_negative_disagrees() -> None:
    assert inhibition(GB, "10", call="positive").doubts == ("device_disagrees",)
    assert strip("0.8", call="positive").doubts == ("unverified_rule",)


@given(NUMBERS, NUMBERS)
def test_more_inhibition_is_never_less_positive(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    words = [judge(method(GB), Facts(value, "%", None)).word for value in (low, high)]
    assert words != ["positive", "negative"]
    assert set(words) <= {"negative", "positive"}


@given(NUMBERS)
def test_the_judged_figure_is_the_figure_that_was_read(value: Decimal) -> None:
    found = judge(method(GB), Facts(value, "%", None))
    assert str(found.value) == str(value)
    assert (found.word == "positive") == (value >= 50)


@given(
    some.decimals(), some.decimals(), some.sampled_from(sorted({one.id for one in methods.shipped().every}))
)
def test_whatever_a_device_says_there_is_one_of_four_words(value: Decimal, other: Decimal, name: str) -> None:
    extra = {"c_height": str(other), "t_over_c": str(value)}
    found = judge(method(name), Facts(value, method(name).unit, None, extra=extra))
    assert found.word in {"negative", "positive", "suspect", "invalid"}
    assert found.value is None or found.value.is_finite()
