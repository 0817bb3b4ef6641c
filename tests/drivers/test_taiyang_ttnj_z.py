"""TTNJ-Z: exact rates, days without a time, a device that erases itself only after all its groups are kept."""

from typing import Any

import pytest

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.taiyang_ttnj_z import SendingMode, group_of, simulator
from protocols.codec import Broken
from tests.drivers.golden import lines, one

ID = "taiyang_ttnj_z"
FIELDS = {"date": "2016-08-31", "record_number": "1"}


def held(*positions: str, **fields: str) -> list[Record]:
    return [
        Record(position, value="37.4", call="negative", fields={**FIELDS, **fields}) for position in positions
    ]


@pytest.mark.parametrize(
    ("fields", "value", "flags", "call"),
    [
        ({}, "37.4", [], "negative"),
        ({"conclusion_byte": "02"}, "37.4", [], "positive"),
        ({"conclusion_byte": "00"}, "37.4", [], "invalid"),
        ({"floats_bytes": "3F 00 00 00 3F 00 00 00 7F C0 00 00"}, None, ["not_a_number"], "negative"),
        ({"floats_bytes": "3F 00 00 00 3F 00 00 00 BE 4C CC CD"}, "-20", ["below_range"], "negative"),
        ({"date": "2016-02-31"}, "37.4", ["bad_clock"], "negative"),
    ],
)
def test_a_result_is_exact_and_has_no_time(
    fields: dict[str, str], value: str | None, flags: list[str], call: str
) -> None:
    line = one(ID, group_of(held("A1", **fields)).hex())
    assert (line["value"], line["flags"], line["call"]) == (value, ["unverifiable", *flags], call)
    assert line["measured_at"] is None


@pytest.mark.parametrize(
    ("code", "position"), [("A1", "A1"), ("B6", "B6"), ("C8", "C8"), ("29", "29"), ("51", "51")]
)
def test_channels(code: str, position: str) -> None:
    assert one(ID, group_of(held(code)).hex())["position"] == position


def test_flags_that_fit_no_slot_make_the_group_broken() -> None:
    found = lines(ID, group_of(held("A1", head_bytes="00 00 03")).hex())
    assert [line["error"] for line in found] == ["mask"]


def talk(device: SendingMode, spoil: Any = None) -> tuple[list[str], list[str]]:
    """The positions and reasons of one download, and how the device's store looks when it is over."""
    host = profile(ID).codec({})
    host.ask("download")
    positions: list[str] = []
    reasons: list[str] = []
    for step in range(300):
        now = step * 0.1
        device.receive(host.to_send(), now)
        said = device.to_send()
        for event in [*host.receive(spoil(said) if spoil else said, now), *host.expire(now)]:
            if isinstance(event, Broken):
                reasons.append(event.reason)
            else:
                positions += [reading.position or "" for reading in profile(ID).read(event, {})]
    assert host.idle
    return positions, reasons


def two_groups() -> SendingMode:
    return simulator({"pace": 3.0}, held("A1", "A2") + held("B1", record_number="2"))


def test_a_whole_download_is_kept_and_then_the_device_is_empty() -> None:
    device = two_groups()
    assert talk(device) == (["A1", "A2", "B1"], [])
    assert device.groups == []


def test_a_broken_group_stops_the_download_and_nothing_is_erased() -> None:
    device = two_groups()
    positions, reasons = talk(
        device, lambda said: said.replace(b"2016-08-31", b"xxxx-08-31").replace(b"\3", b"\7")
    )
    assert positions == []
    assert reasons[-1] == "timeout"
    assert len(device.groups) == 2


def test_a_device_that_left_its_mode_is_asked_in_vain() -> None:
    device = two_groups()
    device.receive(b"\x24\x1b\xb1", 0.0)
    assert (device.to_send(), device.idle) == (b"", True)
    device.receive(b"\x1b\xbf\x1b", 1.0)
    assert device.to_send() == b"\x1b\x05"
    device.receive(b"", 12.0)
    device.receive(b"\xb1", 12.1)
    assert device.to_send() == b""
