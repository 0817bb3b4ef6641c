import itertools
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.stripping import PRESENT, TEST, Present, Run, Status, module, start_payload

Feed = Callable[..., list[Any]]
PLATING = bytes.fromhex("AA BB 00 00 00 00 00 00 00 00 04 D2 FC AE 00 00 62 DE 00 02 52 EC") + bytes(34)
DONE = PLATING[:9] + b"\x01" + PLATING[10:]
ORDER: dict[str, Any] = {"item": 3, "method": "spiked", "dilution": "1.5", "concentration": 50, "liquid": 10,
                         "requirement": "0.1", "a0": "-0.4", "a1": 2, "a2": 0}  # fmt: skip


def test_the_port_test_as_published() -> None:
    board = module()
    board.ask("test")
    assert board.to_send() == TEST
    assert board.receive(PRESENT + bytes(49), 0.0) == [Present(PRESENT + bytes(49))]
    assert board.idle


def test_the_stop_frame_as_published() -> None:
    board = module()
    board.ask("stop")
    sent = board.to_send()
    assert sent[:9] == bytes.fromhex("AA BB 06 83 01 F8 01 00 0F")
    assert len(sent) == 64
    assert not any(sent[9:])


def test_the_published_status(run: Feed) -> None:
    (status,) = run(module(), [PLATING])
    assert isinstance(status, Status)
    assert (status.stage, status.seconds, status.millivolts) == ("testing", Decimal("123.4"), -850)
    assert (status.microamperes, status.density) == (Decimal("2.5310"), Decimal("15.2300"))


def test_a_run_ends_with_everything_that_led_to_it(run: Feed) -> None:
    first, second, last, ended = run(module(), [PLATING + PLATING + DONE])
    assert ended == Run(last, (first, second))
    assert last.stage == "done"
    assert run(module(), [DONE])[1].course == ()


def test_the_order_of_a_run_is_scaled_and_never_wraps() -> None:
    payload = start_payload(ORDER)
    assert payload[:10] == bytes.fromhex("00 03 00 02 00 01 00 00 30 31")
    assert payload[10:16] == bytes.fromhex("00 0F C3 50 03 E8")
    assert payload[16:] == bytes.fromhex("00 00 03 E8 FF FF F0 60 00 00 4E 20 00 00 00 00") + b"AIO\0"


@pytest.mark.parametrize(
    "change",
    [{"dilution": 7000}, {"dilution": "0.01"}, {"method": "guess"}, {"a0": "x"}, {"item": -1}, {"a1": None}],
)
def test_a_figure_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        start_payload(ORDER | change)


@pytest.mark.parametrize("command", ["", "start", "start:", "start:[]", "start:{", "erase"])
def test_what_it_does_not_know_is_refused(command: str) -> None:
    with pytest.raises(ProtocolError):
        module().ask(command)


def test_a_run_that_falls_silent_is_reported() -> None:
    board = module()
    board.ask("start:" + json.dumps(ORDER))
    assert board.to_send()[2:7] == bytes.fromhex("3C 83 01 10 1C")
    board.receive(PLATING, 1.0)
    assert not board.idle
    (broken,) = board.expire(16.0)
    assert isinstance(broken, Broken)
    assert broken.reason == "missing"
    assert board.idle


def test_a_run_is_over_when_the_module_says_so() -> None:
    board = module()
    board.ask("start:" + json.dumps(ORDER))
    board.receive(PLATING, 1.0)
    board.receive(DONE, 2.0)
    assert board.idle
    assert board.deadline is None


@given(
    st.integers(0, 3),
    st.integers(0, 0xFFFF),
    st.integers(-1099, 1000),
    st.integers(-(2**31), 2**31 - 1),
    st.lists(st.integers(0, 56), max_size=5),
)
def test_every_status_comes_back_whole_however_it_is_cut(
    run: Feed, stage: int, tenths: int, volts: int, current: int, cuts: list[int]
) -> None:
    data = b"\xaa\xbb" + bytes(6) + stage.to_bytes(2, "big") + tenths.to_bytes(2, "big")
    data += (volts & 0xFFFF).to_bytes(2, "big") + current.to_bytes(4, "big", signed=True) + bytes(38)
    places = [0, *sorted(cuts), len(data)]
    status, *_ = run(module(), [data[a:b] for a, b in itertools.pairwise(places)])
    assert (status.seconds, status.millivolts) == (Decimal(tenths) / 10, volts)
    assert status.microamperes == Decimal(current) / 10000
