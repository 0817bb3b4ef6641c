"""Charm records: figures with their unit, words, failed strips, clocks in a form that a laboratory names."""

from typing import Any

import pytest

from drivers.registry import profile
from protocols.named import Fields


def reading(settings: dict[str, Any] | None = None, **fields: str) -> Any:
    said = {"UnitSN": "1", "Result": "Negative", "Date": "2026-08-07", "Time": "10:31:44", **fields}
    event = Fields({name: text.encode("gb18030") for name, text in said.items()}, 0)
    (found,) = profile("charm_ez").read(event, {**profile("charm_ez").defaults, **(settings or {})})
    return found


@pytest.mark.parametrize(
    ("answer", "value", "unit", "flags"),
    [
        ("0.35 ppb", "0.35", "ppb", ()),
        ("12", "12", None, ()),
        ("> 10 ppb", None, "ppb", ("above_range",)),
        ("<2ppb", None, "ppb", ("below_range",)),
        ("n.d.", None, None, ("not_a_number",)),
        ("", None, None, ()),
    ],
)
def test_answers(answer: str, value: str | None, unit: str | None, flags: tuple[str, ...]) -> None:
    found = reading(Answer=answer)
    assert ((None if found.value is None else str(found.value)), found.unit, found.flags) == (
        value,
        unit,
        flags,
    )


def test_a_failed_strip_is_invalid_whatever_its_result_says() -> None:
    assert reading(Result="Positive", FailCode="7").call == "invalid"
    assert reading(Result="Positive", FailCode="0").call == "positive"
    assert reading(Result="", Interpretation="NEG").call == "negative"
    assert reading({"words": {"OK": "negative"}}, Result="OK").call == "negative"


def test_a_clock_is_read_in_the_form_that_the_laboratory_names() -> None:
    assert reading(Date="08/07/26", Time="10:31").measured_at is None
    found = reading({"clock": "%m/%d/%y %H:%M"}, Date="08/07/26", Time="10:31")
    assert found.measured_at.isoformat() == "2026-08-07T10:31:00"
