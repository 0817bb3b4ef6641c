"""A device on a port is found by a harmless request; none of these requests is what erases another device."""

import socket
import threading

import pytest

from drivers import finding
from drivers.profile import Record
from drivers.registry import profile, profiles
from protocols import modbus_hello
from tests.contracts.test_nothing_erases_by_itself import ordered
from tests.drivers.serving import on_pty
from tests.drivers.terminals import terminal

EXPECTED_ALONE = {"biorad_550", "dayuan_03ff"}
"""Whose request holds the letter that erases an ATP meter."""


@pytest.mark.parametrize("name", [one.id for one in profiles().values() if one.probe])
def test_a_probe_is_harmless_to_every_device_and_its_own_simulator_answers_it(name: str) -> None:
    one = profile(name)
    assert not one.changes(one.probe)
    assert one.probe not in one.consuming
    asked = finding.request(one)
    for other in profiles().values():
        for command in other.destructive:
            assert ordered(other, command) not in asked or name in EXPECTED_ALONE, (other.id, command)
    assert one.simulator is not None
    device = one.simulator(one.defaults, one.samples or [Record("1", value="1.250", fields={"unit": "g"})])
    device.receive(asked, 0.0)
    said = device.to_send()
    for step in range(1, 20):
        device.expire(step * 0.25)
        said += device.to_send()
    assert finding.takes(one, said)
    assert not finding.takes(one, b"")
    assert not finding.takes(one, b"\xff\xfe\xfd\xfc")


def test_a_modbus_device_is_found_by_reading_one_register_on_a_line_and_over_tcp() -> None:
    for other in profiles().values():
        for command in other.destructive:
            assert ordered(other, command) not in modbus_hello.rtu(), (other.id, command)
    made = profile("modbus_reader")
    assert made.simulator is not None
    with on_pty(made.simulator(made.defaults, [Record("1", value="12.5")])) as port:
        (found,) = finding.find([port], patience=0.3)
    assert set(found.instruments) == {"modbus_reader", "modbus_logger"}
    assert found.line is not None
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer, args=(server, heard))
        answering.start()
        (called,) = finding.find([f"127.0.0.1:{server.getsockname()[1]}"], patience=3)
        answering.join()
    assert set(called.instruments) == {"modbus_reader", "modbus_logger"}
    assert heard == [modbus_hello.tcp()]
    (missing,) = finding.find(["127.0.0.1:1"])
    assert missing.reason == "no_answer"


def answer(server: socket.socket, heard: list[bytes]) -> None:
    """A device that has no such register."""
    connection, _ = server.accept()
    with connection:
        heard.append(connection.recv(64))
        connection.sendall(heard[0][:5] + bytes((3, heard[0][6], 0x83, 2)))


@pytest.mark.parametrize(
    ("said", "there"),
    [("01 03 02 00 05 78 47", True), ("01 83 02 C0 F1", True), ("01 03 00 00 00 01 84 0A 01 83 02 C0 F1", True),
     ("01 83 02 C0 F0", False), ("02 83 02 30 F1", False), ("01 03 02 00 05", False), ("", False)],
)  # fmt: skip
def test_only_a_whole_answer_with_its_check_is_one_of_modbus(said: str, there: bool) -> None:
    assert modbus_hello.answers_rtu(bytes.fromhex(said)) is there


def test_what_could_erase_another_device_is_asked_only_where_a_person_expects_this_one() -> None:
    unasked = [one.id for asked in finding.questions().values() for one in asked]
    assert {"mt_sics", "sartorius_sbi", "modbus_reader"} <= set(unasked)
    assert not EXPECTED_ALONE & set(unasked)
    for data in [request for _, request in finding.questions()]:
        assert not finding.risky(data)
    made = profile("biorad_550")
    assert made.simulator is not None
    with on_pty(made.simulator(made.defaults, ())) as port:
        (found,) = finding.find([port], patience=0.5, expected="biorad_550")
    assert found.instruments == ("biorad_550",)


def test_the_slowest_lines_are_asked_first() -> None:
    speeds = [line.baud for line, _ in finding.questions()]
    assert speeds == sorted(speeds)


def test_a_device_is_found_on_its_port() -> None:
    made = profile("dayuan_tl310")
    assert made.simulator is not None
    with on_pty(made.simulator({}, ())) as port:
        (found,) = finding.find([port], patience=0.3)
    assert found.instruments == ("dayuan_tl310",)
    assert found.line is not None
    assert found.line.baud == 115200


def test_silence_talk_and_a_missing_port_are_said() -> None:
    with terminal() as line:
        (silent,) = finding.find([line.port], patience=0.01)
        assert (silent.instruments, silent.reason) == ((), "")
        talker = threading.Timer(0.1, line.say, (b"0.371 g\r\n",))
        talker.start()
        (talking,) = finding.find([line.port], patience=0.01)
        talker.join()
        assert (talking.reason, talking.answer) == ("talking", b"0.371 g\r\n")
    (missing,) = finding.find(["/dev/ttyNONE7"])
    assert missing.reason == "port_missing"
    assert finding.idle(["/dev/ttyS0"]) == [one for one in finding.idle([]) if one != "/dev/ttyS0"]
