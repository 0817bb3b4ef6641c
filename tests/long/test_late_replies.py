"""Ten thousand late Modbus answers, on devices with and without the echo, and no value on a wrong run.

Each seed stands for five hundred of each kind. A sweep that was stopped goes on with
`python3 run.py long -k late --first-seed 7`; one seed alone is `-k "late and seed7"`.
"""

import pytest

from drivers.links.modbus_port import SerialLine
from drivers.profile import Serial
from drivers.simulators.modbus_reader import RegisterSlave
from tests.counts import seeds
from tests.drivers.late_replies import LateAnswers, play, small_map
from tests.drivers.serving import on_pty

SEEDS = 10
LATE = 500


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("seed", seeds(metafunc.config, SEEDS), ids=lambda seed: f"seed{seed}")


@pytest.mark.parametrize("echo", [True, False])
def test_late_answers_put_no_value_on_a_wrong_run(echo: bool, seed: int) -> None:
    slave = RegisterSlave(1, {}, echo=echo)
    with on_pty(slave) as port:
        tally = play(slave, SerialLine(port, Serial(115200)), small_map(echo=echo), LateAnswers(LATE, seed))
    print(
        f"  seed {seed}, echo {echo}: {tally.late} late answers, {tally.runs} runs, {tally.wrong} wrong",
        flush=True,
    )
    assert (tally.late, tally.wrong) == (LATE, 0)
    assert tally.runs > 100
