"""LZ-4000T: the derived vectors of its download, odd clocks and names, a store that answers by the day."""

import pytest

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_lz4000t import record_body, simulator
from protocols.sevene import seven_e
from tests.drivers.golden import lines, one

ID = "dayuan_lz4000t"
HELD = (
    Record("", "7", "青菜", value="25.36", measured_at="2018-03-31T09:05:30"),
    Record("", "8", "西红柿", value="61.20", measured_at="2018-03-31T09:05:30"),
    Record("", "9", "白菜", value="1.00", measured_at="2018-04-01T09:05:30"),
)
C4 = "7E 11 14 00 02 00 01 00 07 00 C7 E0 B2 CB 00 00 12 03 1F 09 05 1E E8 09 8F AA"


def frame(body: bytes) -> str:
    return seven_e().build(b"\x11", body).hex()


def test_the_simulator_holds_the_vector() -> None:
    assert frame(record_body(HELD[0], 2, 1)) == bytes.fromhex(C4).hex()


def test_counts_are_no_readings() -> None:
    assert lines(ID, "7E 13 05 00 12 03 1F 02 00 2A AA") == []


def test_a_date_that_cannot_be_and_a_name_cut_in_a_character_are_kept_as_bytes() -> None:
    record = Record("", "1", "菜\\xc7", value="655.35", fields={"clock_bytes": "12 0D 01 00 00 00"})
    line = one(ID, frame(record_body(record, 1, 1)))
    assert (line["sample"], line["measured_at"]) == ("菜\\xc7", None)
    assert line["flags"] == ["above_range", "bad_clock"]
    assert line["extra"]["clock_bytes"] == "12 0D 01 00 00 00"


@pytest.mark.parametrize(("day", "count"), [("2018-03-31", 2), ("2018-04-01", 1), ("2018-04-02", 0)])
def test_the_store_answers_by_the_day(day: str, count: int) -> None:
    host, device = profile(ID).codec({}), simulator({}, HELD)
    host.ask(f"day:{day}")
    found = 0
    for now in range(4):
        device.receive(host.to_send(), now)
        events = host.receive(device.to_send(), now)
        found += sum(len(profile(ID).read(event, {})) for event in events)
    assert found == count
    assert host.idle


def test_it_answers_the_test_and_asks_nothing() -> None:
    device = simulator({}, ())
    device.receive(bytes.fromhex("7E 00 02 00 00 00 07 AA"), 0.0)
    assert lines(ID, device.to_send().hex()) == []
