"""Ten thousand kills of the capturing process: nothing acknowledged is lost, nothing doubled.

Each seed stands for a hundred kills at its own instants. A run that was stopped goes on with
`python3 run.py long -k kills --first-seed 7`; one seed alone is `-k "kills and seed7"`.
"""

from pathlib import Path

import pytest

from drivers import selfcheck
from tests.counts import seeds

SEEDS = 100
TIMES = 100


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("seed", seeds(metafunc.config, SEEDS), ids=lambda seed: f"seed{seed}")


def test_kills_lose_and_double_nothing(seed: int, tmp_path: Path) -> None:
    def told(done: int) -> None:
        if done % 10 == 0:
            print(
                f"  seed {seed}: {done} of {TIMES} kills, {seed * TIMES + done} of {SEEDS * TIMES} in all",
                flush=True,
            )

    print(f"\n  seed {seed}", flush=True)
    found = selfcheck.kill(TIMES, tmp_path / "kill", seed, told)
    print(f"  seed {seed}: {found}", flush=True)
    assert (found.kills, found.lost, found.doubled) == (TIMES, 0, 0)
    assert found.kept >= found.acknowledged > TIMES
