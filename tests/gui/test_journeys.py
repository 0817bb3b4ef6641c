"""The four journeys of a day, by real keys, scans and touches on a real laboratory, and how many each takes."""

from dataclasses import dataclass

import zxingcpp
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QPushButton, QWidget

from lims.queries import bench, reviews, samples, slips
from lims.services import measure, printing
from tests.drivers.serving import on_tcp
from tests.gui.lab import (
    Lab,
    Shell,
    keyed,
    press,
    received,
    scan,
    settle,
    signs,
    state_of,
    window,
)
from tests.gui.live import live
from tests.protocols.receipts import Printer


@dataclass
class Hand:
    """A person's hand: everything it does is counted."""

    shell: Shell
    keys: int = 0
    scans: int = 0
    touches: int = 0

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        press(self.shell, *keys)

    def scan(self, code: str) -> None:
        self.scans += 1
        scan(self.shell, code)

    def touch(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.touches += 1
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
        settle(self.shell)

    def touch_item(self, items: QAbstractItemView, row: int) -> None:
        self.touch(items.viewport(), items.visualRect(items.model().index(row, 0)).center())

    def touch_button(self, words: str) -> None:
        buttons = [one for one in self.shell.findChildren(QPushButton) if one.isVisible()]
        self.touch(next(one for one in buttons if words in one.text()))

    def choose(self, choice: QComboBox, code: str) -> None:
        self.touch(choice)
        settle(self.shell, lambda: choice.view().isVisible())
        QTest.qWait(
            QApplication.doubleClickInterval() + 50
        )  # until then Qt takes it for the click that opened
        self.touch_item(choice.view(), choice.findData(code))


def test_a_bag_is_received_by_one_scan_and_one_key(lab: Lab) -> None:
    bags = [lab.draw(seal=f"F{at:04}") for at in range(1, 4)]
    with window(lab, "lin", "reception") as shell:
        hand = Hand(shell)
        for bag in bags:
            hand.scan(bag)
            hand.press("F7")
        settle(shell, lambda: state_of(lab, bags[-1]) == "received")
        assert (hand.scans, hand.keys, hand.touches) == (3, 3, 0)
    assert [state_of(lab, bag) for bag in bags] == ["received"] * 3


def test_sixteen_channels_are_bound_by_their_scans_and_two_keys(lab: Lab) -> None:
    lab.instrument("BX1-1", "dayuan_bx1")
    kept = lab.run("BX1-1", received(lab, 1))
    lab.as_("lin").do(measure.close_run, kept)
    numbers = received(lab, 15)
    with window(lab, "lin", "bench") as shell:
        hand, screen = Hand(shell), shell.shown
        settle(shell, lambda: screen.chips.current and screen.lot.text())
        hand.press("B")
        for number in numbers:
            hand.scan(number)
        assert len(screen.bound) == 16
        settle(shell, lambda: shell.acts()[-1].missing == "")
        hand.press("Return")
        settle(shell, lambda: screen.mode == "running")
        assert (hand.scans, hand.keys, hand.touches) == (15, 2, 0)
    run = lab.as_("lin").ask(bench.current, "BX1-1")
    assert run is not None
    assert [place.sample for place in run.places] == ["", *numbers]


def test_from_the_analyser_s_last_word_to_the_printed_slip(lab: Lab) -> None:
    (number,) = received(lab)
    keyed(lab, "zhao")
    keys, printer = 0, Printer()
    with on_tcp(printer) as port, live(lab, {"1": "2.0", "2": "12.5"}, [number]) as lines:
        lab.as_("zheng").do(printing.choose, f"58mm tcp:127.0.0.1:{port}")
        with window(lab, "lin") as shell:
            shell.desk.bench = lines
            shell.go("bench")
            hand = Hand(shell)
            settle(shell, lambda: shell.shown.mode == "running" and not shell.acts()[-1].missing)
            hand.press("Return")
            settle(shell, lambda: state_of(lab, number) == "tested")
            keys += hand.keys
        with window(lab, "wang", "review") as shell:
            hand = Hand(shell)
            settle(shell, lambda: not shell.acts()[-1].missing)
            hand.press("A")
            settle(shell, lambda: state_of(lab, number) == "reviewed")
            keys += hand.keys
        with window(lab, "zhao", "reports") as shell:
            hand = Hand(shell)
            settle(shell, lambda: shell.shown.chosen[0] == "ready")
            hand.press("F8")
            assert len(signs(shell)) == 1
            settle(shell, lambda: printer.paper.cut)
            keys += hand.keys
    assert keys <= 4
    assert lab.as_("wang").ask(reviews.waiting) == []
    (line,) = lab.as_("zhao").ask(slips.slips)
    (code,) = zxingcpp.read_barcodes(printer.paper.image)
    assert code.text == lab.as_("zhao").ask(slips.slip, line.id).seal.text()


def test_a_form_in_the_market_takes_twelve_touches_when_the_business_is_known(lab: Lab) -> None:
    lab.draw(seal="F0001")
    with window(lab, "chen", "sampling") as shell:
        hand, screen = Hand(shell), shell.shown
        settle(shell, lambda: screen.side._known)
        hand.touch_item(screen.side.hits, 0)
        hand.touch(next(one for one in screen.side.findChildren(QPushButton) if "豇豆" in one.text()))
        hand.touch(screen.side.quantities)
        hand.scan("F0002")
        hand.touch_button("F4")
        hand.choose(screen.form.boxes["opinion"].focusProxy(), "none")
        hand.touch_button("F6")
        assert screen.form.gaps() == []
        hand.touch_button("Ctrl+Enter")
        settle(shell, lambda: screen._saved)
        assert hand.touches + hand.scans <= 12, hand
        assert hand.keys == 0
    newest, first = lab.as_("chen").ask(samples.page)
    assert (newest.seal, newest.business, newest.food) == ("F0002", first.business, "豇豆")
