"""Captures as a person makes them: on every kind of port, ended by Ctrl-C, kept while they grow."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from drivers.errors import LinkLost, Refused
from lims.bench import wires
from lims.errors import Invalid
from protocols import transcript
from protocols.transcript import HOST


def _listened(instrument: str, tcp: int | None, seconds: float, ask: str = "", **settings: object) -> str:
    text = io.StringIO()
    records = wires.sample_records(instrument)
    with wires.playing(instrument, records=records, tcp=tcp, settings=settings) as player:
        wires.captured(player.address, instrument, settings, seconds=seconds, ask=ask, output=text)
    return text.getvalue()


@pytest.mark.parametrize("tcp", [None, 0])
def test_a_register_reader_speaks_the_framing_of_its_port(tcp: int | None) -> None:
    heard = wires.read_wire(_listened("modbus_reader", tcp, 1.5).encode())
    values = [one["value"] for one in wires.lines("modbus_reader", heard, {})]
    assert values == ["2.0", "12.5", "37.4", "71.2"]


def test_a_device_that_says_nothing_by_itself_is_asked() -> None:
    heard = wires.read_wire(
        _listened("dayuan_cards", 0, 2.5, "in_and_scan", scan_wait="0.5", scan_seconds="0.4").encode()
    )
    (found,) = wires.lines("dayuan_cards", heard, {})
    assert found["extra"]["points"] == "90"


@pytest.mark.parametrize(("command", "code"), [("clear", "destructive"), ("dance", "unknown_command")])
def test_what_would_clear_a_device_is_never_asked(command: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        _listened("taiyang_ttnj", 0, 1, command)


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
            end = time.monotonic() + 20
            while time.monotonic() < end and not (kept.exists() and kept.read_text("utf-8").count("<") > 2):
                time.sleep(0.05)
            listening.send_signal(order)
            assert listening.wait(10) == (-order if order == signal.SIGKILL else 0)
    found = transcript.read(kept.read_text("utf-8"))
    assert found.entries[0].direction == HOST
    assert len(list(wires.lines("dayuan_tl310", found, {}))) == 4


@pytest.mark.parametrize("text", ["x", "99999", "-1", "", "٣"])
def test_a_port_that_is_none_is_named(text: str) -> None:
    with pytest.raises(Invalid, match=r"wire\.port"), wires.playing("dayuan_tl310", call=f"h:{text}"):
        pass
