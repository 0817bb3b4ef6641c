from decimal import Decimal

from drivers.curves import camera_lines
from drivers.registry import profile
from drivers.simulators.dayuan_dy3500i import Board
from drivers.simulators.optics import Optics
from protocols.aio import AioBoard
from protocols.lights import Lights
from tests.drivers import golden


def test_green_is_six_bits_in_the_middle_of_a_pixel() -> None:
    image = "1B 02 00 02 00 00 F8 E0 07 1F 00 FF FF"
    line = golden.one("dayuan_dy3500i", image, {"position": "strip", "item": "恩诺沙星"})
    assert (line["position"], line["item"], line["value"]) == ("strip", "恩诺沙星", None)
    assert line["extra"]["samples"] == "126.00 126.00"
    assert line["extra"]["c_missing"] == line["extra"]["t_missing"] == "true"
    assert line["flags"] == ["unverifiable"]


def test_a_gray_profile_is_read_where_it_was_asked_for() -> None:
    one = profile("dayuan_dy3500i")
    codec = one.codec({"height": 40})
    codec.ask("profile")
    assert codec.to_send() == bytes.fromhex("1B 1D 00")
    grays = [200 - max(0, 60 - 20 * abs(at - 10)) - max(0, 30 - 10 * abs(at - 29)) for at in range(40)]
    (event,) = codec.receive(bytes(grays), 0.0)
    (reading,) = one.read(event, {})
    assert reading.extra["source"] == "profile"
    assert (reading.extra["c_index"], reading.extra["t_index"]) == ("10", "29")
    assert reading.extra["t_over_c"] == "0.5000"


def test_the_camera_sees_the_line_of_each_half_and_no_more() -> None:
    rows = [Decimal(200 - max(0, 60 - 20 * abs(at - 12))) for at in range(60)]
    found = camera_lines(rows)
    assert (found.c_index, found.c_height, found.t_index, found.t_height) == (12, Decimal(180), None, None)
    turned = camera_lines(rows[::-1])
    assert (turned.c_index, turned.t_index, turned.t_height) == (None, 47, Decimal(180))
    assert camera_lines(rows[:5]) == camera_lines([]) == camera_lines([Decimal(9)] * 60)


def test_the_simulated_board_answers_everything_a_host_may_ask() -> None:
    device, board = Board(Optics(), 2, [200.0] * 100, 2, 100), AioBoard()
    for command in ("version", "lights", "strip", "profile", "colour", "line_c", "line_t"):
        board.ask(command)
        device.receive(b"\x55" + board.to_send(), 0.0)
        (event,) = board.receive(device.to_send(), 0.0)
        assert board.idle
        assert not isinstance(event, Lights) or [hole.dark for hole in event.holes] == [100] * 16
