"""A slip to a receipt printer on a real port: what came out is read back, and what went wrong is told and kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp

from lims.bench import receipts
from lims.errors import NotFound
from lims.queries import slips
from lims.services.printing import Destination
from tests.drivers.serving import on_pty, on_tcp
from tests.laboratory import Lab, found_lab
from tests.lims.services.test_printing import slip_of
from tests.protocols.receipts import Printer

DOTS = bytes(range(256)) * 96
"""Of one picture, 384 dots across."""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def to(port: int) -> Destination:
    return Destination("58mm", f"tcp:127.0.0.1:{port}")


def test_a_slip_comes_out_and_its_seal_is_read_from_the_paper(lab: Lab) -> None:
    slip, zhao, printer = slip_of(lab), lab.as_("zhao"), Printer()
    with on_tcp(printer) as port:
        receipts.send(zhao, slip, to(port), "zh_CN")
    (code,) = zxingcpp.read_barcodes(printer.paper.image)
    assert code.text == zhao.ask(slips.slip, slip).seal.text()
    assert printer.paper.cut == 1
    assert [one.printer for one in zhao.ask(slips.prints, slip)] == [f"tcp:127.0.0.1:{port}"]


def test_a_slip_whose_printer_goes_away_in_the_middle_waits(lab: Lab) -> None:
    slip, zhao = slip_of(lab), lab.as_("zhao")
    with on_tcp(Printer(dies_after=3000)) as port, pytest.raises(NotFound) as gone:
        receipts.send(zhao, slip, to(port), "zh_CN")
    assert gone.value.code in {"receipt.lost", "receipt.silent"}
    (line,) = zhao.ask(slips.slips)
    assert (line.prints, line.failed) == (0, gone.value.code)
    printer = Printer()
    with on_tcp(printer) as port:
        receipts.send(zhao, slip, to(port), "zh_CN")
    assert len(zxingcpp.read_barcodes(printer.paper.image)) == 1
    assert [one.failed for one in zhao.ask(slips.prints, slip)] == [gone.value.code, ""]


@pytest.mark.parametrize(
    ("printer", "says"),
    [
        (Printer(offline=0x16), "receipt.cover"),
        (Printer(paper_end=0x72), "receipt.paper"),
        (Printer(offline=0x52), "receipt.error"),
    ],
)
def test_what_keeps_it_from_printing_is_told_before_anything_is_sent(printer: Printer, says: str) -> None:
    with on_tcp(printer) as port, pytest.raises(NotFound) as told:
        receipts.put(b"\x1b@", f"127.0.0.1:{port}")
    assert told.value.code == says
    assert printer.paper.bands == []


def test_a_printer_on_a_serial_port_that_answers_nothing_is_printed_to(tmp_path: Path) -> None:
    assert tmp_path.exists()
    printer = Printer(mute=True)
    with on_pty(printer) as port:
        receipts.put(b"\x1dv0\x00\x30\x00\x08\x00" + DOTS[:384], f"{port}@115200", patience=0.05)
    assert printer.paper.image.height == 8


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(NotFound, match=r"receipt\.lost"):
        receipts.put(b"\x1b@", "127.0.0.1:1")
