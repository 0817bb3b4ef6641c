"""TL-310: the literal and derived vectors of its download, and a store that answers what it is asked."""

import pytest

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_tl310 import result_body, simulator
from protocols.frames import SUM8
from protocols.sevene import seven_e
from tests.drivers.golden import lines, one

ID = "dayuan_tl310"
B1 = "7E 02 04 00 FF 02 10 10 F8 AA"
B3 = "7E 16 15 00 FF 02 00 01 00 03 00 13 08 07 0A 1F 2C 00 0C 00 00 76 01 02 00 C6 AA"
B4 = "7E 16 15 00 FF 02 00 02 00 04 01 13 08 07 0A 1F 2C 00 0D 00 00 C8 02 01 00 58 AA"
B5 = "7E 16 15 00 FF 01 00 01 00 05 00 13 08 07 0A 1F 2C 00 0E 00 00 FE 7F 00 00 CC AA"
HELD = (
    Record("3", "12", value="37.4", call="negative", measured_at="2019-08-07T10:31:44"),
    Record(
        "4",
        "13",
        value="71.2",
        call="positive",
        measured_at="2019-08-07T10:31:44",
        fields={"standard": "NY/T 448-2001"},
    ),
)
OLDER = Record("1", "2", value="5.0", call="negative", measured_at="2019-08-06T09:00:00")


def test_a_version_is_no_reading() -> None:
    assert lines(ID, B1) == []


def test_a_result_is_exact() -> None:
    assert one(ID, B3) == {
        "instrument": ID,
        "position": "3",
        "sample": None,
        "item": "pesticide inhibition",
        "value": "37.4",
        "unit": "%",
        "call": "negative",
        "flags": [],
        "measured_at": "2019-08-07T10:31:44",
        "extra": {
            "test_number": "12",
            "standard": "GB/T 5009.199-2003",
            "call_byte": "02",
            "unknown_bytes": "00 00 00",
        },
    }


def test_the_other_standard_and_a_failed_channel() -> None:
    line = one(ID, B4)
    assert (line["position"], line["value"], line["call"]) == ("4", "71.2", "positive")
    assert (line["extra"]["standard"], line["extra"]["test_number"]) == ("NY/T 448-2001", "13")


def test_not_applicable_is_no_number() -> None:
    line = one(ID, B5)
    assert (line["value"], line["call"], line["flags"]) == (None, "not_applicable", ["not_a_number"])


@pytest.mark.parametrize("size", range(1, 27))
def test_a_frame_that_stops_is_an_error_and_no_reading(size: int) -> None:
    cut = bytes.fromhex(B3)[:size].hex()
    assert [set(line) for line in lines(ID, cut)] == [{"error", "offset", "detail"}]


def test_a_frame_under_a_plain_sum_is_refused_and_taken_flagged_where_the_laboratory_allows_it() -> None:
    body = result_body(HELD[0], 1, 1)
    frame = seven_e(SUM8).build(b"\x16", body).hex()
    assert all("error" in line for line in lines(ID, frame))
    line = one(ID, frame, {"lenient": True})
    assert (line["value"], line["flags"]) == ("37.4", ["lenient_check"])


@pytest.mark.parametrize(
    ("command", "frames"),
    [
        ("version", [B1]),
        ("last", [B3, B4]),
        ("date:2019-08-07", [B3, B4]),
        ("date:2019-08-05", []),
    ],
)
def test_the_simulator_answers_each_request_with_the_vectors(command: str, frames: list[str]) -> None:
    host, device = profile(ID).codec({}), simulator({}, (OLDER, *HELD))
    host.ask(command)
    assert device.receive(host.to_send(), 0.0) == []
    assert device.to_send() == bytes.fromhex("".join(frames))


def test_all_counts_every_record() -> None:
    device = simulator({}, (OLDER, *HELD))
    device.receive(bytes.fromhex("7E 15 04 00 FF FF FF FF 4D AA"), 0.0)
    found = lines(ID, device.to_send().hex())
    assert [line["value"] for line in found] == ["5.0", "37.4", "71.2"]
