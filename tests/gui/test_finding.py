"""Ctrl+K on a real laboratory: typed, chosen by Enter, and each hit leads to its place."""

import pytest

from gui.widgets.palette import NOTHING, Palette
from tests.gui.lab import Lab, Shell, press, settle, window, write


@pytest.fixture
def lab(lab: Lab) -> Lab:
    lab.instrument()
    return lab


def opened(shell: Shell) -> Palette:
    """Open the search and wait until it has the cursor."""
    press(shell, "Ctrl+K")
    palette = next(one for one in shell.findChildren(Palette) if one.isVisible())
    settle(shell, lambda: palette.isActiveWindow() and palette.focusWidget() is not None)
    return palette


def sought(shell: Shell, words: str) -> str:
    """Type into the search and press Enter at once; return the first hit."""
    palette = opened(shell)
    write(words)
    settle(shell)
    first = palette.choices()[0]
    press(shell, "Return")
    return first


def test_each_hit_leads_to_its_place(lab: Lab) -> None:
    number = lab.draw(business_name="浦口水产批发行", food="大黄鱼")
    other = lab.draw()
    with window(lab, "zheng") as shell:
        assert "大黄鱼" in sought(shell, number[-6:])
        settle(shell, lambda: shell.shown.table.current_key() == number)
        assert sought(shell, "fcnm").startswith("凤城农贸市场陈记蔬菜")
        settle(shell, lambda: shell.shown.table.current_key() == other)
        assert "LOT-1" in sought(shell, "LOT-1")
        settle(shell, lambda: shell.name == "supplies" and shell.shown.key)
        assert "TL310-1" in sought(shell, "tl310")
        settle(shell, lambda: shell.name == "instruments" and shell.shown.table.current_key() == "TL310-1")


def test_a_person_is_found_where_people_are_kept(lab: Lab) -> None:
    with window(lab, "admin") as shell:
        assert "林检测" in sought(shell, "ljc")
        settle(shell, lambda: shell.shown.table.current_key() == lab.accounts["lin"])
        assert shell.name == "people"
    with window(lab, "chen") as shell:
        palette = opened(shell)
        write("ljc")
        settle(shell)
        assert palette.choices() == [], "a hit whose screen this person may not use is no hit"


def test_screens_are_found_by_initials_and_enter_before_the_answer_waits_for_it(lab: Lab) -> None:
    number = lab.draw()
    with window(lab, "lin") as shell:
        shell.speak("zh_CN")
        assert sought(shell, "sy").startswith("→ 收样")
        assert shell.name == "reception"
        shell.speak("en")
        palette = opened(shell)
        write(number)
        assert palette.choices() == []
        press(shell, "Return")
        settle(shell, lambda: shell.name == "samples" and shell.shown.table.current_key() == number)


def test_nothing_found_says_so_and_the_arrows_keep_their_hit(lab: Lab) -> None:
    with window(lab, "lin") as shell:
        palette = opened(shell)
        write("没有这样的名字")
        settle(shell)
        assert palette._list.item(0).text() == NOTHING
        press(shell, "Return")
        assert palette.isVisible()
        palette._field.clear()
        press(shell, "Down", "Down")
        chosen = palette.choices()[2]
        press(shell, "Return")
        assert chosen.split()[1] in shell.windowTitle() or shell.shown is not None
