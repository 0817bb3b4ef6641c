"""A thousand late Modbus answers, on devices with and without the echo, and no value on a wrong run."""

import pytest

from drivers.links.modbus_port import SerialLine
from drivers.profile import Serial
from drivers.simulators.modbus_reader import RegisterSlave
from tests.drivers.late_replies import LateAnswers, play, small_map
from tests.drivers.serving import on_pty


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_late_answers_put_no_value_on_a_wrong_run(echo: bool, seed: int) -> None:
    slave = RegisterSlave(1, {}, echo=echo)
    with on_pty(slave) as port:
        tally = play(slave, SerialLine(port, Serial(115200)), small_map(echo=echo), LateAnswers(500, seed))
    assert (tally.late, tally.wrong) == (500, 0)
    assert tally.runs > 100
