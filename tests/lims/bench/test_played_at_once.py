"""Every simulator takes the records that it is played with where no laboratory gives it any."""

import pytest

from drivers.registry import profiles
from lims.bench.wires import sample_records


@pytest.mark.parametrize("name", profiles())
def test_it_can_be_played_without_a_laboratory(name: str) -> None:
    one = profiles()[name]
    assert one.simulator is not None
    assert one.simulator(one.defaults, sample_records(name)).ask is not None
