"""Settings: each choice holds at once, nothing typed is lost by it, and the laboratory's own decisions are shown."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.look import Look
from gui.widgets.label import Button
from lims import text
from lims.services import passwords
from tests.gui import lab as own


@pytest.fixture
def lab(lab: own.Lab, dressed: QApplication) -> Iterator[own.Lab]:
    yield lab
    theme.change(dressed, name="light", layout="desk", scale=1.0)
    text.use("en")


def start(shell: own.Shell) -> None:
    """Have the look say what is worn: these tests speak English."""
    shell.desk.wear(Look(language="en"))


def on(shell: own.Shell) -> str:
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button)
    assert shell.isAncestorOf(focus)
    return f"{focus.accessibleDescription()}: {focus.accessibleName()}"


def test_a_choice_by_keys_holds_at_once_and_the_cursor_stays_on_it(lab: own.Lab) -> None:
    with own.window(lab, "lin", "settings") as shell:
        start(shell)
        own.press(shell, "Tab")
        assert on(shell) == "Colours: ✓ Light"
        own.press(shell, "Right")
        assert theme.current().name == "dark"
        assert shell.name == "settings"
        assert on(shell) == "Colours: ✓ Dark"
        own.press(shell, "Tab", "Right", "Right")
        assert theme.current().scale == 1.5
        assert on(shell) == "Scale: ✓ 150%"
        assert shell.desk.look == Look("dark", "desk", 1.5, "en")


def test_a_van_finds_its_five_places_and_the_way_back(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "settings") as shell:
        start(shell)
        shell.banners.put("kept", "warn", "The printer is gone.")
        shell.desk.state.emit("unsent", "3 unsent")
        shell.desk.wear(Look(language="en", layout="touch"))
        own.settle(shell)
        assert len(shell.rail.names()) == 5
        assert shell.rail.names()[:2] == ["today", "reports"]
        assert shell.name == "settings"
        assert shell.banners.sentences() == ["The printer is gone."]
        assert "3 unsent" in [label.text() for label in shell.bar.findChildren(type(shell.bar._clock))]
        shell.go("people")
        shell.go("settings")
        shell.desk.wear(Look(language="en"))
        own.settle(shell)
        assert len(shell.rail.names()) > 9


def test_what_is_typed_survives_another_look(lab: own.Lab) -> None:
    with own.window(lab, "chen", "sampling") as shell:
        start(shell)
        shell.shown.form.fill({"food": "豇豆", "remarks": "third stall"})
        shell.desk.wear(Look("dark", "touch", 1.25, "en"))
        own.settle(shell, lambda: shell.shown.form.raw().get("remarks") == "third stall")
        assert shell.name == "sampling"
        assert theme.current().layout == "touch"


def test_the_language_of_the_top_bar_is_a_setting_too(lab: own.Lab) -> None:
    with own.window(lab, "lin", "settings") as shell:
        start(shell)
        shell.speak_other()
        assert text.current() == "zh_CN"
        assert shell.desk.look.language == "zh_CN"
        assert shell.shown.choices["language"].value() == "zh_CN"


def test_the_laboratorys_decisions_say_who_may_change_them(lab: own.Lab) -> None:
    with own.window(lab, "lin", "settings") as shell:
        start(shell)
        own.settle(shell, lambda: "as shipped" in shell.shown.facts.words())
        assert "changed by: Administrator, Quality manager" in shell.shown.facts.words()
        lab.as_("zheng").do(passwords.set_policy, least=10, days=90, history=3, idle_minutes=5)
        own.settle(shell, lambda: "郑质量" in shell.shown.facts.words())
        assert "The desk locks after 5 minutes untouched." in shell.shown.facts.words()
