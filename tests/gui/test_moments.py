"""Lengths of time as people say them."""

from datetime import timedelta

import pytest

from gui import moments
from lims import text


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=59), "less than a minute", "不到 1 分钟"),
        (timedelta(minutes=7, seconds=20), "7 min", "7 分钟"),
        (-timedelta(minutes=12), "12 min", "12 分钟"),
        (timedelta(hours=3, minutes=5), "3 h 5 min", "3 小时 5 分"),
        (timedelta(hours=47, minutes=59), "47 h 59 min", "47 小时 59 分"),
        (timedelta(hours=72), "3 days", "3 天"),
    ],
)
@pytest.mark.usefixtures("dressed")
def test_a_length_is_said_in_the_unit_that_fits_it(length: timedelta, english: str, chinese: str) -> None:
    assert moments.roughly(length) == english
    text.use("zh_CN")
    assert moments.roughly(length) == chinese
