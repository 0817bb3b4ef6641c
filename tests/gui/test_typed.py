from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui import typed

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("hand", "day"),
    [
        ("0803", date(2026, 8, 3)), ("8-3", date(2026, 8, 3)), ("2026/8/3", date(2026, 8, 3)),
        ("8.3", date(2026, 8, 3)), ("８月３日", date(2026, 8, 3)), ("2026年8月3日", date(2026, 8, 3)),
        ("260803", date(2026, 8, 3)), ("20260803", date(2026, 8, 3)), ("26-8-3", date(2026, 8, 3)),
        ("8。3", date(2026, 8, 3)), ("２０２６－８－３", date(2026, 8, 3)), (" 8 - 3 ", date(2026, 8, 3)),
        ("0102", date(2027, 1, 2)), ("1231", date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_date_is_understood_however_it_is_typed(hand: str, day: date) -> None:
    assert typed.read_date(hand, TODAY) == day


@pytest.mark.parametrize(
    "hand", ["", "8", "1332", "2-30", "2026-13-1", "8/3/2026", "tomorrow", "0229", "12345"]
)
def test_what_is_no_date_is_not_guessed(hand: str) -> None:
    assert typed.read_date(hand, TODAY) is None


@pytest.mark.parametrize(
    ("hand", "hour"),
    [("905", time(9, 5)), ("0905", time(9, 5)), ("9:05", time(9, 5)), ("9：05", time(9, 5)), ("9点05分", time(9, 5)),
     ("9", time(9, 0)), ("下午3:20", time(15, 20)), ("２３５９", time(23, 59)), ("9点", time(9, 0))],
)  # fmt: skip
def test_a_time_is_understood_however_it_is_typed(hand: str, hour: time) -> None:
    assert typed.read_time(hand) == hour


@pytest.mark.parametrize("hand", ["", "2579", "24:00", "9:60", "99999", "noon"])
def test_what_is_no_time_is_not_guessed(hand: str) -> None:
    assert typed.read_time(hand) is None


@pytest.mark.parametrize(
    ("hand", "number"),
    [("37.40", "37.40"), ("3。5", "3.5"), ("1，5", "1.5"), ("３７．４", "37.4"), ("-4.1", "-4.1"), ("－4.1", "-4.1"),
     ("1,234,567", "1234567"), ("1,234.5", "1234.5"), (".5", "0.5"), ("0", "0")],
)  # fmt: skip
def test_a_number_keeps_every_digit(hand: str, number: str) -> None:
    found = typed.read_number(hand)
    assert found == Decimal(number)
    assert found is not None
    assert len(found.as_tuple().digits) == len(Decimal(number).as_tuple().digits)


@pytest.mark.parametrize("hand", ["", "1,500", "1.2.3", "12a", "1e5", "nan", "∞", "--3", "1,2,3"])
def test_a_number_that_could_mean_two_is_refused(hand: str) -> None:
    assert typed.read_number(hand) is None


@settings(max_examples=60)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_what_was_understood_reads_as_itself(day: date) -> None:
    assert typed.read_date(typed.shown(day), TODAY) == day


@settings(max_examples=100)
@given(st.text(max_size=12))
def test_no_text_breaks_the_readers(words: str) -> None:
    found = [typed.read_date(words, TODAY), typed.read_time(words), typed.read_number(words)]
    assert all(each is None or isinstance(each, date | time | Decimal) for each in found)
