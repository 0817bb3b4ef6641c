"""The devices beside the desktop: a bare board waits with cuvettes for the run that was started on it."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lims.bench.lines import Bench
from lims.demo import script
from lims.demo.live import Devices
from lims.queries import equipment
from lims.rules import methods
from lims.services import measure
from lims.services.measure import Binding
from tests.laboratory import Lab, found_lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path)
    yield made
    made.close()


def test_the_bare_board_is_registered_and_can_be_zeroed(lab: Lab) -> None:
    devices = Devices(lab.laboratory, random.Random(1))
    devices.start()
    lines = Bench(lab.laboratory)
    lines.start()
    try:
        owned = {one.id: one for one in lab.as_("lin").ask(equipment.instruments)}
        assert len(owned) == 6
        assert owned["BX1-1"].settings == {"assay.detect": 40, "simulated": True}
        (number,) = lab.received(1)
        bindings = [Binding("1", "blank"), Binding("2", "sample", number)]
        lab.as_("lin").do(measure.start_run, instrument="BX1-1", method=script.PESTICIDES, lot="LOT-1",
                          bindings=bindings)  # fmt: skip
        deadline = time.monotonic() + 30
        while next(one.state for one in lines.lines() if one.id == "BX1-1") != "open":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        lines.assays.zero("BX1-1", methods.shipped().method(script.PESTICIDES))
        while lines.assays.course("BX1-1").doing != "zeroed":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert len(lines.assays.course("BX1-1").zeroed) == 16
    finally:
        lines.stop()
        devices.close()
