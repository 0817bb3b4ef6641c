"""An untouched desk locks: who was here comes back to the same screen, another person starts anew, work goes on."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit

from gui.desk import Scan
from gui.shell import Shell
from gui.widgets.draft import read
from lims.services import enrol, passwords
from tests.gui.lab import PASSWORD, Lab, drawn, found, keyed, press, scan, settle, window, write

SHORT = 0.5


@pytest.fixture
def lab(dressed: QApplication, tmp_path: Path) -> Iterator[Lab]:
    assert isinstance(dressed, QApplication)
    made = found(tmp_path)
    yield made
    made.close()


def soon(_: object) -> float:
    return SHORT


def locked(shell: Shell) -> bool:
    return shell.desk.session is None and shell.shown is shell.sign_in


def signs_in(shell: Shell, login: str) -> None:
    shell.desk.ties = replace(shell.desk.ties, idle=None)
    name, password, *_ = shell.sign_in.findChildren(QLineEdit)
    if name.text() != login:
        name.setFocus()
        name.selectAll()
        write(login)
        password.setFocus()
    write(PASSWORD)
    press(shell, "Return")
    settle(shell, lambda: shell.name)


def test_who_was_here_comes_back_to_what_was_typed(lab: Lab) -> None:
    with window(lab, "chen", "sampling", idle=soon) as shell:
        form = shell.shown.form
        form.to_field("food")
        write("豇豆")
        settle(shell, lambda: locked(shell))
        assert any("陈抽样 was here" in label.text() for label in shell.sign_in.findChildren(QLabel))
        assert shell.rail.names() == []
        signs_in(shell, "chen")
        assert shell.name == "sampling"
        assert shell.shown.form is form
        assert form.boxes["food"].raw() == "豇豆"
        assert form.boxes["food"].isAncestorOf(QApplication.focusWidget())


def test_another_person_starts_anew_and_the_draft_is_kept(lab: Lab) -> None:
    with window(lab, "chen", "sampling", idle=soon) as shell:
        assert shell.desk.ties.drafts is not None
        draft = shell.desk.ties.drafts / f"sampling-{lab.accounts['chen']}.json"
        shell.shown.form.to_field("food")
        write("豇豆")
        settle(shell, lambda: locked(shell))
        settle(shell, draft.exists)
        assert read(draft)["food"] == "豇豆"
        signs_in(shell, "lin")
        assert shell.name == "today"
        assert "sampling" not in shell.rail.names()


@pytest.mark.parametrize("touch", ["key", "pointer", "scan"])
def test_a_key_the_pointer_and_a_scan_keep_the_desk_open(lab: Lab, touch: str) -> None:
    with window(lab, "lin", "reception", idle=soon) as shell:
        touches: dict[str, Callable[[int], object]] = {
            "key": lambda _: press(shell, "Down"),
            "pointer": lambda at: QTest.mouseMove(shell, QPoint(300 + at, 300)),
            "scan": lambda _: scan(shell, "ABC12345"),
        }
        end = monotonic() + 3 * SHORT
        at = 0
        while monotonic() < end:
            at += 1
            touches[touch](at)
            QTest.qWait(60)
        assert not locked(shell)
        settle(shell, lambda: locked(shell))


def test_work_and_readings_go_on_behind_the_lock(lab: Lab) -> None:
    lab.instrument("TL310-1")
    lab.run("TL310-1", lab.received(1))
    gate, answers = threading.Event(), list[object]()
    with window(lab, "lin", "bench", idle=soon) as shell:
        shell.desk.run(lambda **_: gate.wait(8), then=answers.append)
        settle(shell, lambda: locked(shell))
        lab.value("TL310-1", "1", "2.0")
        gate.set()
        settle(shell, lambda: answers)
        assert answers == [True]
        signs_in(shell, "lin")
        assert shell.name == "bench"
        settle(shell, lambda: any(place.said for place in shell.shown._run.places))


def test_nothing_is_done_at_a_locked_desk(lab: Lab) -> None:
    keyed(lab, "lin")
    (number,) = drawn(lab)
    with window(lab, "lin", "reception", idle=soon) as shell:
        scan(shell, number)
        press(shell, "F7")
        settle(shell, lambda: any(isinstance(each, QDialog) for each in shell.findChildren(QDialog)))
        settle(shell, lambda: locked(shell))
        settle(shell, lambda: not shell.findChildren(QDialog))
        shell.scanned(Scan(number, ours=True))
        assert "Sign in first" in shell.toast.words()
        QTest.keyClick(shell, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        QTest.keyClick(shell, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        settle(shell)
        assert locked(shell)
        assert shell.findChildren(QDialog) == []
        signs_in(shell, "lin")
        assert shell.shown._open.number == number


def test_the_rule_of_the_laboratory_counts_at_once(lab: Lab) -> None:
    def minutes_as_hundredths(lims: object) -> float:
        return float(lims.ask(passwords.policy).idle_minutes / 10)  # type: ignore[attr-defined] # the laboratory's door

    with window(lab, "zheng", "people", idle=minutes_as_hundredths) as shell:
        assert not locked(shell)
        lab.as_("zheng").do(passwords.set_policy, least=8, days=0, history=0, idle_minutes=3)
        settle(shell, lambda: locked(shell))


def test_a_password_for_one_use_is_replaced_in_place(lab: Lab) -> None:
    reset = passwords.hash_password("only-once-2026")
    lab.as_("admin").do(passwords.set_password, account=lab.accounts["lin"], password_hash=reset)
    with window(lab, "zheng") as shell:
        shell.desk.sign_out()
        settle(shell)
        name, password, new, again = shell.sign_in.findChildren(QLineEdit)
        name.setText("lin")
        password.setFocus()
        write("only-once-2026")
        press(shell, "Return")
        settle(shell, lambda: shell.sign_in.renewing and new.isVisible())
        assert any("password" in label.text() for label in shell.sign_in.findChildren(QLabel)
                   if label.property("role") == "wrong")  # fmt: skip
        settle(shell, new.hasFocus)
        write("a-new-one-2026")
        press(shell, "Return")
        assert again.hasFocus()
        write("another-one-2026")
        press(shell, "Return")
        assert shell.desk.session is None
        assert any("differ" in label.text() for label in shell.sign_in.findChildren(QLabel))
        write("a-new-one-2026", again)
        press(shell, "Return")
        settle(shell, lambda: shell.name)
        assert getattr(shell.desk.session, "name", "") == "林检测"
    assert enrol.sign_in(lab.station, "lin", "a-new-one-2026").actor.name == "林检测"
