"""Whether a run counts: each role read and unread, within its limits and outside, today and earlier today."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lims.rules import methods
from lims.rules.validity import Control, Validity, validity
from lims.rules.verdict import Facts

INHIBITION = methods.shipped().method("GBT5009.199-2003")
STRIP = methods.shipped().method("KIT-CAP-STRIP")


def read(value: str, unit: str = "%", call: str | None = None) -> Facts:
    return Facts(Decimal(value), unit, call)


def strip(ratio: str, height: str = "900") -> Facts:
    return Facts(None, None, None, extra={"c_height": height, "t_over_c": ratio})


def blank(facts: Facts | None, position: str = "1") -> Control:
    return Control("blank", position, facts)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("-10.01", "blank_out_of_limits"),
        ("-10", ""),
        ("0", ""),
        ("20", ""),
        ("20.01", "blank_out_of_limits"),
        ("80", "blank_out_of_limits"),
    ],
)
def test_a_blank_must_stay_within_its_limits(value: str, why: str) -> None:
    found = validity(INHIBITION, [blank(read(value))])
    assert found == (Validity(False, why, "1") if why else Validity(True))


def test_a_limit_that_is_not_set_limits_nothing() -> None:
    assert validity(replace(INHIBITION, blank_low=None), [blank(read("-500"))]).valid
    assert validity(replace(INHIBITION, blank_high=None), [blank(read("500"))]).valid
    assert not validity(replace(INHIBITION, blank_low=None), [blank(read("500"))]).valid


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (None, "blank_not_read"),
        (Facts(None, "%", None), "blank_no_value"),
        (Facts(Decimal("NaN"), "%", None), "blank_no_value"),
        (read("1", unit="ug/kg"), "blank_other_unit"),
        (read("1", call="invalid"), "blank_device_invalid"),
    ],
)
def test_a_blank_that_says_nothing_makes_the_run_invalid(facts: Facts | None, why: str) -> None:
    assert validity(INHIBITION, [blank(facts, "7")]) == Validity(False, why, "7")


def test_a_run_without_its_blank_is_invalid() -> None:
    assert validity(INHIBITION, []) == Validity(False, "no_blank")
    assert validity(INHIBITION, [], earlier_today=True) == Validity(False, "no_blank")


def test_one_bad_control_among_good_ones_makes_the_run_invalid() -> None:
    controls = [blank(read("1")), blank(read("55"), "2"), blank(read("1"), "3")]
    assert validity(INHIBITION, controls) == Validity(False, "blank_out_of_limits", "2")


def test_a_positive_control_must_read_positive() -> None:
    assert validity(STRIP, [Control("control", "1", strip("0.3"))]).valid
    for ratio in ("0.7", "0.9"):
        found = validity(STRIP, [Control("control", "1", strip(ratio))])
        assert found == Validity(False, "control_not_positive", "1")
    assert validity(STRIP, [Control("control", "1", strip("0.3", "10"))]).why == "control_no_control_line"
    low = validity(INHIBITION, [blank(read("1")), Control("control", "2", read("40"))])
    assert low == Validity(False, "control_not_positive", "2")


def test_a_blank_strip_must_read_negative() -> None:
    control = Control("control", "1", strip("0.3"))
    assert validity(STRIP, [control, blank(strip("1.1"), "2")]).valid
    assert validity(STRIP, [control, blank(strip("0.5"), "2")]) == Validity(False, "blank_not_negative", "2")


def test_a_control_of_this_day_serves_where_the_method_says_so() -> None:
    assert validity(STRIP, []) == Validity(False, "no_control")
    assert validity(STRIP, [], earlier_today=True).valid
    assert not validity(replace(STRIP, control_scope="run"), [], earlier_today=True).valid


def test_a_bad_control_is_not_mended_by_a_good_one_earlier() -> None:
    bad = [Control("control", "1", strip("1.1"))]
    assert not validity(STRIP, bad, earlier_today=True).valid
