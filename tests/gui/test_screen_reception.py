"""Reception: one scan and one key, an honest seal, defects with reasons, wrong codes, handovers."""

import pytest
from PySide6.QtTest import QTest

from lims import clock
from lims.queries import receipts
from lims.rules.numbering import number as made_number
from lims.services import sample
from tests.gui import lab as own


def taken(lab: own.Lab) -> list[receipts.Received]:
    return lab.as_("lin").ask(receipts.today)


def missing(shell: own.Shell, key: str = "Return") -> str:
    return str(next(action.missing for action in shell.acts() if action.key == key))


def test_one_scan_and_one_key_receive_a_bag(lab: own.Lab) -> None:
    bags = own.drawn(lab, 3)
    with own.window(lab, "lin", "reception") as shell:
        for bag in bags:
            own.scan(shell, bag)
            own.press(shell, "F7")
        found = taken(lab)
        assert [one.number for one in found] == bags[::-1]
        assert {(one.condition, one.seal_state, one.seal, one.temperature) for one in found} == {
            ("good", "intact", "F0001", "/")
        }
        assert shell.shown._head.text().startswith("✓")
        assert shell.shown.scan_field.hasFocus()
        assert shell.shown.table.model().rowCount() == 3


def test_enter_alone_receives_nothing_while_nobody_read_the_seal(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        assert "the seal as read" in missing(shell)
        own.press(shell, "Return")
        assert taken(lab) == []
        own.scan(shell, "F0001")
        own.press(shell, "Return")
        assert [one.seal_state for one in taken(lab)] == ["intact"]


def test_another_seal_is_a_mismatch_and_needs_a_reason(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        own.press(shell, "S")
        QTest.keyClicks(own.focused(), "F0009", delay=35)
        own.press(shell, "Return")
        assert taken(lab) == []
        assert "the reason" in missing(shell)
        assert missing(shell, "F7")
        own.press(shell, "Escape", "R")
        own.write("抽样员更换封条")
        own.press(shell, "T")
        assert shell.shown.seen.reason() == "抽样员更换封条t"
        own.press(shell, "Backspace", "Return")
        (one,) = taken(lab)
        assert (one.seal, one.seal_state, one.reason) == ("F0009", "mismatch", "抽样员更换封条")


def test_a_defect_is_a_digit_and_a_reason_and_the_temperature_is_kept(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        own.press(shell, "T")
        QTest.keyClicks(own.focused(), "11.5", delay=35)
        own.press(shell, "Escape", "4", "F7", "R")
        assert shell.shown.seen.fields["reason"].focusProxy().hasFocus()
        own.write("冰袋已化")
        own.press(shell, "Return")
        (one,) = taken(lab)
        assert (one.condition, one.temperature, one.accepted) == ("thawed", "11.5 ℃", True)


def test_a_refusal_needs_a_reason_and_the_bag_is_not_received(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        own.press(shell, "3", "8")
        assert "the reason" in missing(shell, "F9")
        own.press(shell, "R")
        own.write("发臭")
        own.press(shell, "F9")
        (one,) = taken(lab)
        assert (one.accepted, one.condition, one.seal, one.seal_state) == (False, "spoiled", "/", "missing")
        own.scan(shell, bag)
        assert "Refused already" in shell.shown._line.text()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("6901234567892", "no sample of ours"),
        (made_number("LJ01", clock.now().date(), 999), "Not registered"),
    ],
)
def test_a_wrong_code_says_what_it_is_and_what_to_do(lab: own.Lab, code: str, words: str) -> None:
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, code)
        assert words in shell.shown._line.text()
        assert shell.shown._head.text().startswith("✗")
        assert missing(shell)


def test_a_bag_that_came_in_says_when_and_a_void_one_whom_to_ask(lab: own.Lab) -> None:
    (bag,) = own.received(lab)
    (gone,) = own.drawn(lab)
    lab.as_("zheng").do(sample.void, gone, reason="重复")
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        assert shell.shown._line.text().startswith("Received already at 20")
        own.scan(shell, gone)
        assert "quality manager" in shell.shown._line.text()


def test_a_second_bag_waits_until_the_first_is_finished(lab: own.Lab) -> None:
    first, second = own.drawn(lab, 2)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, first)
        own.scan(shell, second)
        assert "is not finished" in shell.toast._label.text()
        own.press(shell, "F7")
        assert [one.number for one in taken(lab)] == [first]


def test_a_number_typed_by_hand_with_blanks_is_taken_and_esc_leaves_the_bag(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        QTest.keyClicks(own.focused(), f"{bag[:4].lower()} {bag[4:10]} {bag[10:14]} {bag[14]}", delay=35)
        own.press(shell, "Return")
        assert bag[10:14] in shell.shown._head.text()
        own.press(shell, "Escape")
        assert shell.shown.scan_field.hasFocus()
        assert own.state_of(lab, bag) == "drawn"


def test_two_desks_on_one_bag_end_in_its_true_state(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        lab.as_("chen").do(sample.receive, bag, sample.Seen("good", "intact", "F0001"))
        own.press(shell, "F7")
        own.settle(shell, lambda: "Received already" in shell.shown._line.text())
        assert len(taken(lab)) == 1


def test_a_key_leads_to_the_handover_of_the_last_bag(lab: own.Lab) -> None:
    (bag,) = own.received(lab)
    with own.window(lab, "lin", "reception") as shell:
        own.scan(shell, bag)
        own.press(shell, "F6")
        own.settle(shell, lambda: shell.name == "custody" and shell.shown.act is not None)
        assert bag in shell.shown.head.text()
