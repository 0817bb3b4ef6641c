"""Help is shipped with the program: every screen has its page in both languages, and F1 opens it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTextBrowser

from gui import discover
from gui.desk import Desk
from gui.shell import Shell
from gui.widgets import help as pages
from gui.widgets.help import HelpDialog
from lims import text

SCREENS = sorted({path.stem for path in (Path(discover.__file__).parent / "screens").glob("[a-z]*.py")})


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("screen", [*SCREENS, "sign_in"])
def test_every_screen_has_a_page_of_a_readable_length(screen: str, language: str) -> None:
    path = pages.PAGES / language / f"{screen}.md"
    assert path.is_file(), f"write gui/resources/help/{language}/{screen}.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert 8 <= len(lines) <= 25
    assert any(line.startswith("## ") for line in lines), "what to do when it refuses"
    assert bool(re.search("[\u4e00-\u9fff]", "".join(lines[1:3]))) is (language == "zh_CN")


def test_no_page_is_left_of_a_screen_that_is_gone() -> None:
    known = {*SCREENS, "sign_in"}
    assert {path.stem for path in pages.PAGES.rglob("*.md")} <= known


def test_a_page_follows_the_language_and_a_missing_one_is_empty() -> None:
    text.use("en")
    english = pages.page("today")
    text.use("zh_CN")
    assert english.startswith("# Today")
    assert pages.page("today").startswith("# 今日")
    assert pages.page("no_such_screen") == ""


def test_f1_opens_the_page_before_anybody_signs_in(
    shell: Shell, desk: Desk, settle: Callable[..., None]
) -> None:
    desk.sign_out()
    QTest.keyClick(shell, Qt.Key.Key_F1)
    settle(lambda: shell.findChildren(HelpDialog))
    (opened,) = shell.findChildren(HelpDialog)
    browser = opened.findChild(QTextBrowser)
    assert browser is not None
    assert browser.toPlainText().startswith("Sign in")
    assert "<" not in browser.toPlainText()
    opened.close()
