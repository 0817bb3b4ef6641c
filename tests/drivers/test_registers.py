"""The register link on real lines: whole runs only, and no late, short, torn or broken answer is believed."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymodbus.client import ModbusSerialClient
from pymodbus.exceptions import ModbusIOException
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.errors import LinkLost, Refused
from drivers.links.modbus_port import SerialLine, TcpLine
from drivers.links.registers import RegistersLink
from drivers.profile import Serial
from drivers.register_values import STALE
from drivers.simulators.modbus_reader import Fault, Plan, RegisterSlave
from protocols.snapshot import Block, Snapshot, Table, decode
from tests.drivers.late_replies import LateAnswers, image_of_run, play, small_map
from tests.drivers.serving import on_pty, on_tcp, serial_pair

LINE = Serial(115200)


def snapshot_of(run: int) -> Snapshot:
    return Snapshot((Block(Table.HOLDING, 0, tuple(image_of_run(run).values())),))


@contextmanager
def linked(slave: RegisterSlave, **device: Any) -> Iterator[RegistersLink]:
    with on_pty(slave) as port:
        link = RegistersLink(SerialLine(port, LINE), small_map(**{"timeout": 0.1, "latency": 0.1, **device}))
        try:
            yield link
        finally:
            link.close()


def next_run(link: RegistersLink, seconds: float = 60.0) -> Snapshot:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if data := link.read(0.02):
            return decode(data)
    raise AssertionError("no run came")


def once(fault: Fault, when: Callable[[int], bool]) -> Plan:
    """A plan that gives `fault` to the requests (counted from 0) that `when` picks."""
    count = iter(range(1_000_000))
    return lambda _: fault if when(next(count)) else None


def test_a_finished_run_is_handed_over_once_on_a_serial_line() -> None:
    slave = RegisterSlave(1, image_of_run(7))
    with linked(slave) as link:
        assert next_run(link) == snapshot_of(7)
        assert [link.read(0.01) for _ in range(10)] == [b""] * 10
        slave.image = image_of_run(8)
        assert next_run(link) == snapshot_of(8)
        assert link.stats.runs == 2


def test_a_finished_run_is_handed_over_on_tcp() -> None:
    with on_tcp(RegisterSlave(1, image_of_run(3), tcp=True)) as port:
        link = RegistersLink(TcpLine("127.0.0.1", port), small_map())
        assert next_run(link) == snapshot_of(3)
        assert link.identity == {"port": f"127.0.0.1:{port}", "unit": "1"}
        link.close()


def test_a_converter_that_passes_rtu_frames_over_tcp_is_read() -> None:
    with on_tcp(RegisterSlave(1, image_of_run(4))) as port:
        link = RegistersLink(TcpLine("127.0.0.1", port, rtu=True), small_map())
        assert next_run(link) == snapshot_of(4)
        link.close()


def test_a_device_that_still_works_gives_nothing() -> None:
    slave = RegisterSlave(1, {**image_of_run(5), 0: 1})
    with linked(slave) as link:
        assert [link.read(0.01) for _ in range(5)] == [b""] * 5
        slave.image = {**image_of_run(5), 0: 3}
        assert [link.read(0.01) for _ in range(5)] == [b""] * 5
        assert link.stats.failed > 0
        slave.image = image_of_run(5)
        assert next_run(link) == snapshot_of(5)


def test_a_run_number_that_stands_still_is_marked_as_stale() -> None:
    slave = RegisterSlave(1, image_of_run(5))
    with linked(slave) as link:
        next_run(link)
        slave.image = {**image_of_run(5), 0: 1}
        for _ in range(5):
            link.read(0.01)
        slave.image = image_of_run(5)
        assert next_run(link) == Snapshot((STALE, *snapshot_of(5).blocks))
        assert link.stats.stale == 1


def test_a_run_that_changes_while_it_is_read_is_read_again() -> None:
    slave = RegisterSlave(1, image_of_run(1))

    def flip(_pdu: bytes) -> None:
        if slave.requests in (2, 9):  # inside the reading of the first and of the second attempt
            slave.image = image_of_run(slave.requests)

    slave.plan = flip
    with linked(slave) as link:
        found = next_run(link)
        assert found == snapshot_of(slave.image[1])
        assert link.stats.torn == 2


@pytest.mark.parametrize(
    ("fault", "counter"),
    [
        (Fault(silent=True), "silent"),
        (Fault(short=True), "short"),
        (Fault(wrong_crc=True), "crc"),
        (Fault(code=6), "refused"),
        (Fault(late=0.15), "late"),
    ],
)
@pytest.mark.parametrize("echo", [True, False])
def test_each_fault_is_counted_and_the_run_still_comes_whole(fault: Fault, counter: str, echo: bool) -> None:
    slave = RegisterSlave(1, image_of_run(9), echo=echo)
    slave.plan = once(fault, lambda number: number in (0, 3))
    with linked(slave, echo=echo) as link:
        assert next_run(link) == snapshot_of(9)
        assert getattr(link.stats, counter) > 0


def test_a_device_without_the_echo_it_was_said_to_have_is_settled_by_length() -> None:
    slave = RegisterSlave(1, image_of_run(9), echo=False)
    slave.plan = once(Fault(silent=True), lambda number: number == 0)
    with linked(slave, echo=True) as link:
        assert next_run(link) == snapshot_of(9)
        assert link.notes == ("no_echo",)


@pytest.mark.parametrize("fault", [Fault(silent=True), Fault(code=2)])
def test_a_device_that_never_answers_usably_is_a_lost_link(fault: Fault) -> None:
    slave = RegisterSlave(1, image_of_run(9))
    slave.plan = lambda _: fault
    with linked(slave, timeout=0.02, latency=0.02) as link, pytest.raises(LinkLost) as caught:
        next_run(link)
    assert caught.value.code == "no_answer"


def test_a_port_that_is_not_there_is_a_lost_link() -> None:
    with pytest.raises(LinkLost):
        RegistersLink(SerialLine("/dev/no-such-port", LINE), small_map())


def test_a_port_that_vanishes_is_a_lost_link() -> None:
    slave = RegisterSlave(1, image_of_run(9))
    with on_pty(slave) as port:
        link = RegistersLink(SerialLine(port, LINE), small_map())
        next_run(link)
    with pytest.raises(LinkLost):
        next_run(link)
    link.close()


def test_nothing_but_a_poll_can_be_written() -> None:
    with linked(RegisterSlave(1, image_of_run(9))) as link:
        link.write(b"poll\n")
        link.write(b"")
        with pytest.raises(Refused):
            link.write(b"\x01\x06\x00\x00\x00\x01")


@pytest.mark.parametrize("echo", [True, False])
def test_a_hundred_late_answers_put_no_value_on_a_wrong_run(echo: bool) -> None:
    slave = RegisterSlave(1, {}, echo=echo)
    with on_pty(slave) as port:
        late = LateAnswers(50, seed=echo)
        tally = play(slave, SerialLine(port, LINE), small_map(echo=echo), late)
    assert tally.late == 50
    assert tally.runs > 10
    assert tally.wrong == 0
    assert tally.stats.late > 0


def test_the_late_answers_do_poison_a_plain_client() -> None:
    """The control of the test above: without settling the line, foreign registers are believed."""
    slave = RegisterSlave(1, {address: address for address in range(100)})
    slave.plan = once(Fault(late=0.75), lambda number: number == 0)
    with on_pty(slave) as port:
        client = ModbusSerialClient(port, baudrate=115200, timeout=0.5, retries=0)
        with pytest.raises(ModbusIOException):
            client.read_holding_registers(10, count=2)
        answer = client.read_holding_registers(20, count=2)
        client.close()  # type: ignore[no-untyped-call]  # pymodbus leaves it so
    assert answer.registers == [10, 11]


@contextmanager
def foreign_server(make: Callable[[], Any]) -> Iterator[None]:
    """Run a server of another project in its own loop until the block ends."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        server = make()
        await server.listen()
        ready.set()
        await stop.wait()
        await server.shutdown()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(60)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def foreign_registers(run: int) -> SimDevice:
    words = list(image_of_run(run).values())
    return SimDevice(1, simdata=[SimData(0, values=words, datatype=DataType.REGISTERS)])


def test_another_projects_server_is_read_on_tcp() -> None:
    ports: list[int] = []

    def make() -> Any:
        import socket  # noqa: PLC0415 - only to find a free port

        with socket.create_server(("127.0.0.1", 0)) as free:
            ports.append(free.getsockname()[1])
        return ModbusTcpServer(foreign_registers(11), address=("127.0.0.1", ports[0]))

    with foreign_server(make):
        link = RegistersLink(TcpLine("127.0.0.1", ports[0]), small_map(timeout=10.0))
        assert next_run(link) == snapshot_of(11)
        link.close()


def test_another_projects_server_is_read_over_a_serial_line() -> None:
    def make(port: str) -> Any:
        return ModbusSerialServer(foreign_registers(12), port=port, baudrate=115200)

    with serial_pair() as (one, other), foreign_server(lambda: make(one)):
        link = RegistersLink(SerialLine(other, LINE), small_map(timeout=10.0))
        assert next_run(link) == snapshot_of(12)
        link.close()
