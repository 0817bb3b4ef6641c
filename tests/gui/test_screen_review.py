"""Review: what needs thought first, every reason, and the decisions of a second person by key."""

import pytest

from lims.actor import Actor
from lims.queries import reviews, samples, search, trace
from lims.queries.search import Wish
from tests.gui.lab import Lab, press, settle, window, write
from tests.gui.live import closed


def state(lab: Lab, number: str) -> str:
    row = lab.as_("wang").ask(samples.by_number, number)
    assert row is not None
    return row.state


def test_the_positive_comes_first_and_every_reason_is_shown(lab: Lab) -> None:
    first, second = closed(lab, "12.5", "87.2")
    with window(lab, "wang", "review") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        assert screen.chosen.number == second
        settle(shell, lambda: "Blank (1) 2.0 %" in screen.facts.words())
        shown = screen.facts.words()
        for words in (
            "✓ valid",
            "LOT-1",
            "GB/T 5009.199-2003",
            "above the threshold",
            "林检测",
            "says nothing",
        ):
            assert words in shown
        assert "王复核 signs" in screen.sentence()
        press(shell, "J")
        assert screen.chosen.number == first
        press(shell, "K")
        assert screen.chosen.number == second


def test_a_approves_and_goes_on_to_the_next(lab: Lab) -> None:
    first, second = closed(lab, "12.5", "87.2")
    with window(lab, "wang", "review") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        press(shell, "A")
        settle(shell, lambda: screen.chosen is not None and screen.chosen.number == first)
        assert state(lab, second) == "reviewed"
        press(shell, "A")
        settle(shell, lambda: not screen.table.current_key())
        assert screen.sentence() == "Nothing waits for review."
        assert shell.acts() == []


@pytest.mark.parametrize(("key", "decision"), [("R", "repeat"), ("X", "rejected")])
def test_sending_back_needs_a_reason(lab: Lab, key: str, decision: str) -> None:
    (number,) = closed(lab, "87.2")
    with window(lab, "wang", "review") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        press(shell, key, "Return")
        assert shell.acts()[-1].missing == "a reason"
        write("对照偏高")
        press(shell, "Return")
        settle(shell, lambda: not screen.table.current_key())
        trail = lab.as_("wang").ask(trace.sample, number)
        assert [(one.state, one.reason) for one in trail.findings] == [(decision, "对照偏高")]
        assert state(lab, number) == "received"


def test_an_instrument_known_from_documents_needs_the_display(lab: Lab) -> None:
    (number,) = closed(lab, "12.5", evidence="DOCUMENT")
    with window(lab, "wang", "review") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        assert shell.acts()[-1].missing == "the figure on the display"
        press(shell, "D")
        write("13", screen.display)
        press(shell, "Return", "A")
        settle(shell, shell.banners.isVisible)
        assert state(lab, number) == "tested"
        screen.display.clear()
        press(shell, "D")
        write("12.5", screen.display)
        press(shell, "Return", "A")
        settle(shell, lambda: state(lab, number) == "reviewed")
        assert lab.as_("wang").ask(reviews.waiting) == []


def test_ones_own_test_is_shown_but_not_approved(lab: Lab) -> None:
    lab.accounts["wang"] = lab.accounts["lin"]  # the runs of this laboratory are started by the reviewer
    (number,) = closed(lab, "12.5")
    both = Actor(lab.accounts["lin"], "林检测", frozenset({"technician", "reviewer"}))
    (waiting,) = lab.station.acting(both).ask(reviews.waiting)
    assert waiting.own
    with window(lab, "lin") as shell:
        shell.desk.session = both
        assert shell.desk._whole is not None
        shell.desk._lims = shell.desk._whole.acting(both)
        shell.desk.signed.emit(both)
        shell.go("review")
        screen = shell.shown
        settle(shell, lambda: screen.chosen is not None)
        assert {
            action.missing for action in shell.acts() if action.word in {"Approve", "Repeat", "Reject"}
        } == {"you tested it yourself"}
        press(shell, "A")
        assert state(lab, number) == "tested"
        assert "You are the tester" in screen.sentence()


def test_a_result_of_another_desk_appears_by_itself_and_chinese_says_it(lab: Lab) -> None:
    with window(lab, "wang", "review") as shell:
        screen = shell.shown
        assert shell.acts() == []
        closed(lab, "87.2")
        settle(shell, lambda: screen.chosen is not None)
        shell.speak("zh_CN")
        assert "王复核 签署" in screen.sentence()
        assert "超过限值" in screen.facts.words()


def test_whoever_looks_at_a_positive_is_noted_once(lab: Lab) -> None:
    (number,) = closed(lab, "87.2")
    with window(lab, "wang", "review") as shell:
        settle(shell, lambda: noted(lab, number))
        shell.shown._choose()
        shell.shown._choose()
        settle(shell)
    assert noted(lab, number) == 1


def noted(lab: Lab, number: str) -> int:
    return len(lab.as_("zheng").ask(search.acts, Wish(kind="watch.noted", sample=number)))
