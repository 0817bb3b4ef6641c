"""A device on a port is found by a harmless request; none of these requests is what erases another device."""

import os
import threading
import tty

import pytest

from drivers import finding
from drivers.profile import Record
from drivers.registry import profile, profiles
from tests.contracts.test_nothing_erases_by_itself import ordered
from tests.drivers.serving import on_pty


@pytest.mark.parametrize("name", [one.id for one in profiles().values() if one.probe])
def test_a_probe_is_harmless_to_every_device_and_its_own_simulator_answers_it(name: str) -> None:
    one = profile(name)
    assert not one.changes(one.probe)
    assert one.probe not in one.consuming
    asked = finding.request(one)
    for other in profiles().values():
        for command in other.destructive:
            assert ordered(other, command) not in asked, (other.id, command)
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
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    try:
        (silent,) = finding.find([name], patience=0.01)
        assert (silent.instruments, silent.reason) == ((), "")
        talker = threading.Timer(0.1, os.write, (master, b"0.371 g\r\n"))
        talker.start()
        (talking,) = finding.find([name], patience=0.01)
        talker.join()
        assert (talking.reason, talking.answer) == ("talking", b"0.371 g\r\n")
    finally:
        os.close(master)
        os.close(slave)
    (missing,) = finding.find(["/dev/ttyNONE7"])
    assert missing.reason == "port_missing"
    assert finding.idle(["/dev/ttyS0"]) == [one for one in finding.idle([]) if one != "/dev/ttyS0"]
