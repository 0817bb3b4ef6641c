"""What a device's times tell of its clock: both ways where it has just measured, else only that it is ahead."""

from datetime import datetime, timedelta

import pytest

from lims.rules.devicetime import offset

NOON = datetime(2026, 8, 7, 12)  # noqa: DTZ001 - devices know no zone


@pytest.mark.parametrize(
    ("minutes", "pushes", "found"),
    [
        ([], True, None),
        ([0], True, 0),
        ([-12, 3], True, -12),
        ([-12, -600], False, None),
        ([-12, 7, -600], False, 7),
    ],
)
def test_the_offset(minutes: list[int], pushes: bool, found: int | None) -> None:
    said = [(NOON + timedelta(minutes=one), NOON) for one in minutes]
    wanted = None if found is None else timedelta(minutes=found)
    assert offset(said, pushes=pushes) == wanted
