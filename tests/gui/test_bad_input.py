"""What hands, scanners and clipboards get wrong, on real screens: it is told, what was typed stays, work goes on."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from lims.queries import samples
from lims.reports import glyphs
from tests.gui import lab as own

EMOJI = "陈记🥬蔬菜"


def told(shell: own.Shell) -> str:
    """Return everything that a person can read now."""
    return "\n".join(label.text() for label in shell.findChildren(QLabel) if label.isVisible())


def numbers(lab: own.Lab) -> list[str]:
    return [row.number for row in lab.as_("chen").ask(samples.page)]


def test_a_code_that_is_no_bag_of_ours_is_told_and_receives_nothing(lab: own.Lab) -> None:
    (number,) = own.drawn(lab)
    with own.window(lab, "lin", "reception") as shell:
        for code, says in (
            ("6901234567892", "no sample of ours"),
            (f"{number}{number}"[:29], "ran together"),
            ("<b>LJ01</b>", "markup"),
            ("LJ" * 2048, "4096"),
            (number[:-1] + ("A" if number[-1] != "A" else "B"), "no sample of ours"),
        ):
            own.scan(shell, code)
            assert says in told(shell), code
        assert own.state_of(lab, number) == "drawn"
        own.scan(shell, number)
        own.press(shell, "F7")
        own.settle(shell, lambda: own.state_of(lab, number) == "received")


def test_a_scan_in_the_wrong_field_leaves_what_was_typed_there(lab: own.Lab) -> None:
    (number,) = own.drawn(lab)
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        form.boxes["food"].setFocus()
        own.write("豇豆")
        own.scan(shell, number)
        assert "gets its own" in told(shell)
        own.scan(shell, "F000412")
        assert form.raw() == {"food": "豇豆", "seal": "F000412"}
        own.scan(shell, "6901234567892")
        assert "Where does" in told(shell)
        assert form.raw()["seal"] == "F000412"


def test_pasted_cells_become_one_line_that_can_be_saved(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        answers = {**own.filled(), "drawn_at": "", "remarks": ""}
        form.fill({name: words for name, words in answers.items() if words})
        QGuiApplication.clipboard().setText("复检\t2 kg\r\n=HYPERLINK(1)\t韭菜\n")
        form.boxes["remarks"].setFocus()
        own.press(shell, "Ctrl+V", "F4", "Ctrl+Return")
        own.settle(shell, lambda: numbers(lab) or "characters" in told(shell))
        assert "\t" not in form.raw().get("remarks", "")
        assert len(numbers(lab)) == 1


def test_a_name_with_an_emoji_is_kept_found_and_printed_by_its_code(lab: own.Lab) -> None:
    lab.draw()
    number = lab.draw(business_name=EMOJI, seal="F0009")
    with own.window(lab, "lin", "samples") as shell:
        shell.shown.search.setFocus()
        own.write("🥬")
        own.settle(shell, lambda: len(shell.shown._rows) == 1)
        assert shell.shown._rows[0].number == number
        own.settle(shell, lambda: EMOJI in shell.shown._what.whole())
    assert glyphs.shown(EMOJI) == "陈记〔U+1F96C〕蔬菜"


@pytest.mark.parametrize("typed", ["0803", "8-3", "2026/8/3", "８月3日"])
def test_a_day_typed_in_any_way_is_shown_as_it_was_understood(lab: own.Lab, typed: str) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        form.boxes["date_kind"].setFocus()
        form.boxes["dated_on"].setFocus()
        own.write(typed)
        own.press(shell, "Tab")
        assert form.filled()["dated_on"] == "2026-08-03"
        assert "2026-08-03" in told(shell) or form.boxes["dated_on"].raw() == "2026-08-03"


def test_letters_where_a_number_belongs_are_told_under_the_field(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        form = shell.shown.form
        form.boxes["drawn_at"].setFocus()
        QTest.keyClicks(own.focused(), "soon", delay=35)
        own.press(shell, "Tab")
        assert "no time" in told(shell)
        assert form.raw()["drawn_at"] == "soon"
