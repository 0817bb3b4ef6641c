"""A scanner on a serial port, from the wire to the window: opened as the look says, told when it is not there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.links.far import PtyEnd
from gui.desk import Desk
from gui.porthole import Porthole
from gui.screens import _pages
from gui.shell import Shell
from lims.errors import NotFound
from tests.drivers.terminals import say

Settle = Callable[..., None]


def test_codes_of_a_serial_scanner_reach_the_window(shell: Shell, desk: Desk, settle: Settle) -> None:
    assert shell.isVisible()
    end, porthole, codes = PtyEnd(), Porthole(desk), list[str]()
    porthole.scanned.connect(codes.append)
    desk.wear(replace(desk.look, language="en", scanner=end.address))
    settle(lambda: desk.work.idle)
    say(end, b"FY12345672\r")
    settle(lambda: codes)
    assert codes == ["FY12345672"]
    desk.wear(replace(desk.look, scanner=""))
    settle(lambda: desk.work.idle)
    assert porthole._open == []
    end.unplug()


def test_a_port_that_is_not_there_is_told_and_the_banner_goes_with_the_setting(
    shell: Shell, desk: Desk, settle: Settle, tmp_path: Path
) -> None:
    porthole = Porthole(desk)
    desk.wear(replace(desk.look, language="en", scanner=str(tmp_path / "ttyUSB9")))
    settle(shell.banners.sentences)
    assert "ttyUSB9 is not heard" in shell.banners.sentences()[0]
    desk.wear(replace(desk.look, scanner=""))
    settle(lambda: desk.work.idle and not shell.banners.sentences())
    porthole.close()


def test_a_printer_of_a_name_that_is_gone_is_told() -> None:
    with pytest.raises(NotFound, match=r"printer\.refused"):
        _pages.system_printer("no such printer")
