"""DY-5000: wells down the columns, exact figures, and a reader that answers by the day."""

import pytest

from drivers.instruments.dayuan_dy5000 import well_name
from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_dy5000 import plate, simulator
from tests.drivers.golden import lines

ID = "dayuan_dy5000"
FIELDS = {"unit": "ug/kg", "absorbance": "0.512"}
HELD = [
    Record("B7", item="氯霉素", value="3.250", measured_at="2019-08-07T10:31:44", fields=FIELDS),
    Record("", item="氯霉素", value="0", measured_at="2019-08-07T10:31:44"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "name"), [(0, "A1"), (7, "H1"), (8, "A2"), (95, "H12")])
def test_wells_are_numbered_down_the_columns(number: int, name: str) -> None:
    assert well_name(number) == name


def test_a_plate_comes_back_from_its_bytes() -> None:
    first, second = lines(ID, plate(HELD).hex())
    assert (first["position"], first["value"], first["unit"], first["extra"]["absorbance"]) == (
        "B7",
        "3.250",
        "ug/kg",
        "0.512",
    )
    assert (second["position"], second["flags"]) == ("B1", ["unverifiable"])
    assert plate([]) == b""


@pytest.mark.parametrize(("day", "count"), [("2019-08-07", 2), ("2019-08-08", 0)])
def test_the_reader_answers_by_the_day(day: str, count: int) -> None:
    host, device = profile(ID).codec({}), simulator({}, HELD)
    host.ask(f"day:{day}")
    device.receive(b"?s12" + b"sabcdefghijkl" + host.to_send(), 0.0)
    events = host.receive(device.to_send(), 0.0)
    assert sum(len(profile(ID).read(event, {})) for event in events) == count
