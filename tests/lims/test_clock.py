"""The clocks: what is written is UTC to the millisecond, and a moved wall clock is noticed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims import clock
from lims.clock import Tick

START = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_now_is_utc_and_whole_milliseconds() -> None:
    moment = clock.now()
    assert moment.utcoffset() == timedelta(0)
    assert moment.microsecond % 1000 == 0


def test_now_is_the_systems_time() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_steady_clock_never_goes_back() -> None:
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


def test_the_boot_keeps_its_name() -> None:
    assert clock.boot_id() == clock.boot_id() != ""


def test_two_ticks_of_an_untouched_computer_show_no_step() -> None:
    assert clock.step(clock.tick(), clock.tick()) is None


@given(st.floats(-1e7, 1e7).filter(lambda seconds: abs(seconds) > 2.1), st.floats(0, 1e6))
def test_a_moved_wall_clock_is_measured(moved: float, passed: float) -> None:
    later = Tick(START + timedelta(seconds=passed + moved), 50.0 + passed, "boot")
    found = clock.step(Tick(START, 50.0, "boot"), later)
    assert found is not None
    assert abs(found.total_seconds() - moved) < 0.001


@given(st.floats(-1.9, 1.9), st.floats(0, 1e6))
def test_drift_is_no_step(drift: float, passed: float) -> None:
    later = Tick(START + timedelta(seconds=passed + drift), 50.0 + passed, "boot")
    assert clock.step(Tick(START, 50.0, "boot"), later) is None


def test_another_boot_cannot_be_compared() -> None:
    assert clock.step(Tick(START, 50.0, "one"), Tick(START + timedelta(days=9), 1.0, "two")) is None


def test_local_time_is_the_laboratorys() -> None:
    assert clock.local(START).hour == 8


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        clock.local(datetime(2026, 11, 24))  # noqa: DTZ001 - the naive time is the point
