"""ASTM results: exact numbers, range marks, words, clocks, and codes that only a laboratory can name."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from drivers.registry import profile
from drivers.simulators.astm_lis2 import SENDINGS, Sender
from protocols.astm_link import AstmLink, Refused
from protocols.astm_records import build
from protocols.astm_session import Message

ID = "astm_lis2"
ENQ_BYTE = b"\x05"
ITEMS = {"items": {"INH": {"item": "pesticide inhibition", "unit": "%"}}}


def readings(
    result: Sequence[Any], settings: Mapping[str, Any] | None = None, encoding: str = "utf-8"
) -> tuple[Any, ...]:
    rows: list[list[Any]] = [
        ["H"],
        ["P", "1"],
        ["O", "3", ["S-1", "rack 2", "7"], "", "", "R"],
        ["R", "5", *result],
        ["L", "1"],
    ]
    message = Message(build(rows, encoding), 1, 0)
    return tuple(profile(ID).read(message, {**ITEMS, **(settings or {})}))


def reading(text: str, abnormal: str = "", clock: str = "20260807103144", **settings: Any) -> Any:
    code = ["", "", "", "INH"]
    (found,) = readings([code, text, "", "", abnormal, "", "F", "", "", "", clock], settings)
    return found


@pytest.mark.parametrize("text", ["37.40", "0", "-2.5", "100.00", "+3", "0.000000000001"])
def test_a_number_is_taken_digit_for_digit(text: str) -> None:
    found = reading(text)
    assert f"{found.value:f}" == text.removeprefix("+")
    assert found.flags == ()


@pytest.mark.parametrize(
    ("text", "flags", "call"),
    [
        ("<0.02", ("below_range",), None),
        ("> 100", ("above_range",), None),
        ("<=5", ("below_range",), None),
        ("3,5", ("not_a_number",), None),
        ("３", ("not_a_number",), None),  # full-width digits are no figures of this wire
        ("", ("not_a_number",), None),
        ("nan", ("not_a_number",), None),
        ("1e5", ("not_a_number",), None),
        ("****", ("not_a_number",), None),
        ("NEG", (), "negative"),
        ("Positive", (), "positive"),
        ("阴性", (), "negative"),
        ("阳性", (), "positive"),
        ("可疑", (), "suspect"),
        ("无效", (), "invalid"),
        ("合格", ("not_a_number",), None),
    ],
)
def test_what_is_no_number_has_no_value_and_keeps_its_text(
    text: str, flags: tuple[str, ...], call: str | None
) -> None:
    found = reading(text)
    assert found.value is None
    assert found.flags == flags
    assert found.call == call
    assert found.extra["value_text"] == text


def test_a_number_beside_a_range_mark_stands_flagged() -> None:
    found = reading("100", ">")
    assert (str(found.value), found.flags) == ("100", ("above_range",))


def test_the_laboratory_may_name_words_of_its_own_also_for_the_abnormal_flag() -> None:
    found = reading("12", "A", words={"A": "positive"})
    assert (found.call, str(found.value)) == ("positive", "12")
    assert reading("12", "A").call is None


@pytest.mark.parametrize(
    ("clock", "time", "flags"),
    [
        ("20260807103144", "2026-08-07T10:31:44", ()),
        ("202608071031", "2026-08-07T10:31:00", ()),
        ("20260230103144", None, ("bad_clock",)),
        ("2026-08-07", None, ("bad_clock",)),
        ("", None, ()),
    ],
)
def test_the_devices_clock_is_taken_or_refused_never_made_up(
    clock: str, time: str | None, flags: tuple[str]
) -> None:
    found = reading("1", clock=clock)
    assert (found.measured_at and found.measured_at.isoformat()) == time
    assert found.flags == flags
    assert (found.record is None) == (time is None)


def test_a_code_that_nobody_mapped_has_no_item() -> None:
    (found,) = readings([["", "", "", "XYZ"], "1", "ug/L"])
    assert (found.item, found.unit, found.flags, found.extra["code"]) == (
        None,
        "ug/L",
        ("unknown_item",),
        "XYZ",
    )


def test_the_devices_unit_stands_before_the_maps() -> None:
    assert readings([["", "", "", "INH"], "1", "g"])[0].unit == "g"
    assert readings([["", "", "", "INH"], "1", ""])[0].unit == "%"


def test_sample_and_position_stand_where_the_settings_say() -> None:
    found = reading("1", position="O.3.3", sample="O.3.2")
    assert (found.sample, found.position) == ("rack 2", "7")
    assert (reading("1").sample, reading("1").position) == ("S-1", None)
    assert reading("1").record == "3.5"


def test_bytes_of_another_encoding_are_shown_as_numbers_and_named() -> None:
    (found,) = readings([["", "", "", "INH"], "阳性"], {}, "gb18030")
    assert found.value is None
    assert "undecodable" in found.extra["problems"]
    assert found.extra["value_text"].encode("utf-8")


def test_several_records_of_several_samples_keep_their_own() -> None:
    rows: list[list[Any]] = [["H"]]
    for sample in ("A", "B"):
        rows += [["P", "1"], ["O", "1", sample]]
        rows += [["R", str(one), ["", "", "", "INH"], f"{one}.0"] for one in (1, 2)]
    found = profile(ID).read(Message(build([*rows, ["L", "1"]]), 1, 0), ITEMS)
    assert [(one.sample, str(one.value)) for one in found] == [
        ("A", "1.0"),
        ("A", "2.0"),
        ("B", "1.0"),
        ("B", "2.0"),
    ]


def test_the_simulated_analyser_keeps_what_a_host_did_not_take_and_tries_again() -> None:
    text = build([["H"], ["L", "1"]])
    device = Sender([text], 240)
    assert device.receive(b"", 0.0) == []
    assert device.to_send() == ENQ_BYTE
    (refused,) = device.expire(16.0)
    assert isinstance(refused, Refused)
    assert device.to_send().endswith(ENQ_BYTE)
    host = AstmLink()
    heard = host.receive(ENQ_BYTE, 16.0)
    for _ in range(4):
        device.receive(host.to_send(), 17.0)
        heard += host.receive(device.to_send(), 17.0)
    assert [event.text for event in heard if isinstance(event, Message)] == [text]
    assert device.idle


def test_the_simulated_analyser_gives_up_at_last() -> None:
    device = Sender([build([["H"], ["L", "1"]])], 240)
    device.receive(b"", 0.0)
    refusals = [event for minute in range(1, 20) for event in device.expire(60.0 * minute)]
    assert [type(event) for event in refusals] == [Refused] * SENDINGS
    assert device.idle
