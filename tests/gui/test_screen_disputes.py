"""Disputes: the clock that runs out first stands first, and the next fact is told by keys alone."""

from datetime import timedelta

from gui.world import World
from lims import clock
from lims.queries import disputes
from lims.services import dispute
from tests.gui import lab as own
from tests.lims.services.test_dispute import told_before
from tests.positives import positive, suspect


def test_a_notice_is_told_by_keys_and_starts_the_clock(lab: own.Lab) -> None:
    number = suspect(lab)
    with own.window(lab, "chen", "disputes") as shell:
        screen = shell.shown
        assert screen.whole.line.number == number
        own.press(shell, "F8")
        own.settle(shell, (lab.laboratory.folder.reports / f"{number}-notice.pdf").is_file)
        own.press(shell, "Return")
        assert screen.kinds.current_key() == "notice"
        own.press(shell, "Return")
        assert "still missing" in next(action.missing for action in shell.acts() if action.primary)
        screen.form.fill({"delivery": "signed", "recipient": "陈某", "place": "A12 摊位"})
        own.press(shell, "Return")
        own.settle(shell, lambda: screen.whole.line.state == "notified")
        assert screen.whole.line.clock.clock.id == "rapid_objection"
        assert screen.count._until is not None
        World(shell.desk).look()
        own.settle(shell, lambda: ": 3 h 5" in shell.bar.shown_states().get("deadline", ""))
    (line,) = lab.as_("wang").ask(disputes.listed)
    assert line.state == "notified"


def test_a_clock_that_ran_out_is_said_in_words_and_its_case_stands_before_those_without_one(
    lab: own.Lab,
) -> None:
    positive(lab)
    positive(lab)
    case = lab.as_("wang").ask(disputes.listed)[-1]
    began = clock.now() - timedelta(hours=4, minutes=12)
    lab.as_("wang").do(told_before, case.id, began)
    lab.as_("wang").do(dispute.note_lapses)
    ran_out = clock.local(began + timedelta(hours=4))
    with own.window(lab, "chen", "disputes") as shell:
        screen = shell.shown
        own.settle(shell, lambda: screen.table.current_key() == case.id and screen.whole is not None)
        said = [one.words for one in screen.facts._facts if one.picture == "clock"]
        assert said == ["Deadline lapsed  Objection to the rapid result"]
        assert f"ran out on {ran_out:%m-%d %H:%M}. Enter tells what became of it." in screen.sentence()
        World(shell.desk).look()
        own.settle(shell, lambda: "deadline" in shell.bar.shown_states())
        assert ", Objection to the rapid result: ran out 12 min ago" in shell.bar.shown_states()["deadline"]


def test_what_cannot_be_told_is_not_offered_and_escape_tells_nothing(lab: own.Lab) -> None:
    positive(lab)
    with own.window(lab, "wang", "disputes") as shell:
        screen = shell.shown
        own.press(shell, "Return")
        offered = [screen.kinds.model().row(at).key for at in range(screen.kinds.model().rowCount())]
        assert "suspect" in offered
        assert "notice" not in offered
        own.press(shell, "Escape")
        assert screen.stack.currentIndex() == 0
        own.press(shell, "C")
        own.settle(shell, lambda: screen.table.model().rowCount() == 0)
    assert lab.as_("wang").ask(disputes.listed)[0].state == "preliminary"


def test_a_refusal_of_the_laboratory_stands_under_its_field(lab: own.Lab) -> None:
    suspect(lab)
    with own.window(lab, "chen", "disputes") as shell:
        own.press(shell, "Return", "Return")
        form = shell.shown.form
        form.fill({"delivery": "refused", "recipient": "陈某", "place": "A12"})
        own.press(shell, "Return")
        own.settle(shell, lambda: form.boxes["witness"]._error)
        assert form.boxes["photo"]._error
