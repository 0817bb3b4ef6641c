"""The `6A` meters: items by model, conclusions as the device says them, days without a time."""

import pytest

from drivers.errors import Refused
from drivers.registry import profile
from drivers.simulators.dayuan_6a import simulator
from protocols.six_a import ERASE, READ
from tests.drivers.golden import lines, one

ID = "dayuan_6a"
M2 = "6A 11 00 EB 00 02 01 12 10 24 15 02 21"
M3 = "6A 07 65 01 12 10 24 05 69"


@pytest.mark.parametrize(
    ("model", "item", "flags"),
    [("DY-6200", "亚硝酸盐", []), ("DY-6201", "砷", []), ("", None, ["unknown_item"])],
)
def test_an_item_code_means_what_it_means_on_this_model(
    model: str, item: str | None, flags: list[str]
) -> None:
    line = one(ID, M2, {"model": model})
    assert (line["item"], line["value"], line["unit"], line["call"]) == (item, "2.35", "mg/kg", "negative")
    assert (line["flags"], line["measured_at"]) == (["unverifiable", *flags], "2012-10-24T15:02:21")


@pytest.mark.parametrize(
    ("byte", "call", "flags"),
    [("02", "positive", []), ("03", "suspect", []), ("04", None, ["unknown_meaning"]), ("09", None, [])],
)
def test_conclusions(byte: str, call: str | None, flags: list[str]) -> None:
    line = one(ID, M2.replace("02 01 12", f"02 {byte} 12"), {"model": "DY-6200"})
    assert (line["call"], line["flags"], line["extra"]["conclusion_byte"]) == (
        call,
        ["unverifiable", *flags],
        byte,
    )


def test_a_date_that_cannot_be() -> None:
    line = one(ID, M2.replace("12 10 24", "12 13 24"), {"model": "DY-6200"})
    assert (line["measured_at"], line["flags"], line["extra"]["clock_bytes"]) == (
        None, ["unverifiable", "bad_clock"], "12 13 24 15 02 21"
    )  # fmt: skip


def test_moisture_has_a_day_and_no_time() -> None:
    line = one(ID, M3, {"model": "DY-6400"})
    assert (line["value"], line["unit"], line["measured_at"], line["extra"]["date"], line["extra"]["species"]) == (
        "76.5", "%", None, "2012-10-24", "猪"
    )  # fmt: skip
    odd = one(ID, M3.replace("07 65 01", "0A 65 09"), {"model": "DY-6400"})
    assert (odd["value"], odd["extra"]["species"], odd["flags"]) == (
        None,
        "unknown",
        ["unverifiable", "not_a_number"],
    )


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(Refused, match="setting_word"):
        profile(ID).codec({"model": "DY-1"})


def test_the_device_is_empty_only_after_it_was_told_to_erase() -> None:
    device = simulator({}, [])
    told = simulator({}, [])
    device.receive(READ, 0.0)
    told.receive(ERASE + READ, 0.0)
    assert lines(ID, device.to_send().hex()) == lines(ID, told.to_send().hex()) == []
