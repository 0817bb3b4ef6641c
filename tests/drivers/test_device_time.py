"""Times of devices: as they are written, or none; and the day that stands for `today` in a command."""

from datetime import date

import pytest

from drivers.device_time import dated, device_time, loose_time, parsed_time


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019-08-07 10:31:44", "2019-08-07T10:31:44"),
        (" 2019/8/7 9:05 ", "2019-08-07T09:05:00"),
        ("2019-08-07T10:31:44", "2019-08-07T10:31:44"),
        ("2019年8月7日 10时31分", "2019-08-07T10:31:00"),
        ("2019年8月7日 10时31分44秒", "2019-08-07T10:31:44"),
        ("2019-02-30 10:31:44", None),
        ("2019-08-07 24:31", None),
        ("2019-08-07", None),
        ("07-08-2019 10:31", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_written_time_is_read_or_none(text: str, iso: str | None) -> None:
    found = loose_time(text)
    assert (found.isoformat() if found else None) == iso


@pytest.mark.parametrize(
    ("digits", "iso"), [("20190807103144", "2019-08-07T10:31:44"), ("201908071031", "2019-08-07T10:31:00")]
)
def test_digits_are_a_time(digits: str, iso: str) -> None:
    found = parsed_time(digits)
    assert found is not None
    assert found.isoformat() == iso


def test_a_time_that_no_calendar_has_is_none() -> None:
    assert device_time(2019, 13, 1, 0, 0, 0) is None


def test_only_the_argument_of_a_command_is_dated() -> None:
    before = date.today()  # noqa: DTZ011 - the date of this computer is what is meant
    made = dated("day:today")
    after = date.today()  # noqa: DTZ011 - midnight may lie between
    assert made in {f"day:{before}", f"day:{after}"}
    assert (dated("today"), dated("last"), dated("")) == ("today", "last", "")
