"""Today: counts that open their work, by keys alone."""

from gui.screens import today
from gui.widgets.rail import RailItem
from lims.queries.worklist import Today
from tests.gui import lab as own

NOTHING = Today(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {})


def said(shell: own.Shell) -> list[str]:
    return [line.said() for line in shell.shown.lines]


def test_an_empty_laboratory_says_so_in_one_line(lab: own.Lab) -> None:
    with own.window(lab, "wang", "today") as shell:
        assert said(shell) == ["22 townships without a population"]
        assert "No sample was drawn today." in shell.shown.bar.words()


def test_lines_count_what_waits_and_leave_out_what_is_not_mine(lab: own.Lab) -> None:
    own.drawn(lab, 2)
    own.received(lab, 1)
    with own.window(lab, "lin", "today") as shell:
        assert said(shell)[:2] == ["2 samples to receive", "1 sample to test"]
        assert shell.shown.bar.words().split("   ") == ["○ Drawn 2", "◐ Received 1"]
    with own.window(lab, "wang", "today") as shell:
        assert not any("receive" in line for line in said(shell))


def test_a_line_opens_by_its_digit_and_the_first_one_by_enter(lab: own.Lab) -> None:
    own.drawn(lab)
    with own.window(lab, "lin", "today") as shell:
        assert shell.shown.sentence().startswith("Enter opens: 1 sample to receive")
        own.press(shell, "Return")
        assert shell.name == "reception"
        shell.go("today")
        own.settle(shell)
        own.press(shell, "2")
        assert shell.name == "quota"


def test_arrows_move_along_the_lines(lab: own.Lab) -> None:
    own.drawn(lab)
    with own.window(lab, "lin", "today") as shell:
        own.press(shell, "Down")
        assert "townships without a population" in shell.shown.sentence()


def test_counts_and_badges_follow_the_laboratory(lab: own.Lab) -> None:
    with own.window(lab, "lin", "today") as shell:
        own.drawn(lab, 3)
        own.settle(shell, lambda: "3 samples to receive" in said(shell))
        badges = {item.place.name: item.count for item in shell.findChildren(RailItem)}
        assert badges["reception"] == 3


def test_the_language_changes_at_once(lab: own.Lab) -> None:
    own.drawn(lab)
    with own.window(lab, "lin", "today") as shell:
        shell.speak("zh_CN")
        assert said(shell)[0] == "1 份样品待收样"


def test_what_presses_stands_first() -> None:
    lines = today.now_lines(NOTHING, lost=2)
    assert [(line.count, line.tone) for line in lines if line.count] == [(2, "positive")]
    assert [line.count for line in today.watch_lines(NOTHING, None)] == [0] * 8


def test_a_gap_in_custody_is_told_and_opens_its_sample(lab: own.Lab) -> None:
    own.drawn(lab)
    (number,) = own.received(lab, 1)
    with own.window(lab, "lin", "today") as shell:
        told = "1 sample of this week with a gap in custody"
        own.settle(shell, lambda: told in said(shell))
        next(line for line in shell.shown.lines if line.said() == told).click()
        own.settle(shell)
        assert shell.name == "custody"
        own.settle(shell, lambda: shell.shown.table.current_key() == number)
