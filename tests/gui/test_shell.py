import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget

from gui import discover
from gui.desk import Action, Desk, Scan
from gui.shell import NO_SCAN_HERE, Shell
from gui.ties import Found
from gui.widgets import rail
from gui.widgets.actionbar import Progress
from gui.widgets.palette import Palette
from gui.work import Job
from lims import text
from lims.errors import RuleBroken
from tests.gui.hurry import as_fast_as_a_scanner

ONE = "FY12345672"
Settle = Callable[..., None]


def demo_of(shell: Shell) -> Any:
    return shell.shown


def test_sign_in_shows_the_person_and_the_screens_of_the_role(shell: Shell) -> None:
    assert shell.name == "demo_screen"
    assert shell.rail.names() == ["demo_screen"]
    assert "林秀英 · 连江县快检室" in [label.accessibleName() for label in shell.bar.findChildren(QLabel)]


def test_a_screen_one_may_not_use_is_absent(shell: Shell, desk: Desk, demo: discover.ScreenFile) -> None:
    shell.take_screens([demo, replace(demo, name="people", needs=frozenset({"administrator"}))])
    assert shell.rail.names() == ["demo_screen"]
    desk.go("people")
    assert shell.name == "demo_screen"


def test_a_wrong_password_says_so_and_stays(desk: Desk, settle: Settle, hand: Callable[..., None]) -> None:
    shell = Shell(desk)
    shell.show()
    fields = shell.sign_in.findChildren(QLineEdit)
    hand(fields[0], "林秀英")
    fields[1].setText("wrong")
    fields[1].setFocus()
    QTest.keyClick(fields[1], Qt.Key.Key_Return)
    settle(lambda: any("door" not in label.text() and label.property("role") == "wrong" and label.text()
                       for label in shell.sign_in.findChildren(QLabel)))  # fmt: skip
    assert desk.session is None
    assert fields[0].text() == "林秀英"
    assert fields[1].text() == ""
    shell.close()
    shell.deleteLater()


def test_enter_is_the_primary_action_and_a_letter_is_its_own(shell: Shell, settle: Settle) -> None:
    screen = demo_of(shell)
    screen.table.setFocus()
    QTest.keyClick(screen.table, Qt.Key.Key_Return)
    assert screen.notices[-1] == "saved"
    QTest.keyClick(screen.table, Qt.Key.Key_A)
    settle(lambda: screen.notices[-1] == "approved")


def test_a_letter_typed_into_a_field_approves_nothing(shell: Shell, settle: Settle) -> None:
    screen = demo_of(shell)
    screen.scan_field.setFocus()
    QTest.keyClick(screen.scan_field, Qt.Key.Key_A)
    settle(lambda: screen.scan_field.text() == "a")
    assert "approved" not in screen.notices


def test_a_scan_is_never_a_command(shell: Shell) -> None:
    """A code that begins with the letter of an action does nothing but be scanned."""
    screen = demo_of(shell)
    screen.table.setFocus()
    with as_fast_as_a_scanner():
        QTest.keyClicks(screen.table, "A12345")
    QTest.keyClick(screen.table, Qt.Key.Key_Return)
    assert screen.scans == [Scan("A12345")]
    assert screen.notices == []


def test_a_disabled_primary_says_why(shell: Shell, desk: Desk) -> None:
    screen = demo_of(shell)
    screen.tabs.setCurrentIndex(1)
    desk.changed.emit()
    primary = [
        each for each in shell.actions_bar.findChildren(QPushButton) if each.property("role") == "primary"
    ]
    button = primary[-1]
    assert not button.isEnabled()
    assert "Food" in button.accessibleDescription()
    screen.table.setFocus()
    shell.press(screen.acts()[-1])
    assert "Food" in shell.toast.words()
    assert "saved" not in screen.notices


def test_keys_with_modifiers_work_while_typing(shell: Shell) -> None:
    screen = demo_of(shell)
    screen.scan_field.setFocus()
    QTest.keyClick(screen.scan_field, Qt.Key.Key_F8)
    assert shell.toast.words() == "Printed"


def test_scans_reach_the_screen_or_are_refused(
    shell: Shell, desk: Desk, demo: discover.ScreenFile, gun: Callable[..., None]
) -> None:
    gun(ONE)
    assert demo_of(shell).scans == [Scan(ONE, ours=True)]
    module = type(sys)("quiet")
    module.__dict__.update(TITLE="Quiet", Screen=lambda _: QWidget(), NEEDS=None)
    shell.take_screens([demo, discover.describe(module)])
    desk.go("quiet")
    gun(ONE)
    assert shell.toast.words() == NO_SCAN_HERE


def test_a_scan_while_signing_is_refused(shell: Shell, gun: Callable[..., None]) -> None:
    demo_of(shell).sign()
    gun(ONE)
    assert demo_of(shell).scans == []
    assert "Finish" in shell.toast.words()
    for dialog in shell.findChildren(QDialog):
        dialog.close()


def test_an_error_becomes_a_sentence_with_the_details_folded(
    shell: Shell, desk: Desk, settle: Settle
) -> None:
    def refuse() -> None:
        raise RuleBroken("sample.unknown", number="FY1")

    desk.do(refuse)
    settle(shell.banners.sentences)
    said = shell.banners.sentences()[0]
    assert "Traceback" not in said
    assert "RuleBroken" not in said.split("(")[0]
    unfolded = [label for label in shell.banners.findChildren(QLabel) if "RuleBroken" in label.text()]
    assert not any(label.isVisible() for label in unfolded)
    desk.banner(shell.banners._sorted()[0][0], "")
    assert shell.banners.sentences() == []


def test_the_language_changes_at_once_and_nothing_typed_is_lost(
    shell: Shell, hand: Callable[..., None]
) -> None:
    screen = demo_of(shell)
    hand(screen.scan_field, "豇豆")
    shell.speak("zh_CN")
    assert shell.bar.leave.text() == "退出登录"
    assert screen.scan_field.text() == "豇豆"
    shell.speak_other()
    assert shell.bar.leave.text() == "Sign out"
    assert text.current() == "en"


def test_notices_refresh_the_screen_without_a_key(shell: Shell, desk: Desk, settle: Settle) -> None:
    def receive() -> str:
        return "FY1"

    desk.do(receive)
    settle(lambda: demo_of(shell).notices)
    assert demo_of(shell).notices == [("did", "receive")]


def test_search_finds_screens_acts_and_whatever_the_laboratory_finds(
    shell: Shell, desk: Desk, settle: Settle
) -> None:
    hits = [Found("FY12345672 豇豆", "连江县凤城市场", "demo_screen", {"number": ONE})]
    object.__setattr__(desk.ties, "find", lambda _, words: hits if words == "豇豆" else [])
    shell.search()
    palette = shell.findChild(Palette)
    assert palette is not None
    assert any("Bench" in choice for choice in palette.choices())
    field = palette.findChild(QLineEdit)
    assert field is not None
    field.setText("豇豆")
    settle(lambda: palette.choices() and "FY12345672" in palette.choices()[0])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert demo_of(shell).contexts[-1] == {"number": ONE}


def test_escape_goes_back_one_step(shell: Shell, desk: Desk, demo: discover.ScreenFile) -> None:
    shell.take_screens([demo, replace(demo, name="second", order=50)])
    desk.go("second")
    QTest.keyClick(shell.shown, Qt.Key.Key_Escape)
    assert shell.name == "demo_screen"


def test_alt_and_a_digit_go_to_a_screen(shell: Shell, demo: discover.ScreenFile) -> None:
    shell.take_screens([demo, replace(demo, name="second", order=50)])
    QTest.keyClick(demo_of(shell).scan_field, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert shell.name == "second"


def test_another_person_gets_screens_of_their_own(shell: Shell, desk: Desk, settle: Settle) -> None:
    desk.sign_out()
    assert shell.name == ""
    assert not shell.rail.isVisible()
    desk.sign_in("陈建华", "right")
    settle(lambda: desk.session is not None)
    assert shell.rail.names() == []


def test_the_question_mark_lists_the_keys(shell: Shell, settle: Settle) -> None:
    QTest.keyClick(demo_of(shell).table, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    settle(lambda: shell.findChildren(QDialog))
    words = [label.text() for dialog in shell.findChildren(QDialog) for label in dialog.findChildren(QLabel)]
    assert "F8" in words
    assert "Approve" in words
    for dialog in shell.findChildren(QDialog):
        dialog.close()


def test_no_window_flashes_while_a_screen_is_built(
    shell: Shell, desk: Desk, demo: discover.ScreenFile
) -> None:
    """A widget that is shown before it has a parent is a window for a moment, and takes the cursor away."""
    flashed: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's own name
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                flashed.append(type(watched).__name__)
            return False

    watch = Watch()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    shell.take_screens([demo, replace(demo, name="second", order=50)])
    desk.go("second")
    app.removeEventFilter(watch)
    assert flashed == []


def test_every_input_and_button_has_a_name(shell: Shell) -> None:
    unnamed = [
        f"{type(each).__name__} {each.objectName()}"
        for kind in (QLineEdit, QPushButton)
        for each in shell.findChildren(kind)
        if each.isVisible() and not each.accessibleName()
    ]
    assert unnamed == []


@pytest.mark.parametrize("key", [Qt.Key.Key_F1])
def test_help_opens_a_page(shell: Shell, settle: Settle, key: Qt.Key) -> None:
    QTest.keyClick(demo_of(shell).scan_field, key)
    settle(lambda: shell.findChildren(QDialog))
    assert shell.findChildren(QDialog)[0].windowTitle() == "Help"
    shell.findChildren(QDialog)[0].close()


def test_long_work_shows_its_progress_and_a_way_to_end_it(shell: Shell, desk: Desk, settle: Settle) -> None:
    def long(job: Job) -> None:
        for number in range(10_000):
            job.step(number, 10_000)
            threading.Event().wait(0.002)

    desk.run(long, words="Export")
    settle(lambda: any("left" in label.text() for label in shell.findChildren(QLabel)))
    bars = shell.findChildren(Progress)
    assert len(bars) == 1
    bars[0].findChildren(QPushButton)[0].click()
    settle(lambda: desk.work.idle)
    settle()
    assert shell.findChildren(Progress) == []


def test_acts_without_room_wait_behind_three_dots_and_the_window_stays(
    shell: Shell, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    acts = [
        Action(f"An act with a long name {at}", f"F{at}", partial(done.append, f"F{at}"))
        for at in range(2, 10)
    ]
    acts.append(Action("Save", "Return", partial(done.append, "Return"), primary=True))
    monkeypatch.setattr(demo_of(shell), "acts", lambda: acts)
    monkeypatch.setattr(demo_of(shell), "sentence", lambda: "Place the next sample in channel 7. " * 2)
    shell.resize(1024, 600)
    shell.refresh_actions()
    settle(shell.actions_bar._more.isVisible)
    assert shell.width() == 1024
    sentence = shell.actions_bar._sentence
    assert sentence.text().count("\n") == 1
    assert sentence.height() >= 2 * sentence.fontMetrics().height()
    assert shell.actions_bar.rect().contains(sentence.geometry())
    seen = [one.text() for one in shell.actions_bar.findChildren(QPushButton) if one.isVisible()]
    assert any("Save" in words for words in seen)
    menu = shell.actions_bar.menu()
    hidden = [line.text() for line in menu.actions()]
    assert len(hidden) + len(seen) == len(acts) + 1
    assert hidden[0].startswith("F2")
    menu.actions()[0].trigger()
    QTest.keyClick(shell, Qt.Key.Key_F3)
    assert done == ["F2", "F3"]


def test_the_rail_shows_first_where_a_role_lives_and_folds_the_rest(
    shell: Shell, demo: discover.ScreenFile, settle: Settle
) -> None:
    daily = [
        replace(demo, name=f"daily{at}", order=80 + at, often=frozenset({"technician"})) for at in range(3)
    ]
    rare = [replace(demo, name=f"rare{at:02}", order=at) for at in range(20)]
    shell.take_screens(discover.in_order([*daily, *rare]))
    shell.resize(1366, 768)
    settle()
    assert shell.rail.names()[:3] == ["daily0", "daily1", "daily2"]
    folded = shell.rail.folded()
    assert folded[-1] == "rare19"
    assert shell.rail.verticalScrollBar().maximum() == 0, "nothing of the rail has to be scrolled for"
    shell.go("rare19")
    assert "rare19" not in shell.rail.folded()
    shell.go("daily0")
    menu = shell.rail.menu()
    assert [line.text()[:2] for line in menu.actions()] == [f"&{key}" for key in rail.KEYS[: len(folded)]]
    menu.actions()[-1].trigger()
    assert shell.name == "rare19"
    menu.close()
    shell.resize(1366, 2000)
    settle()
    assert shell.rail.folded() == []
