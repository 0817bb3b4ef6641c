"""TTNJ: the maker's captured groups, the mask against the slots, and meanings that only a laboratory can give."""

from collections.abc import Mapping
from typing import Any

import pytest

from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.taiyang_ttnj import simulator
from protocols.codec import ProtocolError
from tests.drivers.golden import lines, one

ID = "taiyang_ttnj"
H2 = "13 35 10 02 07 02 0C 80 10" + " 00" * 56 + " 3F F7 53 7E 44 7C BC 7C"
H3 = "15 2E 11 02 07 05 0C 40 20" + " 00" * 48 + " 3F F5 4D 04 46 60 A8 1D" + " 00" * 8
H4 = "02 37 09 1D 03 01 0B 01 00 3F 18 92 8B 42 0B 32 FB" + " 00" * 56
H5 = "25 31 10 1E 03 01 0B 01 00 3F 6A 01 8B 3F 11 F6 0F"


def test_control_words_alone_are_no_reading() -> None:
    assert lines(ID, "1B 21") == []
    assert lines(ID, "1B FE") == []


def test_formaldehyde_in_slot_8_of_group_a() -> None:
    line = one(ID, H2)
    assert (line["position"], line["measured_at"]) == ("A8", "2012-07-02T16:53:19")
    assert (line["value"], line["unit"], line["call"]) == (None, None, None)
    assert line["flags"] == ["unverifiable", "unknown_meaning"]
    assert (line["extra"]["absorbance"], line["extra"]["second"]) == ("1.9322355", "1010.94507")
    assert line["extra"]["floats_bytes"] == "3F F7 53 7E 44 7C BC 7C"
    assert line["extra"]["sample_type"] == "formaldehyde"


def test_borax_in_slot_7_of_group_b() -> None:
    line = one(ID, H3)
    assert (line["position"], line["measured_at"]) == ("B7", "2012-07-02T17:46:21")
    assert (line["extra"]["absorbance"], line["extra"]["second"]) == ("1.9164128", "14378.028")


def test_an_eight_channel_unit() -> None:
    line = one(ID, H4)
    assert (line["position"], line["measured_at"]) == ("1", "2011-03-29T09:55:02")
    assert (line["extra"]["absorbance"], line["extra"]["second"]) == ("0.59598607", "34.799786")


def test_a_fragment_is_an_error_and_completed_with_empty_slots_it_is_a_reading() -> None:
    assert [line["error"] for line in lines(ID, H5)] == ["timeout"]
    line = one(ID, H5 + " 00" * 56, {"meanings": {"*": {"1": {"meaning": "sample_delta_a"}}}})
    assert line["value"] is None
    assert line["flags"] == ["unverifiable"]
    assert (line["extra"]["control_delta_a"], line["extra"]["sample_delta_a"]) == ("0.91408604", "0.5701608")


@pytest.mark.parametrize(
    ("model", "settings", "value", "unit"),
    [
        ("01", {"meanings": {"TTNJ-8": {"1": {"meaning": "inhibition"}}}}, "34.799786", "%"),
        (
            "01",
            {"meanings": {"TTNJ-8": {"1": {"meaning": "concentration", "unit": "mg/kg"}}}},
            "34.799786",
            "mg/kg",
        ),
        ("01", {"meanings": {"TTNJ-16": {"1": {"meaning": "inhibition"}}}}, None, None),
        ("01", {"meanings": {"TTNJ-8": {"2": {"meaning": "inhibition"}}}}, None, None),
        ("01", {"meanings": {"TTNJ-8": {"1": {"meaning": "rate"}}}}, None, None),
        (
            "11",
            {"model": "TTNJ-8", "meanings": {"TTNJ-8": {"1": {"meaning": "inhibition"}}}},
            "34.799786",
            "%",
        ),
    ],
)
def test_the_second_float_has_a_value_only_where_its_meaning_is_set(
    model: str, settings: Mapping[str, Any], value: str | None, unit: str | None
) -> None:
    line = one(ID, f"1B {model} 1B C1 {H4} 1B FE", settings)
    assert (line["value"], line["unit"]) == (value, unit)
    assert ("unknown_meaning" in line["flags"]) == (value is None)


@pytest.mark.parametrize("mask", range(256))
def test_only_the_mask_that_fits_the_slots_gives_a_reading(mask: int) -> None:
    found = lines(ID, H2.replace("80 10", f"{mask:02X} 10"))
    if mask == 0x80:
        assert [line["position"] for line in found] == ["A8"]
    else:
        assert all("error" in line for line in found)
        assert (
            "mask" in [line["error"] for line in found] or mask == 0
        )  # no slot used: no sign of a group at all


def test_a_model_said_to_count_in_those_bytes_is_read_by_its_slots() -> None:
    group = H4.replace("0B 01 00", "0B 2C 01")
    assert [line["error"] for line in lines(ID, group)] == ["mask"]
    line = one(ID, group, {"model": "TTNJ-8", "counter_models": ["TTNJ-8"]})
    assert (line["position"], line["extra"]["bytes_7_8"]) == ("1", "2C 01")


def test_a_date_that_cannot_be_is_kept_as_bytes() -> None:
    line = one(ID, H4.replace("09 1D 03", "09 1F 02"))
    assert (line["measured_at"], line["extra"]["clock_bytes"]) == (None, "02 37 09 1F 02 01 0B")
    assert "bad_clock" in line["flags"]


def test_one_command_links_fetches_all_groups_and_ends() -> None:
    held = [
        Record(f"{group}{slot}", value="12.5", measured_at="2026-08-07T10:31:44")
        for group in "AB"
        for slot in (1, 8)
    ]
    host, device = profile(ID).codec({}), simulator({"model": "TTNJ-16"}, held)
    host.ask("download")
    talk: list[bytes] = []
    positions: list[str | None] = []
    for now in range(20):
        asked = host.to_send()
        talk.append(asked)
        device.receive(asked, now)
        for event in host.receive(device.to_send(), now):
            positions += [reading.position for reading in profile(ID).read(event, {})]
    assert [asked for asked in talk if asked] == [b"\x1b\xbf", b"\x1b\xb1", b"\x24", b"\x24", b"\x1b\xff"]
    assert positions == ["A1", "A8", "B1", "B8"]
    assert host.idle


def test_clearing_is_named_as_destructive_and_nothing_asks_for_it_by_itself() -> None:
    assert profile(ID).destructive == ("clear",)
    codec = profile(ID).codec({})
    with pytest.raises(ProtocolError):
        codec.ask("erase")
