"""Signing at the desk: who has a key is asked for the PIN, each record is shown, each act is signed by itself."""

from PySide6.QtWidgets import QLabel, QListWidget

from gui.widgets.sign import SignDialog
from lims.queries import reviews, samples, signatures
from lims.services import sign
from tests.gui import live
from tests.gui.lab import Lab, dialog, drawn, filled, keyed, press, scan, settle, signs, window, write


def meanings(lab: Lab) -> list[tuple[str, str, bool]]:
    return [(one.meaning, one.name, one.holds) for one in lab.as_("zheng").ask(signatures.listed)]


def state(lab: Lab, number: str) -> str:
    row = lab.as_("zheng").ask(samples.by_number, number)
    assert row is not None
    return row.state


def test_a_sampler_with_a_key_signs_the_form_and_a_wrong_pin_loses_nothing(lab: Lab) -> None:
    keyed(lab, "chen")
    with window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        form.fill({**filled(), "drawn_at": ""})
        press(shell, "F4", "Ctrl+Return")
        signs(shell, "a wrong one, long enough")
        asked = dialog(shell)
        assert any(
            "PIN" in label.text() for label in asked.findChildren(QLabel) if label.property("role") == "wrong"
        )
        assert meanings(lab) == []
        press(shell, "Escape")
        settle(shell, lambda: not shell.findChildren(SignDialog))
        assert form.boxes["food"].raw() == "豇豆"
        assert shell.acts()[-1].missing == ""
        press(shell, "Ctrl+Return")
        (record,) = signs(shell)
        assert "豇豆 · 凤城农贸市场陈记蔬菜" in record
        settle(shell, lambda: meanings(lab) == [("采样", "陈抽样", True)])


def test_reception_asks_the_pin_after_its_key(lab: Lab) -> None:
    keyed(lab, "lin")
    (number,) = drawn(lab)
    with window(lab, "lin", "reception") as shell:
        scan(shell, number)
        press(shell, "F7")
        (record,) = signs(shell)
        assert "豇豆" in record
        settle(shell, lambda: state(lab, number) == "received")
    assert meanings(lab) == [("签收", "林检测", True)]


def test_a_scan_while_the_pin_is_asked_does_nothing(lab: Lab) -> None:
    keyed(lab, "lin")
    number, other = drawn(lab, 2)
    with window(lab, "lin", "reception") as shell:
        scan(shell, number)
        press(shell, "F7")
        asked = dialog(shell)
        scan(shell, other)
        assert asked.isVisible()
        assert "Finish" in shell.toast.words()
        press(shell, "Escape")
        assert state(lab, number) == "drawn"
        assert shell.shown._open.number == number


def test_the_bench_is_closed_with_a_signature(lab: Lab) -> None:
    lab.instrument("TL310-1")
    numbers = lab.received(2)
    lab.run("TL310-1", numbers)
    for position, value in (("1", "2.0"), ("2", "12.5"), ("3", "13.5")):
        lab.value("TL310-1", position, value)
    keyed(lab, "lin")
    with window(lab, "lin", "bench") as shell:
        settle(shell, lambda: shell.shown.mode == "running")
        press(shell, "Return")
        (record,) = signs(shell)
        assert "TL310-1" in record
        assert "3 of 3" in record
        settle(shell, lambda: shell.shown.mode == "closed")
    assert meanings(lab) == [("检测", "林检测", True)]


def test_a_batch_is_reviewed_with_one_pin_and_a_signature_for_each_record(lab: Lab) -> None:
    first, second, third = live.closed(lab, "12.5", "13.5", "87.2")
    keyed(lab, "wang")
    with window(lab, "wang", "review") as shell:
        settle(shell, lambda: shell.shown.chosen is not None)
        assert shell.shown.chosen.number == third
        press(shell, "J", "Space", "Space")
        assert "2 are marked" in shell.shown.sentence()
        press(shell, "A")
        shown = signs(shell)
        assert len(shown) == 2
        settle(shell, lambda: (state(lab, first), state(lab, second)) == ("reviewed", "reviewed"))
        assert state(lab, third) == "tested"
        settle(shell, lambda: shell.shown.chosen is not None)
        press(shell, "X")
        write("对照偏高")
        press(shell, "Return")
        (record,) = signs(shell)
        assert "对照偏高" in record
        settle(shell, lambda: not lab.as_("wang").ask(reviews.waiting))
    assert meanings(lab) == [("复核", "王复核", True)] * 3


def test_marks_without_a_key_decide_without_a_window(lab: Lab) -> None:
    numbers = live.closed(lab, "12.5", "13.5")
    with window(lab, "wang", "review") as shell:
        settle(shell, lambda: shell.shown.chosen is not None)
        press(shell, "Space", "Space", "A")
        settle(shell, lambda: all(state(lab, number) == "reviewed" for number in numbers))
        assert shell.findChildren(SignDialog) == []


def test_a_slip_is_issued_and_a_sample_voided_with_signatures(lab: Lab) -> None:
    live.approved(lab, "12.5")
    number = lab.draw()
    keyed(lab, "zhao", "zheng")
    with window(lab, "zhao", "reports") as shell:
        settle(shell, lambda: shell.shown.chosen[0] == "ready")
        press(shell, "Return")
        signs(shell)
        settle(shell, lambda: shell.shown.shown is not None)
    with window(lab, "zheng", "samples") as shell:
        settle(shell, lambda: shell.shown._trail is not None)
        press(shell, "F9")
        write("重复登记")
        press(shell, "Return")
        asked = dialog(shell)
        records = asked.findChild(QListWidget)
        assert records is not None
        assert "重复登记" in records.item(0).text()
        signs(shell)
        settle(shell, lambda: state(lab, number) == "void")
    assert meanings(lab) == [("批准", "赵签字", True), ("作废", "郑质量", True)]


def test_a_key_that_is_not_here_and_one_that_everybody_needs_are_told(lab: Lab) -> None:
    keys = keyed(lab, "lin")
    (number,) = drawn(lab)
    (keys.folder / f"{lab.accounts['lin']}.key").unlink()
    with window(lab, "lin", "reception") as shell:
        scan(shell, number)
        press(shell, "F7")
        settle(shell, shell.banners.sentences)
        assert "key" in shell.banners.sentences()[0]
        assert shell.findChildren(SignDialog) == []
        assert state(lab, number) == "drawn"
    lab.as_("zheng").do(sign.require, "yes")
    with window(lab, "chen", "sampling") as shell:
        shell.shown.form.fill({**filled(), "drawn_at": ""})
        press(shell, "F4", "Ctrl+Return")
        settle(shell, shell.banners.sentences)
        assert "key" in shell.banners.sentences()[0]
        assert shell.shown.form.boxes["food"].raw() == "豇豆"
