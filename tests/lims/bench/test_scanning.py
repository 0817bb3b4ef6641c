"""A scanner on a serial line: real bytes over a pseudo terminal, cut where it ends them or pauses."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from drivers.errors import LinkLost
from drivers.links.far import PtyEnd
from lims.bench.scanning import SerialScanner
from tests.drivers.terminals import say

PATIENCE = 20.0


@dataclass
class Line:
    """The scanner's end of the line, and what the desk heard."""

    port: str
    say: Callable[[bytes], None] = lambda _: None
    codes: list[str] = field(default_factory=list)
    faults: list[LinkLost | None] = field(default_factory=list)
    changed: threading.Event = field(default_factory=threading.Event)

    def tell(self, code: str) -> None:
        self.codes.append(code)
        self.changed.set()

    def lost(self, fault: LinkLost | None) -> None:
        self.faults.append(fault)
        self.changed.set()

    def heard(self, count: int) -> list[str]:
        end = time.monotonic() + PATIENCE
        while len(self.codes) < count and time.monotonic() < end:
            self.changed.wait(0.2)
            self.changed.clear()
        return self.codes


@pytest.fixture
def line() -> Iterator[Line]:
    assert sys.platform != "win32"
    end = PtyEnd()
    yield Line(end.address, partial(say, end))
    end.unplug()


def test_each_code_is_given_whole_whatever_ends_it(line: Line) -> None:
    scanner = SerialScanner(line.port, line.tell, line.lost)
    line.say(b"LJ01261124000AB\r\n6901234567892\tFY1\r")
    assert line.heard(3) == ["LJ01261124000AB", "6901234567892", "FY1"]
    line.say(b"LJ0126")
    line.say(b"1124001CD")
    assert line.heard(4)[3:] == ["LJ01261124001CD"]
    line.say("批号7\r".encode("gb18030"))
    assert line.heard(5)[4:] == ["批号7"]
    scanner.close()
    assert line.faults == []


def test_a_port_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    line = Line(str(tmp_path / "ttyUSB9"))
    scanner = SerialScanner(line.port, line.tell, line.lost)
    assert line.changed.wait(PATIENCE)
    scanner.close()
    assert [fault.code for fault in line.faults if fault] == ["port_missing"]
    assert line.codes == []
