"""Businesses on the screen: found by initials, their years and positives by digits."""

from gui import gallery
from tests.gui.lab import Lab, press, settle, window
from tests.positives import positive


def test_the_file_of_a_business_holds_its_years_and_positives(lab: Lab) -> None:
    number = positive(lab, business_name="海鲜店甲", credit_code="91110000600037341L")
    lab.draw(business_name="陈记蔬菜")
    with window(lab, "wang", "businesses") as shell:
        screen = shell.shown
        settle(shell, lambda: screen.tables["list"].model().rowCount() == 2)
        press(shell, "F")
        screen.form.fill({"text": "hxdj"})
        press(shell, "Return")
        settle(shell, lambda: screen.tables["list"].model().rowCount() == 1)
        assert "海鲜店甲" in screen._head.text()
        press(shell, "2")
        settle(shell, lambda: "valid code" in screen._told.text())
        assert screen.tables["years"].model().rowCount() == 1
        assert gallery.faults_in(shell, "businesses") == []
        press(shell, "3")
        settle(shell, lambda: screen.tables["cases"].current_key().startswith(number))
