"""A profile tried on this computer: real port, real bytes, and readings that go nowhere."""

import pytest

from drivers.errors import DriverError
from lims.bench.rehearsal import rehearse


@pytest.mark.parametrize("instrument", ["dayuan_tl310", "taiyang_ttnj"])
def test_a_simulator_is_played_heard_and_decoded(instrument: str) -> None:
    assert rehearse(instrument, {}, seconds=2.0) > 0


def test_what_is_no_instrument_is_told() -> None:
    with pytest.raises(DriverError):
        rehearse("coffee", {}, seconds=0.1)
