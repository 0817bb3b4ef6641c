"""An untouched desk locks: who was here comes back to the same screen, another person starts anew, work goes on."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit

from gui.desk import Scan
from gui.shell import Shell
from gui.widgets.draft import read
from lims.services import enrol, passwords
from tests.gui.lab import PASSWORD, Lab, drawn, keyed, press, scan, settle, window, write

LONG = 3600.0  # no machine is so slow that a desk locks by itself before its test is through


def long(_: object) -> float:
    return LONG


def locked(shell: Shell) -> bool:
    return shell.desk.session is None and shell.shown is shell.sign_in


def left_alone(shell: Shell) -> None:
    """Let the idle time pass now, however long the test took to come here."""
    assert not locked(shell)
    shell.idle.watch(0.001)
    settle(shell, lambda: locked(shell))


def signs_in(shell: Shell, login: str) -> None:
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
    with window(lab, "chen", "sampling", idle=long) as shell:
        form = shell.shown.form
        form.to_field("food")
        write("豇豆")
        left_alone(shell)
        assert any("陈抽样 was here" in label.text() for label in shell.sign_in.findChildren(QLabel))
        assert shell.rail.names() == []
        signs_in(shell, "chen")
        assert shell.name == "sampling"
        assert shell.shown.form is form
        assert form.boxes["food"].raw() == "豇豆"
        assert form.boxes["food"].isAncestorOf(QApplication.focusWidget())


def test_another_person_starts_anew_and_the_draft_is_kept(lab: Lab) -> None:
    with window(lab, "chen", "sampling", idle=long) as shell:
        assert shell.desk.ties.drafts is not None
        draft = shell.desk.ties.drafts / f"sampling-{lab.accounts['chen']}.json"
        shell.shown.form.to_field("food")
        write("豇豆")
        left_alone(shell)
        settle(shell, draft.exists)
        assert read(draft)["food"] == "豇豆"
        signs_in(shell, "lin")
        assert shell.name == "today"
        assert "sampling" not in shell.rail.names()


@pytest.mark.parametrize("touch", ["key", "pointer", "scan"])
def test_a_key_the_pointer_and_a_scan_keep_the_desk_open(lab: Lab, touch: str) -> None:
    with window(lab, "lin", "reception", idle=long) as shell:
        touches: dict[str, Callable[[int], object]] = {
            "key": lambda _: press(shell, "Down"),
            "pointer": lambda at: QTest.mouseMove(shell, QPoint(300 + at, 300)),
            "scan": lambda _: scan(shell, "ABC12345"),
        }
        settle(shell, lambda: shell.idle.left > 0)
        for at in range(8):
            QTest.qWait(100 * 2**at)  # longer at each trial: what the touch itself takes must be less
            before = shell.idle.left
            touches[touch](at)
            if shell.idle.left > before:
                break
        else:
            pytest.fail("the count did not begin anew")
        left_alone(shell)


def test_work_and_readings_go_on_behind_the_lock(lab: Lab) -> None:
    lab.instrument("TL310-1")
    lab.run("TL310-1", lab.received(1))
    gate, answers = threading.Event(), list[object]()
    with window(lab, "lin", "bench", idle=long) as shell:
        shell.desk.run(lambda **_: gate.wait(60), then=answers.append)
        left_alone(shell)
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
    with window(lab, "lin", "reception", idle=long) as shell:
        scan(shell, number)
        press(shell, "F7")
        settle(shell, lambda: any(isinstance(each, QDialog) for each in shell.findChildren(QDialog)))
        left_alone(shell)
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
    def three_minutes_are_over(lims: object) -> float:
        minutes = lims.ask(passwords.policy).idle_minutes  # type: ignore[attr-defined] # the laboratory's door
        return 0.001 if minutes == 3 else LONG

    with window(lab, "zheng", "people", idle=three_minutes_are_over) as shell:
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
