"""The simulated Modbus device answers byte for byte as the protocol says, whole, cut, late or broken."""

import pytest

from drivers.simulators.modbus_reader import Fault, RegisterSlave

IMAGE = {address: 0x100 + address for address in range(20)}
READ_TWO = bytes.fromhex("01 03 00 02 00 02 65 CB")
TWO = bytes.fromhex("01 03 04 01 02 01 03 1B 9E")


def answers(slave: RegisterSlave, request: bytes, now: float = 0.0) -> bytes:
    assert slave.receive(request, now) == []
    return slave.to_send()


def test_a_read_is_answered_with_its_registers_and_crc() -> None:
    assert answers(RegisterSlave(1, IMAGE), READ_TWO) == TWO


def test_every_cut_of_a_request_gives_the_same_answer() -> None:
    for place in range(1, len(READ_TWO)):
        slave = RegisterSlave(1, IMAGE)
        assert answers(slave, READ_TWO[:place]) == b""
        assert not slave.idle
        assert answers(slave, READ_TWO[place:]) == TWO
        assert slave.idle


def test_the_echo_function_returns_its_request() -> None:
    echo = bytes.fromhex("01 08 00 00 A5 37 DA 8D")
    assert answers(RegisterSlave(1, IMAGE), echo) == echo


@pytest.mark.parametrize(
    ("request_hex", "answer_hex"),
    [
        ("01 03 00 13 00 02 35 CE", "01 83 02 C0 F1"),  # register 20 does not exist
        ("01 03 00 00 00 00 45 CA", "01 83 03 01 31"),  # none asked for
        ("01 06 00 01 00 03 98 0B", "01 86 01 83 A0"),  # writing is not offered
        ("02 03 00 02 00 02 65 F8", ""),  # another unit
        ("01 03 00 02 00 02 65 CC", ""),  # wrong CRC
    ],
)
def test_other_requests(request_hex: str, answer_hex: str) -> None:
    assert answers(RegisterSlave(1, IMAGE), bytes.fromhex(request_hex)) == bytes.fromhex(answer_hex)


def test_tcp_frames_carry_the_number_of_their_request() -> None:
    slave = RegisterSlave(1, IMAGE, tcp=True)
    request = bytes.fromhex("12 34 00 00 00 06 01 04 00 02 00 02")
    expected = bytes.fromhex("12 34 00 00 00 07 01 04 04 01 02 01 03")
    assert answers(slave, request[:5]) == b""
    assert answers(slave, request[5:]) == expected


def test_a_late_answer_comes_at_its_time_and_keeps_its_place() -> None:
    slave = RegisterSlave(1, IMAGE)
    slave.plan = lambda _: Fault(late=2.0) if slave.requests == 1 else None
    assert answers(slave, READ_TWO, 10.0) == b""
    assert slave.deadline == 12.0
    assert answers(slave, READ_TWO, 11.0) == b""
    slave.expire(12.0)
    assert slave.to_send() == TWO + TWO


@pytest.mark.parametrize(
    ("fault", "answer_hex"),
    [
        (Fault(short=True), "01 03 02 01 02 38 15"),
        (Fault(code=6), "01 83 06 C1 32"),
        (Fault(silent=True), ""),
        (Fault(wrong_crc=True), "01 03 04 01 02 01 03 1A 9F"),
    ],
)
def test_faults_on_demand(fault: Fault, answer_hex: str) -> None:
    slave = RegisterSlave(1, IMAGE)
    slave.plan = lambda _: fault
    assert answers(slave, READ_TWO) == bytes.fromhex(answer_hex)


def test_half_a_request_is_forgotten_after_the_silence_between_frames() -> None:
    slave = RegisterSlave(1, IMAGE)
    assert answers(slave, READ_TWO[:5], 0.0) == b""
    slave.expire(1.0)
    assert answers(slave, READ_TWO, 2.0) == TWO
