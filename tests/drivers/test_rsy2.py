"""RSY-2: both generations, a day without a time, checks that are another, a clock that only a person sets."""

import pytest

from drivers.errors import Refused
from drivers.registry import profile
from drivers.simulators.rsy2 import simulator
from protocols.rsy2 import build
from tests.drivers.golden import lines, one

ID = "rsy2"


def test_the_second_generation_has_days_only() -> None:
    line = one(ID, build(b"001\x1e001765 1 19/08/07 ").hex())
    assert (line["value"], line["unit"], line["measured_at"], line["extra"]["date"]) == (
        "76.5",
        "%",
        None,
        "2019-08-07",
    )
    assert (line["extra"]["type"], line["flags"]) == ("1", [])


@pytest.mark.parametrize(
    ("text", "value", "time", "flags"),
    [
        (b"00177651190807103144", "76.5", "2019-08-07T10:31:44", []),
        (b"0017---1190807103144", None, "2019-08-07T10:31:44", ["not_a_number"]),
        (b"00177651191307103144", "76.5", None, ["bad_clock"]),
        (b"00177651190807      ", "76.5", None, ["bad_clock"]),
    ],
)
def test_the_third_generation(text: bytes, value: str | None, time: str | None, flags: list[str]) -> None:
    line = one(ID, build(b"D" + text).hex(), {"generation": 3})
    assert (line["value"], line["measured_at"], line["flags"]) == (value, time, flags)


def test_another_check_is_flagged_where_it_is_taken() -> None:
    odd = (build(b"001\x1e001765 1 19/08/07 ")[:-3] + b"00\x04").hex()
    assert [line["error"] for line in lines(ID, odd)] == ["check"]
    assert one(ID, odd, {"lenient": True})["flags"] == ["unverifiable"]
    assert lines(ID, build(b"V1").hex()) == []


def test_an_unknown_generation_is_refused() -> None:
    with pytest.raises(Refused, match="setting_word"):
        profile(ID).codec({"generation": 1})


@pytest.mark.parametrize("generation", [2, 3])
def test_a_meter_without_records_says_so(generation: int) -> None:
    host, device = profile(ID).codec({"generation": generation}), simulator({"generation": generation}, [])
    host.ask("day:2019-08-07")
    device.receive(b"\x01x\xff" + build(b"S190807103144") + host.to_send(), 0.0)
    assert [event for event in host.receive(device.to_send(), 0.0) if profile(ID).read(event, {})] == []
    assert host.idle
