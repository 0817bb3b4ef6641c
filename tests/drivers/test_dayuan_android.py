import pytest

from drivers.registry import profile
from drivers.simulators.dayuan_android import simulator
from protocols.lights import Lights
from protocols.photometer import android
from tests.drivers import golden


def test_rows_that_are_not_fitted_give_no_reading_and_a_dark_hole_between_does() -> None:
    body = bytes(8) + (500).to_bytes(2, "little") * 4 + bytes(8 * 22)
    frame = bytes((0x16, 0xC0, 0x00)) + body
    lines = golden.lines("dayuan_android", (b"\x7e" + frame + bytes((sum(frame) & 0xFF, 0xAA))).hex())
    assert [(line["position"], line["extra"]["light_410"]) for line in lines] == [("1", "0"), ("2", "500")]
    assert {line["extra"]["holes_sent"] for line in lines} == {"24"}


@pytest.mark.parametrize("end", [0x7E, 0xAA])
def test_its_simulator_speaks_with_the_end_byte_of_its_host(end: int) -> None:
    device, board = simulator({"end": end, "holes": 6}, ()), android(end=end)
    for command in ("lights", "colours", "heaters", "heat:39-40", "calibrate", "scan", "curve"):
        board.ask(command)
        device.receive(board.to_send(), 0.0)
        (event,) = board.receive(device.to_send(), 0.0)
        assert board.idle
        assert not isinstance(event, Lights) or len(event.holes) == 6


def test_it_is_a_live_board_whose_calibration_is_an_act_of_its_own() -> None:
    one = profile("dayuan_android")
    assert one.live is not None
    assert one.destructive == ("calibrate",)
    codec = one.codec({"board": 2, "end": 0x7E})
    codec.ask("calibrate")
    assert codec.to_send() == bytes.fromhex("7E 11 02 00 02 32 47 7E")
