"""A few schedules of chance; a thousand of them are in the long tests."""

from pathlib import Path

import pytest

from tests.lims.sync.schedules import Schedule, model


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_or_doubled_and_every_fork_is_shown(seed: int, tmp_path: Path) -> None:
    schedule = Schedule(seed, tmp_path / "all", model())
    schedule.run(25)
    seen = schedule.settle()
    schedule.close()
    assert seen["converged"] + seen["set back"] == len(schedule.lives)
