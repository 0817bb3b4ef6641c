from drivers.registry import profile
from drivers.simulators.dayuan_bx1 import Board, simulator
from drivers.simulators.optics import Optics
from protocols.lights import Lights
from protocols.photometer import bx1
from tests.drivers import golden

LOOK = "7E 16 00 80 " + "00 00 " * 60 + "88 13 90 01 E8 03 FF FF {check} 7E"


def test_a_look_says_the_light_of_every_led_and_nothing_else() -> None:
    check = (0x16 + 0x80 + 0x88 + 0x13 + 0x90 + 0x01 + 0xE8 + 0x03 + 0xFF + 0xFF) & 0xFF
    lines = golden.lines("dayuan_bx1", LOOK.format(check=f"{check:02X}"))
    assert [line["position"] for line in lines] == [str(hole) for hole in range(1, 17)]
    assert lines[15]["extra"] == {
        "light_410": "5000", "light_536": "400", "light_595": "1000", "light_620": "65535", "holes_sent": "16",
    }  # fmt: skip
    assert {(line["value"], line["call"], line["unit"]) for line in lines} == {(None, None, None)}


def test_leds_of_another_board_are_named_by_the_setting() -> None:
    check = (0x16 + 0x80 + 0x88 + 0x13 + 0x90 + 0x01 + 0xE8 + 0x03 + 0xFF + 0xFF) & 0xFF
    lines = golden.lines(
        "dayuan_bx1", LOOK.format(check=f"{check:02X}"), {"wavelengths": [405, 450, 540, 630]}
    )
    assert lines[15]["extra"]["light_405"] == "5000"


def test_driving_the_leds_is_an_act_of_its_own() -> None:
    one = profile("dayuan_bx1")
    assert one.destructive == ("calibrate",)
    codec = one.codec({"calibrate_to": 1200})
    codec.ask("calibrate")
    assert codec.to_send() == bytes.fromhex("7E 11 00 02 04 B0 C7 7E")


def test_the_simulated_board_answers_everything_a_host_may_ask() -> None:
    device, board = Board(Optics()), bx1()
    for command in ("version", "battery", "level", "calibrate", "lights"):
        board.ask(command)
        assert device.receive(board.to_send(), 0.0) == []
        assert len(board.receive(device.to_send(), 0.0)) == 1
        assert board.idle


def test_its_cuvettes_darken_from_when_they_are_first_looked_at() -> None:
    device, board = Board(Optics()), bx1()
    device.optics.put("2", 0.3, 60.0)
    lights = []
    for now in (50.0, 51.0):
        board.ask("lights")
        device.receive(board.to_send(), now)
        (look,) = board.receive(device.to_send(), now)
        assert isinstance(look, Lights)
        lights.append([hole.net(0) for hole in look.holes[:2]])
    assert lights == [[60000, round(60000 * 10**-0.3)], [60000, round(60000 * 10**-1.3)]]


def test_a_board_without_records_has_cuvettes_put_in_once_it_was_zeroed() -> None:
    device, board = simulator({}, ()), bx1()
    lights = []
    for now in (0.0, 0.5, 1.4, 2.5, 3.0):
        board.ask("lights")
        device.receive(board.to_send(), now)
        (look,) = board.receive(device.to_send(), now)
        assert isinstance(look, Lights)
        lights.append([int(hole.net(0)) for hole in look.holes])
    assert lights[0] == lights[1] == lights[2] == [60000] * 16
    assert all(light < 40000 for light in lights[3][:8])
    assert lights[3][8:] == [60000] * 8
    assert lights[4][0] < lights[3][0]
