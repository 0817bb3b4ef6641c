"""USB reports: whole ones out, bytes in, and every way in which a device can be away told as one error."""

import sys
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.errors import LinkLost, Refused
from drivers.links.hid import HidLink, open_device
from drivers.links.opening import opener
from drivers.profile import Hid
from drivers.registry import profile
from drivers.simulators.dayuan_dy6100_hid import simulator
from protocols.dy6100_hid import REPORT, reply, request
from tests.drivers.reports import Played

WIRING = Hid(0x0483, 0x5750)


class Gone:
    """A device that was torn out."""

    def write(self, data: bytes) -> int:
        return -1 if data[1] else self.read(0, 0)[0]

    def read(self, size: int, timeout_ms: int) -> list[int]:
        raise OSError(f"no such device, {size} bytes within {timeout_ms} ms")

    def close(self) -> None:
        """Nothing is left to close."""


class Opened(Played):
    """hidapi's device, opened by a path."""

    def __init__(self) -> None:
        super().__init__(simulator({}, []))

    def open_path(self, path: bytes) -> None:
        if path == b"held":
            raise OSError("open failed")


def installed(monkeypatch: pytest.MonkeyPatch, *found: dict[str, Any]) -> None:
    library = SimpleNamespace(enumerate=lambda _vendor, _product: list(found), device=Opened)
    monkeypatch.setitem(sys.modules, "hid", library)


def code_of(serial_number: str = "") -> str:
    with pytest.raises(LinkLost) as lost:
        open_device(WIRING, serial_number)
    return lost.value.code


def test_what_is_asked_goes_out_in_whole_reports_and_comes_back_as_bytes() -> None:
    device = Played(simulator({}, []))
    link = HidLink(device, REPORT, {"port": "hid:0483:5750"})
    link.write(request(0x31, 1, 0, 0))
    assert link.read(0.01) == reply(0x31, 1, b"\0\0")
    assert link.read(0.0) == b""
    link.write(b"")
    link.close()
    assert device.closed


def test_a_device_that_is_gone_is_lost() -> None:
    link = HidLink(Gone(), REPORT, {"port": "x"})
    codes = []
    for act in (lambda: link.read(0.1), lambda: link.write(b"\0"), lambda: link.write(b"\1")):
        with pytest.raises(LinkLost) as lost:
            act()
        codes.append(lost.value.code)
    assert codes == ["gone", "gone", "write_timeout"]
    link.close()


def test_without_the_library_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hid", None)
    assert code_of() == "hid_missing"


def test_the_one_device_is_opened_and_told_by_its_serial_number(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, {"path": b"a", "serial_number": "S1"}, {"path": b"held", "serial_number": "S2"})
    link = open_device(WIRING, "S1")
    assert link.identity == {"port": "hid:0483:5750", "vid": "0483", "pid": "5750", "serial": "S1"}
    assert [code_of(), code_of("S2"), code_of("S3")] == ["device_ambiguous", "hid_failed", "device_absent"]


def test_an_address_opens_it_only_where_the_instrument_is_wired_so(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, {"path": b"a", "serial_number": None})
    link = opener(profile("dayuan_dy6100_hid"), {}, "hid:").open(threading.Event())
    assert link.identity == {"port": "hid:0483:5750", "vid": "0483", "pid": "5750"}
    with pytest.raises(Refused, match="address_unfit"):
        opener(profile("dayuan_dy6100"), {}, "hid:")
