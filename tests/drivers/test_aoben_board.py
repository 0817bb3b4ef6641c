import pytest

from drivers.assay import Limits, Zeroed
from drivers.live import zero_command
from drivers.registry import profile
from drivers.simulators.aoben_board import simulator
from protocols.codec import ProtocolError
from tests.drivers import golden


def test_the_boards_own_ratio_and_the_lines_we_found_stand_side_by_side() -> None:
    curve = b"".join((5000 - 2000 * (at in (20, 21, 22))).to_bytes(2, "big") for at in range(90))
    line = golden.one(
        "aoben_board",
        (b"OK0.22," + curve + b"\n").hex(),
        {"mode": "strip", "start": 0, "end": 90, "item": "CAP"},
    )
    assert (line["value"], line["unit"], line["call"]) == ("0.22", "T/C", None)
    assert line["extra"]["device_word"] == "0.22"
    assert line["extra"]["points"] == "90"


@pytest.mark.parametrize("word", [b"NaN", b"Infinity"])
def test_a_ratio_that_is_no_number_gives_none(word: bytes) -> None:
    line = golden.one(
        "aoben_board", (b"OK" + word + b"," + bytes(8) + b"\n").hex(), {"mode": "strip", "start": 0, "end": 4}
    )
    assert (line["value"], line["unit"]) == (None, None)
    assert "not_a_number" in line["flags"]


def test_the_led_is_chosen_before_a_job_and_only_one_that_is_there() -> None:
    codec, device = profile("aoben_board").codec({"interval": 0.1}), simulator({}, ())
    with pytest.raises(ProtocolError, match="LEDs"):
        codec.ask(zero_command(7, Limits()))
    codec.ask(zero_command(1, Limits(looks=2)))
    said, events, now = b"", [], 0.0
    while (due := codec.deadline) is not None:
        sent = codec.to_send()
        said += sent
        device.receive(sent, now)
        now = max(now, min(due, device.deadline or due))
        device.expire(now)
        events += codec.receive(device.to_send(), now)
        events += codec.expire(now)
    assert said.startswith(b"Light536")
    assert said.count(b"GetAllData") == 2
    (zeroed,) = events
    assert isinstance(zeroed, Zeroed)
    assert len(zeroed.reference) == 20


def test_two_words_close_together_are_nonsense_to_the_board() -> None:
    device = simulator({}, ())
    device.receive(b"GETTEMP", 0.0)
    device.receive(b"GETTEMP", 0.01)
    device.expire(1.0)
    assert device.to_send() == b"error\n"
