"""To which position a reading belongs: the binding, then the number, else why it waits."""

from datetime import date, datetime, timedelta

import pytest

from lims.rules.match import SKEW, Bound, Match, Unmatched, contradiction, match
from lims.rules.numbering import number

ONE, TWO, ELSE = (number("LJ01", date(2026, 11, 24), n) for n in (1, 2, 3))
BOUND = {"1": Bound("blank", None), "2": Bound("sample", ONE), "3": Bound("sample", TWO)}
FREE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("position", "text", "found"),
    [
        ("2", None, Match("2", "sample", ONE, "binding")),
        ("2", ONE, Match("2", "sample", ONE, "binding")),
        ("2", "tomato", Match("2", "sample", ONE, "binding")),
        ("1", None, Match("1", "blank", None, "binding")),
        (None, TWO, Match("3", "sample", TWO, "number")),
        ("9", TWO, Match("3", "sample", TWO, "number")),
        ("2", TWO, Unmatched("number_disagrees")),
        ("1", ONE, Unmatched("number_disagrees")),
        ("9", None, Unmatched("position_not_bound")),
        ("9", ONE[:-1] + "?", Unmatched("position_not_bound")),
        ("9", ELSE, Unmatched("sample_not_in_run")),
        (None, ELSE, Unmatched("sample_not_in_run")),
        (None, "", Unmatched("no_position")),
        (None, None, Unmatched("no_position")),
    ],
)
def test_a_reading_finds_its_place_or_says_why_not(
    position: str | None, text: str | None, found: Match | Unmatched
) -> None:
    assert match(position, text, BOUND, FREE) == found


def test_without_an_open_run_everything_waits() -> None:
    assert match("2", ONE, None, FREE) == Unmatched("no_run")


def test_a_place_that_has_its_reading_takes_no_second_one() -> None:
    taken = frozenset({"2"})
    assert match("2", None, BOUND, taken) == Unmatched("position_taken")
    assert match(None, ONE, BOUND, taken) == Unmatched("position_taken")
    assert isinstance(match("3", None, BOUND, taken), Match)


def test_a_sample_that_stands_twice_is_not_found_by_its_number() -> None:
    twice = {"1": Bound("sample", ONE), "2": Bound("sample", ONE)}
    assert match(None, ONE, twice, FREE) == Unmatched("sample_not_in_run")


def test_what_the_device_calls_its_control_never_becomes_a_sample() -> None:
    assert match("2", None, BOUND, FREE, control=True) == Unmatched("device_says_control")
    assert isinstance(match("1", None, BOUND, FREE, control=True), Match)


START = datetime.fromisoformat("2026-11-24T09:00")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"item": None}, ""),
        ({"item": "lead"}, "other_item"),
        ({"item": "lead", "items": ()}, ""),
        ({"flags": ("unknown_item",)}, "unknown_item"),
        ({"flags": ("control", "unknown_meaning")}, "unknown_meaning"),
        ({"measured_at": START - SKEW}, ""),
        ({"measured_at": START - SKEW - timedelta(seconds=1)}, "before_run"),
        ({"measured_at": START + timedelta(hours=1) + SKEW}, ""),
        ({"measured_at": START + timedelta(hours=1, seconds=1) + SKEW}, "clock_ahead"),
    ],
)
def test_what_speaks_against_a_place_is_said(changed: dict[str, object], why: str) -> None:
    plain: dict[str, object] = {
        "flags": (),
        "item": "pesticide inhibition",
        "items": ("pesticide inhibition",),
        "measured_at": None,
        "started_at": START,
        "received_at": START + timedelta(hours=1),
    }
    assert contradiction(**{**plain, **changed}) == why  # type: ignore[arg-type] # a table of arguments
