"""Captures as a person makes them: on every kind of port, ended by Ctrl-C, kept while they grow."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from drivers.errors import DriverError, LinkLost, Refused
from lims.bench import wires
from lims.errors import Invalid
from protocols import transcript
from protocols.transcript import HOST


class Heard(io.StringIO):
    """Takes a capture down and ends it when the device has said so many readings."""

    def __init__(self, instrument: str, readings: int) -> None:
        super().__init__()
        self.enough = Event()
        self._instrument, self._readings = instrument, readings

    def write(self, text: str) -> int:
        count = super().write(text)
        if text.endswith("\n") and len(readings_of(self._instrument, self.getvalue())) >= self._readings:
            self.enough.set()
        return count


def readings_of(instrument: str, text: str) -> list[dict[str, Any]]:
    lines = wires.lines(instrument, wires.read_wire(text.encode()), {})
    return [line for line in lines if "error" not in line]


def _listened(
    instrument: str, tcp: int | None, readings: int, ask: str = "", **settings: object
) -> list[dict[str, Any]]:
    heard = Heard(instrument, readings)
    records = wires.sample_records(instrument)
    with wires.playing(instrument, records=records, tcp=tcp, settings=settings) as player:
        wires.captured(
            player.address, instrument, settings, seconds=60, ask=ask, output=heard, stop=heard.enough
        )
    return readings_of(instrument, heard.getvalue())


@pytest.mark.parametrize("tcp", [None, 0])
def test_a_register_reader_speaks_the_framing_of_its_port(tcp: int | None) -> None:
    values = [one["value"] for one in _listened("modbus_reader", tcp, 4)]
    assert values == ["2.0", "12.5", "37.4", "71.2"]


def test_a_device_that_says_nothing_by_itself_is_asked() -> None:
    (found,) = _listened("dayuan_cards", 0, 1, "in_and_scan", scan_wait="0.5", scan_seconds="0.4")
    assert found["extra"]["points"] == "90"


@pytest.mark.parametrize(("command", "code"), [("clear", "destructive"), ("dance", "unknown_command")])
def test_what_would_clear_a_device_is_never_asked(command: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        _listened("taiyang_ttnj", 0, 1, command)


def test_a_device_that_erases_itself_is_not_captured_where_nothing_is_on_disk_first() -> None:
    with pytest.raises(Refused, match="consuming"):
        _listened("taiyang_ttnj_z", 0, 1, "download")


def test_a_store_is_asked_for_a_day() -> None:
    values = [one["value"] for one in _listened("dayuan_lz4000t", 0, 4, "day:today")]
    assert values == ["2.00", "12.50", "37.40", "71.20"]


def test_a_line_without_an_answer_is_a_fault() -> None:
    stop = Event()
    stop.set()
    with pytest.raises(LinkLost):
        wires.captured("listen:127.0.0.1:0", "astm_lis2", {}, output=io.StringIO(), stop=stop)


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_was_heard_is_kept_however_the_capture_ends(tmp_path: Path, order: int) -> None:
    kept = tmp_path / "first.wire"
    with wires.playing("dayuan_tl310", records=wires.sample_records("dayuan_tl310"), tcp=0) as player:
        command = [
            sys.executable,
            "-m",
            "lims.cli",
            "capture",
            player.address,
            "dayuan_tl310",
            "-o",
            str(kept),
        ]
        with subprocess.Popen(command) as listening:
            end = time.monotonic() + 60
            while time.monotonic() < end and not (kept.exists() and "< 7E" in kept.read_text("utf-8")):
                time.sleep(0.05)
            listening.send_signal(order)
            assert listening.wait(60) == (-order if order == signal.SIGKILL else 0)
    found = transcript.read(kept.read_text("utf-8"))
    assert found.entries[0].direction == HOST
    positions = [line["position"] for line in wires.lines("dayuan_tl310", found, {})]
    assert positions[:4] == ["1", "2", "3", "4"]  # a slow machine asks again before it is stopped


@pytest.mark.parametrize("text", ["x", "99999", "-1", "", "٣"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Invalid, match=r"wire\.port"), wires.playing("dayuan_tl310", call=f"h:{text}"):
        pass


def test_a_modbus_reader_that_is_busy_gives_no_reading_and_others_cannot_be_busy() -> None:
    with (
        pytest.raises(DriverError, match="fault_modbus"),
        wires.playing("dayuan_tl310", faults=wires.faults(["busy"])),
    ):
        pass


@pytest.mark.parametrize("instrument", ["nc_meter", "delvotest", "plate_file", "biotek_elx"])
def test_an_instrument_is_played_alone_by_what_its_own_records_need(instrument: str) -> None:
    with wires.playing(instrument, records=wires.sample_records(instrument)) as player:
        assert player.address


def test_a_device_whose_clock_stands_in_2010_says_so() -> None:
    heard = Heard("dayuan_lz4000t", 4)
    records = wires.sample_records("dayuan_lz4000t")
    wrong = wires.faults(["wrong-clock", "split"])
    with wires.playing("dayuan_lz4000t", records=records, tcp=0, faults=wrong) as player:
        wires.captured(player.address, "dayuan_lz4000t", {}, seconds=60, ask="day:2010-01-01",
                       output=heard, stop=heard.enough)  # fmt: skip
    times = {line["measured_at"] for line in readings_of("dayuan_lz4000t", heard.getvalue())}
    assert times == {"2010-01-01T00:00:00"}
