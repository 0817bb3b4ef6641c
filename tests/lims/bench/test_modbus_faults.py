"""A Modbus reader that is busy, fails, knows no register or answers as another unit, end to end: late, never wrong."""

import time
from pathlib import Path

import pytest

from drivers.crew import Crew, Post
from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.modbus_reader import RegisterSlave
from lims.bench import wires
from tests.drivers.acks import Taken
from tests.drivers.late_replies import CHANNELS, small_table

PATIENCE = 30.0
RECORDS = [Record(str(n), number="7", value=f"{n}.5") for n in range(1, CHANNELS + 1)]


@pytest.mark.parametrize("line", ["serial", "tcp"])
@pytest.mark.parametrize("switch", ["busy=11", "exception=11", "wrong-address=11", "other-unit=11"])
def test_a_reader_that_refuses_gives_its_own_figures_once(switch: str, line: str, tmp_path: Path) -> None:
    settings = {"map": small_table(timeout=0.1, latency=0.1, poll=0.01, echo=True)}
    sink, one = Taken(), profile("modbus_reader")
    crew = Crew(tmp_path, sink, pauses=(0.05,))
    port = 0 if line == "tcp" else None
    with wires.playing(
        one.id, records=RECORDS, settings=settings, tcp=port, faults=wires.faults([switch])
    ) as device:
        slave = device._device
        assert isinstance(slave, RegisterSlave)
        slave.requests = 9  # so that the second request is the eleventh
        crew.start(Post("a", one, device.address, settings))
        end = time.monotonic() + PATIENCE
        while len(sink.rows) < CHANNELS and time.monotonic() < end:
            time.sleep(0.02)
        crew.close()
    assert slave.requests > 12
    figures = sorted((str(found.position), str(found.value)) for found in sink.rows.values())
    assert figures == [(str(n), f"{n}.5") for n in range(1, CHANNELS + 1)]
