"""Samples: found as one types, paged, with their trail, gaps, evidence, and voiding with a reason."""

from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from gui.widgets import trail
from lims import clock
from lims.queries import samples, trace
from lims.services import measure
from tests.gui import lab as own


def shown(shell: own.Shell) -> list[str]:
    model = shell.shown.table.model()
    return [model.index(row, 1).data() for row in range(model.rowCount())]


def seek(shell: own.Shell, words: str) -> None:
    own.press(shell, "F2")
    own.write(words)


def test_search_finds_food_initials_and_numbers_as_one_types(lab: own.Lab) -> None:
    own.drawn(lab, 2)
    (other,) = own.drawn(lab, food="韭菜", business_name="江南超市")
    with own.window(lab, "lin", "samples") as shell:
        assert shown(shell) == ["韭菜", "豇豆", "豇豆"]
        seek(shell, "jncs")
        own.settle(shell, lambda: shown(shell) == ["韭菜"])
        own.press(shell, "Escape")
        seek(shell, "豆")
        own.settle(shell, lambda: shown(shell) == ["豇豆", "豇豆"])
        own.scan(shell, other)
        own.settle(shell, lambda: other[10:14] in shell.shown._number.text())
        own.settle(shell, lambda: shown(shell) == ["韭菜"])


def test_nothing_found_says_what_to_do(lab: own.Lab) -> None:
    with own.window(lab, "lin", "samples") as shell:
        seek(shell, "没有这个")
        own.settle(shell, lambda: shown(shell) == [])
        assert "choose a sample first" in next(action.missing for action in shell.acts() if action.primary)


def _count_is(shell: own.Shell, expected: int) -> bool:
    return len(shown(shell)) == expected


def test_the_next_page_comes_when_the_end_is_near(lab: own.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    own.drawn(lab, 41)
    monkeypatch.setattr(samples, "PAGE", 20)
    monkeypatch.setattr(samples.page, "__kwdefaults__", {**(samples.page.__kwdefaults__ or {}), "count": 20})
    with own.window(lab, "lin", "samples", size=(1024, 600)) as shell:
        assert len(shown(shell)) == 20
        for expected in (40, 41):
            bar = shell.shown.table.verticalScrollBar()
            bar.setValue(bar.maximum())
            own.settle(shell, partial(_count_is, shell, expected))
        assert len({shell.shown._rows[at].number for at in range(41)}) == 41


def test_the_trail_shows_gaps_of_more_than_two_hours_with_their_length(lab: own.Lab) -> None:
    at = (clock.now() - timedelta(hours=5, minutes=3)).isoformat()
    (bag,) = own.received(lab, drawn_at=at)
    found = lab.as_("lin").ask(trace.sample, bag)
    lines = list(trail.lines(found))
    *facts, unhanded = lines
    assert unhanded.gap, "a receipt without a handover"
    assert [line.gap for line in facts] == [False, True, False]
    assert lines[1].words == "5 h 03 min without a record"
    assert [line.picture for line in facts] == ["sampling", "note", "reception"]


def test_a_line_opens_the_reading_as_the_device_said_it(lab: own.Lab) -> None:
    (bag,) = own.received(lab)
    instrument = lab.instrument()
    run = lab.run(instrument, [bag])
    lab.value(instrument, "1", "2.0")
    lab.value(instrument, "2", "87.20", extra={"channel": "02"})
    lab.as_("lin").do(measure.close_run, run)
    with own.window(lab, "zheng", "samples") as shell:
        own.press(shell, "Return")
        for _ in range(4):
            own.press(shell, "Down")
        own.press(shell, "Space")
        model = shell.shown.evidence.model()
        rows = {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
        assert rows["Value"] == "87.20"
        assert rows["raw: channel"] == "02"
        assert any("● Positive" in line.words for line in shell.shown.timeline._facts)


def test_only_the_manager_voids_and_only_with_a_reason(lab: own.Lab) -> None:
    (bag,) = own.drawn(lab)
    with own.window(lab, "lin", "samples") as shell:
        assert [action.key for action in shell.acts()] == ["F2", "F3", "F7", "Return"]
    with own.window(lab, "zheng", "samples") as shell:
        own.press(shell, "F9", "Return")
        assert own.state_of(lab, bag) == "drawn"
        own.write("同一份抽了两次")
        own.press(shell, "Return")
        own.settle(shell, lambda: "Void" in shell.shown._what.whole())
        assert own.state_of(lab, bag) == "void"


def test_another_desk_shows_without_refresh(lab: own.Lab) -> None:
    with own.window(lab, "lin", "samples") as shell:
        own.drawn(lab, food="菠菜")
        own.settle(shell, lambda: shown(shell) == ["菠菜"])
        assert shell.shown._rows[0].state == "drawn"


def click_head(shell: own.Shell, column: int) -> None:
    head = shell.shown.table.horizontalHeader()
    at = QPoint(head.sectionViewportPosition(column) + 10, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
    own.settle(shell)


def test_a_click_on_a_head_sorts_where_the_samples_are_and_the_cursor_stays(lab: own.Lab) -> None:
    for food in ("b-豆", "c-豆", "a-豆"):
        lab.draw(food=food)
    with own.window(lab, "lin", "samples") as shell:
        assert shown(shell) == ["a-豆", "c-豆", "b-豆"]
        kept = shell.shown.table.current_key()
        click_head(shell, 1)
        own.settle(shell, lambda: shown(shell) == ["a-豆", "b-豆", "c-豆"])
        click_head(shell, 1)
        own.settle(shell, lambda: shown(shell) == ["c-豆", "b-豆", "a-豆"])
        assert shell.shown.table.current_key() == kept
        click_head(shell, 1)
        own.settle(shell, lambda: shown(shell) == ["a-豆", "c-豆", "b-豆"])


def test_a_view_keeps_columns_search_and_order_and_comes_back_in_another_window(lab: own.Lab) -> None:
    for food in ("b-豆", "c-菜", "a-豆"):
        lab.draw(food=food)
    with own.window(lab, "lin", "samples") as shell:
        seek(shell, "豆")
        own.settle(shell, lambda: len(shown(shell)) == 2)
        click_head(shell, 1)
        own.press(shell, "F3")
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        next(act for act in menu.actions() if act.text() == "Township").trigger()
        field = menu.findChild(QLineEdit)
        assert field is not None
        field.setText("我的豆")
        QTest.keyClick(field, Qt.Key.Key_Return)
        own.settle(shell)
    with own.window(lab, "lin", "samples") as shell:
        own.settle(shell, lambda: "我的豆" in shell.shown.views.kept)
        assert len(shown(shell)) == 3
        next(act for act in shell.shown.views.menu().actions() if act.text() == "我的豆").trigger()
        own.settle(shell, lambda: shown(shell) == ["a-豆", "b-豆"])
        assert shell.shown.search.text() == "豆"
        assert "township" not in shell.shown.table.view()["columns"]
        shell.shown.views.forget("我的豆")
    with own.window(lab, "lin", "samples") as shell:
        own.settle(shell)
        assert shell.shown.views.kept == {}
