"""Custody: both parties of a handover prove who they are, portions change places, two people dispose of one."""

from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drivers.reading import Reading
from gui.shell import Shell
from lims.queries import custody, portions
from tests.custody import png
from tests.gui.lab import PASSWORD, Lab, press, received, settle, window

BAG = {
    "place": "冷库门口",
    "seal": "F0001",
    "seal_state": "intact",
    "condition": "good",
    "decision": "accepted",
}


def missing(shell: Shell) -> str:
    return next(one.missing for one in shell.acts() if one.primary)


def fills(shell: Shell, **answers: str) -> None:
    """Answer the questions of an act."""
    shell.shown.form.fill(answers)


def test_two_of_ours_prove_who_they_are(lab: Lab) -> None:
    (bag,) = received(lab)
    with window(lab, "lin", "custody") as shell:
        shell.shown.arrived(number=bag)
        settle(shell, lambda: shell.shown.table.current_key() == bag)
        press(shell, "F6")
        assert "What I do" in missing(shell)
        fills(shell, direction="give", own_password=PASSWORD, other="ours", **BAG)
        assert "Login of the other party" in missing(shell)
        fills(shell, login="chen", password="wrong")
        press(shell, "Return")
        settle(shell, lambda: shell.desk.work.idle)
        assert shell.shown.act is not None, "a wrong password leaves everything as it was typed"
        fills(shell, password=PASSWORD)
        press(shell, "Return")
        settle(shell, lambda: shell.shown.act is None)
    (passed,) = lab.as_("lin").ask(custody.handovers, bag)
    assert (passed.giver.name, passed.taker.name) == ("林检测", "陈抽样")
    assert {passed.giver.how, passed.taker.how} == {"password"}


def test_somebody_from_outside_signs_with_his_finger_and_is_photographed(lab: Lab, tmp_path: Path) -> None:
    (bag,) = received(lab)
    photo = tmp_path / "courier.png"
    photo.write_bytes(png())
    with window(lab, "lin", "custody") as shell:
        shell.shown.arrived(number=bag, act="F6")
        settle(shell, lambda: shell.shown.act is not None)
        assert shell.shown.pad.isHidden()
        fills(shell, direction="give", own_password=PASSWORD, other="outside", name="郑小小", organisation="闽运快递",
              paper="id_card", paper_number="350122199001011234", person_photo=str(photo), position="26.2, 119.54",
              temperature="4.5", quantity="2 kg", photo=str(photo), **BAG)  # fmt: skip
        pad = shell.shown.pad
        settle(shell, pad.isVisible)
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))
        for at in range(20, 120, 10):
            QTest.mouseMove(pad, QPoint(at, 40 + at % 30))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(120, 60))
        press(shell, "Return")
        settle(shell, lambda: shell.shown.act is None)
    (passed,) = lab.as_("lin").ask(custody.handovers, bag)
    assert (passed.taker.name, passed.taker.how, passed.temperature) == ("郑小小", "paper", "4.5 ℃")
    assert passed.taker.signature
    assert passed.taker.photo
    assert passed.photo
    assert passed.position.startswith("26.2")


def test_a_bag_is_divided_stored_and_its_retained_portion_disposed_of_by_two(lab: Lab) -> None:
    (bag,) = received(lab)
    with window(lab, "zheng", "custody") as shell:
        screen = shell.shown
        screen.lists.setCurrentIndex(screen.lists.findData("places"))
        settle(shell)
        press(shell, "P")
        fills(shell, id="F1", kind="fridge", name="一号冰箱", low="0", high="8", every="10")
        press(shell, "Return")
        settle(shell, lambda: screen.act is None and screen.table.model().rowCount() == 1)
        screen.arrived(number=bag)
        settle(shell, lambda: screen.table.current_key() == bag)
        press(shell, "F7")
        fills(shell, test="1.2 kg", retained="viel")
        press(shell, "Return")
        settle(shell, lambda: shell.desk.work.idle)
        fills(shell, retained="800 g")
        press(shell, "Return")
        settle(shell, lambda: screen.act is None and screen.table.model().rowCount() == 3)
        retained = f"{bag}-R1"
        assert screen.table.choose(retained)
        press(shell, "F8")
        fills(shell, place="F1")
        press(shell, "Return")
        settle(shell, lambda: screen.act is None)
        press(shell, "D")
        fills(shell, own_password=PASSWORD, login="lin", password=PASSWORD, reason="retention_over",
              method="destroyed", remarks="")  # fmt: skip
        press(shell, "Return")
        settle(shell, lambda: shell.desk.work.idle)
        assert screen.act is not None, "its time is not over"
        fills(shell, reason="spoiled", remarks="变质")
        press(shell, "Return")
        settle(shell, lambda: screen.act is None)
    held = {one.id: one for one in lab.as_("zheng").ask(portions.of_sample, bag)}
    ended = held[retained].ended
    assert ended is not None
    assert (ended.first, ended.second) == ("郑质量", "林检测")


def test_a_part_is_as_heavy_as_the_balance_said(lab: Lab) -> None:
    (bag,) = received(lab)
    balance = lab.instrument("B1", "mt_sics", "DOCUMENT")
    reading = lab.reads(balance, Reading(item="mass", value=Decimal("125.30"), unit="g"))
    with window(lab, "lin", "custody") as shell:
        screen = shell.shown
        screen.arrived(number=bag)
        settle(shell, lambda: screen.table.current_key() == bag)
        assert "Ask the balance" in [one.word for one in shell.acts()]
        press(shell, "B")
        press(shell, "W")
        assert "Weight" in missing(shell)
        fills(shell, reading=reading, role="test")
        press(shell, "Return")
        settle(shell, lambda: screen.act is None and screen.table.model().rowCount() == 2)
        settle(shell)
        assert {one.word: one.missing for one in shell.acts()}["Weigh a part"] == "no weight has come"
    assert str(lab.as_("lin").ask(portions.portion, f"{bag}-T1").quantity) == "125.30 g"
