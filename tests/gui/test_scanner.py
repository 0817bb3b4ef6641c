import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui.desk import Scan
from gui.scanner import GLUED, MARKUP, TOO_LONG, Refused, Scanner, understand
from tests.gui.hurry import as_fast_as_a_scanner

ONE, TWO = "FY12345672", "FY00000091"


def is_code(payload: str) -> bool:
    digits = payload.removeprefix("FY")
    return (
        payload.startswith("FY") and len(digits) == 8 and digits.isdigit() and sum(map(int, digits)) % 10 == 0
    )


def test_a_number_of_ours_is_known_by_its_grammar() -> None:
    assert understand(ONE, is_code) == (Scan(ONE, ours=True),)


def test_a_foreign_code_is_passed_on_as_such() -> None:
    assert understand("6901234567892", is_code) == (Scan("6901234567892"),)


def test_two_codes_that_ran_together_are_split() -> None:
    assert understand(ONE + TWO, is_code) == (Scan(ONE, ours=True), Scan(TWO, ours=True))


def test_a_code_with_something_else_besides_is_refused() -> None:
    found = understand(f"{ONE}69012345", is_code)
    assert isinstance(found, Refused)
    assert found.sentence == GLUED


@pytest.mark.parametrize("payload", ["<b>FY</b>", "a<script>x", "FY\x00123", "x</html>"])
def test_markup_and_control_characters_are_refused(payload: str) -> None:
    assert understand(payload, is_code) == Refused(MARKUP)


def test_four_kilobytes_are_refused_with_their_length() -> None:
    assert understand("9" * 4096, is_code) == Refused(TOO_LONG, {"count": 4096})


def test_the_separator_of_gs1_is_no_control_character() -> None:
    assert understand("010690123\x1d10LOT", is_code) == (Scan("010690123\x1d10LOT"),)


@settings(max_examples=80)
@given(st.text(max_size=600))
def test_no_payload_breaks_the_grammar(payload: str) -> None:
    found = understand(payload, is_code)
    assert isinstance(found, Refused) or all(isinstance(scan, Scan) for scan in found)


class Desk:
    """Two fields, a scanner, and what it said."""

    def __init__(self, app: QApplication) -> None:
        self.window, self.line, self.text = QWidget(), QLineEdit(), QPlainTextEdit()
        box = QVBoxLayout(self.window)
        box.addWidget(self.line)
        box.addWidget(self.text)
        self.scanner = Scanner(app, is_code)
        self.scans: list[Scan] = []
        self.refusals: list[Refused] = []
        self.scanner.scanned.connect(self.scans.append)
        self.scanner.refused.connect(self.refusals.append)
        self.window.show()
        self.line.setFocus()


@pytest.fixture
def place(dressed: QApplication) -> Iterator[Desk]:
    made = Desk(dressed)
    yield made
    made.scanner.stop()
    made.window.close()
    made.window.deleteLater()


@pytest.mark.parametrize(
    ("setting", "key", "taken"),
    [
        ("enter", Qt.Key.Key_Return, True),
        ("enter", Qt.Key.Key_Tab, False),
        ("tab", Qt.Key.Key_Tab, True),
        ("tab", Qt.Key.Key_Return, False),
    ],
)
def test_only_the_suffix_that_was_set_ends_a_scan(
    place: Desk, setting: str, key: Qt.Key, taken: bool
) -> None:
    place.scanner.suffix = setting
    with as_fast_as_a_scanner():
        QTest.keyClicks(place.line, ONE)
        QTest.keyClick(place.line, key)
    assert bool(place.scans) is taken
    assert place.line.text() == ("" if taken else ONE)


def test_a_scanner_that_sends_nothing_behind_a_code_is_understood_by_its_pause(place: Desk) -> None:
    place.scanner.suffix = "none"
    with as_fast_as_a_scanner():
        QTest.keyClicks(place.line, ONE)
    QTest.qWait(300)
    assert place.scans == [Scan(ONE, ours=True)]
    assert place.line.text() == ""


@pytest.mark.parametrize("suffix", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_scan_from_any_field_leaves_its_text(place: Desk, suffix: Qt.Key) -> None:
    for field in (place.line, place.text):
        field.setFocus()
        field.insert("豇豆 half ty") if isinstance(field, QLineEdit) else field.setPlainText("remark")
        with as_fast_as_a_scanner():
            QTest.keyClicks(field, ONE)
            QTest.keyClick(field, suffix)
    assert place.scans == [Scan(ONE, ours=True)] * 2
    assert place.line.text() == "豇豆 half ty"
    assert place.text.toPlainText() == "remark"


def test_a_hand_loses_no_letter(place: Desk, settle: Callable[..., None]) -> None:
    for letter in "cai 3.5":
        QTest.keyClicks(place.line, letter)
        time.sleep(0.04)
        settle()
    QTest.keyClick(place.line, Qt.Key.Key_Return)
    assert place.line.text() == "cai 3.5"
    assert place.scans == []


def test_two_keys_at_once_are_still_a_hand(place: Desk, settle: Callable[..., None]) -> None:
    QTest.keyClicks(place.line, "ab")
    settle(lambda: place.line.text() == "ab")
    QTest.keyClicks(place.line, "cd")
    QTest.keyClick(place.line, Qt.Key.Key_Backspace)
    assert place.line.text() == "abc"


def test_three_fast_letters_and_enter_are_typed_in_their_order(place: Desk) -> None:
    pressed: list[str] = []
    place.line.returnPressed.connect(lambda: pressed.append(place.line.text()))
    QTest.keyClicks(place.line, "905")
    QTest.keyClick(place.line, Qt.Key.Key_Return)
    assert pressed == ["905"]
    assert place.scans == []


def test_a_fast_run_without_an_end_is_given_back(place: Desk, settle: Callable[..., None]) -> None:
    QTest.keyClicks(place.line, "fast typist")
    settle(lambda: place.line.text() == "fast typist")
    assert place.scans == []


def test_two_scans_one_after_another_are_two(place: Desk) -> None:
    for code in (ONE, TWO):
        with as_fast_as_a_scanner():
            QTest.keyClicks(place.line, code)
            QTest.keyClick(place.line, Qt.Key.Key_Return)
    assert [scan.text for scan in place.scans] == [ONE, TWO]
    assert place.line.text() == ""


def test_four_kilobytes_are_swallowed_and_told(place: Desk) -> None:
    with as_fast_as_a_scanner():
        QTest.keyClicks(place.line, "7" * 4096)
        QTest.keyClick(place.line, Qt.Key.Key_Return)
    assert place.refusals == [Refused(TOO_LONG, {"count": 4096})]
    assert place.line.text() == ""


def test_the_clock_of_the_keys_counts_and_not_that_of_a_busy_window(place: Desk) -> None:
    """A hand types while the window is busy: the keys arrive at once, but their own times are far apart."""
    for number, letter in enumerate("carrot"):
        event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter)
        event.setTimestamp(10_000 + number * 120)
        QApplication.sendEvent(place.line, event)
    end = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")
    end.setTimestamp(10_000 + 6 * 120)
    QApplication.sendEvent(place.line, end)
    assert place.scans == []
    assert place.line.text() == "carrot"


def test_a_scan_is_taken_out_of_an_input_method(place: Desk) -> None:
    with as_fast_as_a_scanner():
        for length in range(1, 5):
            QApplication.sendEvent(place.line, QInputMethodEvent(ONE[:length], []))
        assert not place.line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        QTest.keyClicks(place.line, ONE[4:])
        QTest.keyClick(place.line, Qt.Key.Key_Return)
    assert place.scans == [Scan(ONE, ours=True)]
    assert place.line.text() == ""
    assert place.line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_chinese_from_an_input_method_is_left_alone(place: Desk) -> None:
    QApplication.sendEvent(place.line, QInputMethodEvent("jiang", []))
    event = QInputMethodEvent()
    event.setCommitString("豇豆")
    QApplication.sendEvent(place.line, event)
    assert place.line.text() == "豇豆"


def test_a_quick_tap_on_a_button_presses_it_once(place: Desk, settle: Callable[..., None]) -> None:
    """A tap shorter than the scanner's patience: the end of the key must not overtake its beginning."""
    button = QPushButton("tap", place.window)
    pressed: list[bool] = []
    button.clicked.connect(lambda *_: pressed.append(True))
    button.show()
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    settle(lambda: pressed)
    settle()
    assert len(pressed) == 1
    assert not button.isDown()
