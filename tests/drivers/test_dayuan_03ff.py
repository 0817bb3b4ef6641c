"""The `03 FF` meters: figures under their item's method, marks and ambiguous figures, cards, text and old dialect."""

import pytest

from drivers.errors import Refused
from drivers.profile import Record
from drivers.registry import profile
from drivers.simulators.dayuan_03ff import simulator
from protocols.three_ff import ITEM_SIZE, build
from tests.drivers.golden import lines, one

ID = "dayuan_03ff"
A6 = (
    "03 FE 45 00 0A 00 00 00 24 00 96 B1 01 00 00 00 F6 53 07 27 01 80 00 00 76 01 00 00 02 C0 00 00 00 02 00 00 "
    "03 80 00 00 FF 7F 00 00 00 00 00 00"
)
A7 = "03 FE 65 00 00 00 00 00 09 00 91 E3 01 02 A0 70 07 27 11 00 01"
CLOCK = "F6 53 07 27"


def listed(method: int, command: int = 0x42) -> str:
    entry = "亚硝酸盐".encode("gb18030").ljust(16, b"\0") + b"mg/kg\0\0\0" + bytes((method,))
    return build(0xFE, command, 0, entry.ljust(ITEM_SIZE, b"\0")).hex()


def wet(cells: str, clock: str = CLOCK) -> str:
    return build(0xFE, 0x45, 7, bytes.fromhex(f"01 00 00 00 {clock} {cells}")).hex()


def card(result: str, command: int = 0x65) -> str:
    return build(0xFE, command, 3, bytes.fromhex(f"01 00 {CLOCK} 11 00 {result}")).hex()


def test_the_derived_record_with_its_list() -> None:
    found = lines(ID, listed(0) + A6)
    assert [(line["position"], line["value"], line["call"]) for line in found] == [
        ("1", "37.4", None), ("2", "51.2", "suspect"), ("3", None, "invalid")
    ]  # fmt: skip
    assert {line["measured_at"] for line in found} == {"2019-08-07T10:31:44"}
    assert {line["unit"] for line in found} == {"%"}


def test_a_record_without_its_list_gives_bytes_and_no_figure() -> None:
    line = lines(ID, A6)[0]
    assert (line["item"], line["value"], line["flags"]) == (None, None, ["unknown_item", "unknown_meaning"])
    assert line["extra"]["value_bytes"] == "76 01 00 00"


def test_the_derived_strip_record() -> None:
    line = one(ID, A7)
    assert (line["call"], line["measured_at"], line["extra"]["running_number"]) == (
        "positive", "2019-08-07T14:05:00", "17"
    )  # fmt: skip
    assert "unknown_item" in line["flags"]


@pytest.mark.parametrize(
    ("value", "figure", "call", "flags"),
    [
        ("2E 09 00 00", "2.350", None, []),
        ("2E 09 00 80", "-2.350", None, []),
        ("00 00 00 01", "16777.216", None, []),
        ("FF FF FF 7F", None, "invalid", ["not_a_number"]),
        ("FE FF FF 7F", None, "invalid", ["not_a_number"]),
        ("FD FF FF 7F", None, "not_applicable", ["not_a_number"]),
        ("FF 7F 00 00", "32.767", None, ["unknown_meaning"]),
        ("2C 42 0F 00", "999.980", None, ["unknown_meaning"]),
    ],
)
def test_figures_in_thousandths(value: str, figure: str | None, call: str | None, flags: list[str]) -> None:
    (line,) = lines(ID, listed(1) + wet(f"01 80 00 00 {value}"))
    assert (line["value"], line["call"], line["flags"]) == (figure, call, flags)
    assert line["unit"] == "mg/kg"


@pytest.mark.parametrize(
    ("rate", "value", "call", "flags"),
    [
        ("FE 7F", None, "not_applicable", ["not_a_number"]),
        ("E9 03", "100.1", None, ["above_range"]),
        ("00 00", "0.0", None, []),
    ],
)
def test_rates_in_tenths(rate: str, value: str | None, call: str | None, flags: list[str]) -> None:
    (line,) = lines(ID, listed(0) + wet(f"01 80 00 00 {rate} 00 00"))
    assert (line["value"], line["call"], line["flags"]) == (value, call, flags)


def test_the_control_is_kept_and_an_entry_not_marked_valid_has_no_figure() -> None:
    control, bad = lines(ID, listed(0) + wet("00 80 00 00 64 00 00 00 02 00 00 00 64 00 00 00 00 00 00 00"))
    assert (control["position"], control["value"], control["flags"]) == ("0", "10.0", ["control"])
    assert (bad["position"], bad["value"], bad["call"]) == ("2", None, "invalid")


def test_a_clock_that_cannot_be_and_an_empty_slot() -> None:
    (line,) = lines(ID, listed(0) + wet("01 80 00 00 64 00 00 00", "00 00 00 00"))
    assert (line["measured_at"], line["extra"]["clock_bytes"]) == (None, "00 00 00 00")
    assert lines(ID, build(0xFE, 0x45, 7, b"\0").hex()) == []


@pytest.mark.parametrize(
    "frame", [build(0xFE, 0x45, 7, b"\1\0\0").hex(), build(0xFE, 0x65, 7, b"\1\0\0").hex()]
)
def test_a_record_too_short_for_its_kind_is_an_error(frame: str) -> None:
    assert [line["error"] for line in lines(ID, frame)] == ["profile"]


@pytest.mark.parametrize(
    ("frame", "value", "call", "flags"),
    [
        (listed(0, 0x62) + card("42"), None, "negative", []),
        (listed(0, 0x62) + card("C1 78 00 00 80"), "-0.120", "positive", []),
        (listed(0, 0x62) + card("82"), None, "negative", ["unknown_meaning"]),
        (listed(0, 0x72) + card("43", 0x75), None, "not_applicable", ["unknown_meaning"]),
        (listed(0, 0x72) + card("80 FF FF FF 7F", 0x75), None, "invalid", ["not_a_number"]),
    ],
)
def test_cards(frame: str, value: str | None, call: str | None, flags: list[str]) -> None:
    (line,) = lines(ID, frame)
    assert (line["value"], line["call"], line["flags"]) == (value, call, flags)


def test_text_with_a_strange_time_or_too_few_lines() -> None:
    text = "标题\r单位\r单位\r类型\r批号\r样品编号：9\r项目：铅\r结果：0.5 mg/kg 超标\r标准\r时间：昨天"
    frame = build(0xFE, 0x45, 0, b"\1\2\3" + text.encode("gb18030")).hex()
    line = one(ID, frame, {"dialect": "text"})
    assert (line["value"], line["unit"], line["call"], line["flags"]) == (
        "0.5",
        "mg/kg",
        "positive",
        ["bad_clock"],
    )
    short = one(ID, build(0xFE, 0x45, 0, b"\1\2\3abc").hex(), {"dialect": "text"})
    assert (short["value"], short["call"], short["sample"]) == (None, None, None)


def test_the_older_units_have_no_check_and_say_so() -> None:
    line = one(ID, "81 04 0A 00 01 00 00 13 0D 07 0A 1F D2 04 5A 81", {"dialect": "81-04"})
    assert (line["value"], line["flags"]) == ("12.34", ["unverifiable", "bad_clock"])


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(Refused, match="setting_word"):
        profile(ID).codec({"dialect": "morse"})


def test_the_store_answers_by_number_and_is_cleared_only_when_told() -> None:
    device = simulator({}, [Record("1", value="5.0", item="x", measured_at="2019-08-07T10:31:44")])
    asked = {
        name: build(0xFF, *rest)
        for name, *rest in (("test", 0x20, 0, b"DEVICE??"), ("read", 0x45), ("clear", 0x46))
    }
    sizes = []
    for name in ("test", "read", "clear", "read"):
        device.receive(asked[name], 0.0)
        sizes.append(len(device.to_send()))
    assert sizes == [12, 28, 12, 13]
