"""Real ports: pseudo terminals and TCP connections, whole, torn, busy, missing."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.errors import LinkLost, Refused
from drivers.links import memory, opening, serial, tcp, visa
from drivers.links.far import SETTLE, CallingEnd, ListeningEnd, PtyEnd
from drivers.links.link import Link
from drivers.profile import Folder, Serial, Tcp, Visa
from tests.drivers.acks import profile
from tests.drivers.terminals import Terminal, terminal


@pytest.fixture
def pty() -> Iterator[Terminal]:
    with terminal() as made:
        yield made


PATIENCE = 60.0


def read(link: Link, count: int) -> bytes:
    data, end = b"", time.monotonic() + PATIENCE
    while len(data) < count and time.monotonic() < end:
        data += link.read(0.1)
    return data


def test_serial_reads_and_writes_all_bytes(pty: Terminal) -> None:
    link = serial.SerialLink(pty.port, Serial())
    pty.say(bytes(range(256)))
    assert read(link, 256) == bytes(range(256))
    link.write(b"\x06\x00\xff")
    assert os.read(pty.device, 10) == b"\x06\x00\xff"
    assert link.identity == {"port": pty.port}
    link.close()
    link.close()


def test_a_silent_port_returns_in_time(pty: Terminal) -> None:
    link = serial.SerialLink(pty.port, Serial())
    begun = time.monotonic()
    assert link.read(0.15) == b""
    assert 0.1 < time.monotonic() - begun < PATIENCE
    link.close()


def test_an_unplugged_port_is_lost_for_reading_and_writing(pty: Terminal) -> None:
    link = serial.SerialLink(pty.port, Serial())
    pty.unplug()
    with pytest.raises(LinkLost, match="gone"):
        link.read(0.1)
    with pytest.raises(LinkLost, match="gone"):
        link.write(b"x")
    link.close()


def test_a_pseudo_terminal_keeps_no_parity_and_says_so(pty: Terminal) -> None:
    for _ in range(2):  # the second time the system would refuse: nothing but the parity differs
        link = serial.SerialLink(pty.port, Serial(baud=19200, bits=7, parity="O"))
        assert link.notes == ("parity_not_set",)
        link.close()
    plain = serial.SerialLink(pty.port, Serial())
    assert plain.notes == ()
    plain.close()


def test_a_port_is_held_alone(pty: Terminal) -> None:
    link = serial.SerialLink(pty.port, Serial())
    with pytest.raises(LinkLost, match="port_busy"):
        serial.SerialLink(pty.port, Serial())
    link.close()


def test_a_missing_port_is_said() -> None:
    with pytest.raises(LinkLost, match="port_missing"):
        serial.SerialLink("/dev/there-is-none", Serial())


def test_a_device_is_found_by_its_facts_not_by_its_number() -> None:
    with pytest.raises(LinkLost, match="device_absent"):
        serial.find({"vid": "067B", "serial": "no such device"})
    assert serial.find({"serial": "no such device"}, "/dev/ttyS99") == "/dev/ttyS99"


def test_we_call_a_device() -> None:
    end = ListeningEnd()
    host, _, port = end.address.partition(":")
    link = tcp.call(host, int(port), threading.Event())
    while not end.heard():
        end.read(0.1)
    end.write(b"hello")
    assert read(link, 5) == b"hello"
    link.write(b"you")
    assert end.read(1.0) == b"you"
    end.unplug()
    with pytest.raises(LinkLost, match="gone"):
        read(link, 1)
    link.close()
    with pytest.raises(LinkLost, match="no_answer"):
        tcp.call(host, int(port), threading.Event())


def test_a_device_calls_us_and_its_newest_call_counts() -> None:
    listener = tcp.Listener("127.0.0.1", 0)
    with pytest.raises(LinkLost, match="port_busy"):
        tcp.Listener("127.0.0.1", listener.port)
    first, second = (CallingEnd("127.0.0.1", listener.port) for _ in range(2))
    first.read(1.0)
    link = listener.accept(threading.Event())
    first.write(b"one")
    assert read(link, 3) == b"one"
    second.read(1.0)
    with pytest.raises(LinkLost, match="replaced"):
        read(link, 1)
    link.close()
    link = listener.accept(threading.Event())
    second.write(b"two")
    assert read(link, 3) == b"two"
    for one in (link, listener):
        one.close()
    for end in (first, second):
        end.unplug()


def test_waiting_for_a_call_ends_at_once() -> None:
    listener, stop = tcp.Listener("127.0.0.1", 0), threading.Event()
    threading.Timer(0.05, stop.set).start()
    with pytest.raises(LinkLost, match="stopped"):
        listener.accept(stop)
    listener.close()


def test_a_memory_line_has_two_ends() -> None:
    here, there = memory.pair()
    here.write(b"a")
    assert there.read(0.1) == b"a"
    assert here.read(0.01) == b""
    there.close()
    with pytest.raises(LinkLost):
        here.read(0.1)
    with pytest.raises(LinkLost):
        here.write(b"b")


def serve_scpi(end: ListeningEnd, stop: threading.Event) -> None:
    while not stop.is_set():
        if end.read(0.02) == b"*IDN?\n":
            end.write(b"Kuaijian,Simulated,1,0\n")


def test_visa_reads_a_scpi_answer_over_a_socket() -> None:
    end, stop = ListeningEnd(), threading.Event()
    thread = threading.Thread(target=serve_scpi, args=(end, stop))
    thread.start()
    host, _, port = end.address.partition(":")
    link = visa.VisaLink(f"TCPIP::{host}::{port}::SOCKET")
    link.write(b"*IDN?\n")
    assert read(link, 23) == b"Kuaijian,Simulated,1,0\n"
    assert link.read(0.05) == b""
    link.close()
    stop.set()
    thread.join()
    end.unplug()


def test_visa_reads_a_serial_resource(pty: Terminal) -> None:
    link = visa.VisaLink(f"ASRL{pty.port}::INSTR")
    pty.say(b"12.5\n")
    assert read(link, 5) == b"12.5\n"
    link.close()


def test_a_wrong_visa_address_is_said() -> None:
    with pytest.raises(LinkLost, match="visa_failed"):
        visa.VisaLink("NONSENSE::1")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("serial:COM3", opening.SerialOpener),
        ("/dev/ttyUSB0", opening.SerialOpener),
        ("COM3", opening.SerialOpener),
        ("tcp:10.0.0.5:4001", opening.CallOpener),
        ("10.0.0.5:4001", opening.CallOpener),
        ("listen:5500", opening.ListenOpener),
        (":5500", opening.ListenOpener),
        ("listen:127.0.0.1:5500", opening.ListenOpener),
        ("TCPIP::10.0.0.5::5025::SOCKET", opening.VisaOpener),
    ],
)
def test_addresses_say_how_to_open(address: str, kind: type) -> None:
    instrument = profile(wiring=(Serial(), Tcp(port=1), Visa("TCPIP::...")))
    assert isinstance(opening.opener(instrument, {}, address), kind)


@pytest.mark.parametrize("address", ["visa:X", "tcp:nowhere", "tcp:host:99999", "COM3"])
def test_an_address_that_does_not_fit_is_refused(address: str) -> None:
    wiring = (Folder("*.csv"),) if address == "COM3" else (Serial(),)
    with pytest.raises(Refused, match="address_unfit"):
        opening.opener(profile(wiring=wiring), {}, address)


def test_settings_replace_the_speed_of_a_profile(pty: Terminal) -> None:
    link = opening.opener(profile(), {"baud": 115200, "stop": 2}, pty.port).open(threading.Event())
    assert isinstance(link, serial.SerialLink)
    assert (link._port.baudrate, link._port.stopbits) == (115200, 2)
    link.close()


def test_a_host_that_throws_nothing_away_is_heard_after_a_while(tmp_path: Path) -> None:
    end = PtyEnd(str(tmp_path / "port"))
    host = os.open(end.address, os.O_RDWR | os.O_NOCTTY)
    opened, told = time.monotonic(), end.heard()
    while not end.heard():
        time.sleep(0.01)
    assert not told
    assert time.monotonic() - opened >= SETTLE
    os.close(host)
    assert not end.heard()
    end.unplug()


def test_a_pty_end_comes_back_under_its_name(tmp_path: Path) -> None:
    end = PtyEnd(str(tmp_path / "port"))
    assert not end.heard()
    link = serial.SerialLink(end.address, Serial())
    assert end.read(10.0) == b""
    assert end.heard()  # it has thrown away what lay there: nothing that is said from now on is lost
    end.write(b"a")
    assert read(link, 1) == b"a"
    end.unplug()
    with pytest.raises(LinkLost):
        read(link, 1)
    link.close()
    with pytest.raises(LinkLost, match="port_missing"):
        serial.SerialLink(end.address, Serial())
    end.plug()
    link = serial.SerialLink(end.address, Serial())
    link.write(b"b")
    assert end.read(1.0) in (b"", b"b")
    link.close()
    end.unplug()


def test_a_terminal_without_a_given_name_comes_back_under_its_own() -> None:
    end = PtyEnd()
    first, before = end.address, os.path.realpath(end.address)
    end.unplug()
    assert not os.path.lexists(first)
    taken, others = os.openpty()  # the number of the first is given away at once
    try:
        end.plug()
        assert end.address == first
        assert os.path.realpath(first) != os.ttyname(others)
        assert before.startswith("/dev/pts/")
    finally:
        end.unplug()
        os.close(taken)
        os.close(others)
