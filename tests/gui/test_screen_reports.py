"""Slips: issued with Enter, shown from the real PDF, printed, saved, replaced with a reason."""

from dataclasses import replace
from pathlib import Path

import zxingcpp
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QLabel

from lims.queries import slips
from tests.drivers.serving import on_tcp
from tests.gui.lab import Lab, press, settle, window, write
from tests.gui.live import approved, issued
from tests.protocols.receipts import Printer


def test_enter_issues_the_slip_and_shows_the_paper(lab: Lab) -> None:
    (number,) = approved(lab, "12.5")
    with window(lab, "zhao", "reports") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen[0] == "ready")
        assert "12.5 %  Negative" in screen.facts.words()
        press(shell, "Return")
        settle(shell, lambda: screen.shown is not None)
        (line,) = lab.as_("zhao").ask(slips.slips)
        assert (line.number, line.version) == (number, 1)
        assert screen.shown.pdf.startswith(b"%PDF")
        page = screen.preview.pages[0]
        dark = sum(
            page.pixelColor(x, y).value() < 128
            for x in range(0, page.width(), 7)
            for y in range(0, page.height(), 7)
        )
        assert dark > 100, "the page is not blank"


def test_only_a_signatory_issues(lab: Lab) -> None:
    approved(lab, "12.5")
    with window(lab, "lin", "reports") as shell:
        settle(shell, lambda: shell.shown.chosen[0] == "ready")
        assert "signatory" in shell.acts()[-1].missing
        press(shell, "Return")
        assert lab.as_("lin").ask(slips.slips) == []


def test_it_is_printed_saved_and_replaced_with_a_reason(lab: Lab, tmp_path: Path) -> None:
    (number,) = issued(lab, "12.5")

    def to_file() -> QPrinter:
        printer = QPrinter()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "printed.pdf"))
        return printer

    with window(lab, "zhao", "reports") as shell:
        screen = shell.shown
        shell.desk.ties = replace(shell.desk.ties, reports=tmp_path / "reports")
        screen.printer = to_file
        settle(shell, lambda: screen.shown is not None)
        press(shell, "F8")
        settle(shell)
        assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")
        press(shell, "S")
        saved = tmp_path / "reports" / f"{number}-1.pdf"
        settle(shell, saved.exists)
        assert saved.read_bytes() == screen.shown.pdf
        settle(shell, lambda: lab.as_("zhao").ask(slips.slips)[0].prints == 1)
        press(shell, "F8")
        assert shell.acts()[-1].missing == "a reason"
        write("经营者丢失")
        press(shell, "Return")
        settle(shell, lambda: lab.as_("zhao").ask(slips.slips)[0].prints == 2)
        assert [one.reason for one in lab.as_("zhao").ask(slips.prints, screen.shown.id)] == [
            "",
            "经营者丢失",
        ]
        press(shell, "R")
        assert shell.acts()[-1].missing == "a reason"
        write("经营单位名称更正")
        press(shell, "Return")
        settle(shell, lambda: screen.shown is not None and screen.shown.version == 2)
        assert [line.version for line in lab.as_("zhao").ask(slips.slips)] == [2, 1]


def test_without_a_printer_it_says_so_and_goes_on(lab: Lab) -> None:
    issued(lab, "12.5")
    with window(lab, "zhao", "reports") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.shown is not None)
        press(shell, "F8")
        settle(shell, shell.banners.isVisible)
        assert screen.shown is not None
        assert shell.acts()[-1].missing == ""


def test_a_slip_goes_to_a_receipt_printer_and_one_that_did_not_come_out_waits(lab: Lab) -> None:
    issued(lab, "12.5")
    printer = Printer(paper_end=0x72)
    with on_tcp(printer) as port, window(lab, "zhao", "reports") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.shown is not None)
        press(shell, "P")
        write(f"58mm tcp:127.0.0.1:{port}")
        press(shell, "Return")
        settle(shell, lambda: screen.shown is not None and screen.shown.pages[0].width() == 384)
        press(shell, "F8")
        settle(shell, lambda: "did not come out" in screen.sentence())
        assert any("no paper" in label.text() for label in shell.banners.findChildren(QLabel))
        printer.paper_end = 0x12
        press(shell, "F8")
        settle(shell, lambda: lab.as_("zhao").ask(slips.slips)[0].prints == 1)
    (code,) = zxingcpp.read_barcodes(printer.paper.image)
    assert code.text == lab.as_("zhao").ask(slips.slip, screen.shown.id).seal.text()


def test_nothing_ready_says_so(lab: Lab) -> None:
    with window(lab, "zhao", "reports") as shell:
        assert shell.shown.sentence() == "No slip is ready."
        assert shell.acts() == []
