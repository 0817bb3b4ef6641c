"""Nothing that Qt calls back may raise: each case here ended the program, or came back with every frame."""

import ast
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.desk import Desk
from gui.mishap import SIGN, guarded, mishaps, signed
from gui.shell import Shell
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.widgets.tile import Channel, Tile
from lims import text
from tests.shape.tree import named, parsed, python

Settle = Callable[..., None]


def refuses(value: object) -> str:
    if value == "bad":
        raise KeyError(value)
    return f"<{value}>"


COLUMNS = (
    Column("number", "Number", 120),
    Column("value", "Value", 120, show=refuses),
    Column("verdict", "Verdict", 90, "verdict"),
)


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    mishaps._told.clear()


@pytest.fixture
def table(desk: Desk) -> Iterator[Table]:
    made = Table(COLUMNS, desk.work, "Samples")
    made.resize(400, 200)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def told(desk: Desk) -> list[tuple[str, str]]:
    heard: list[tuple[str, str]] = []
    desk.lasting.connect(lambda key, _tone, sentence, _details, _action: heard.append((key, sentence)))
    return heard


def test_a_cell_that_cannot_be_written_shows_its_value_with_a_sign_and_is_told_once(
    table: Table, told: list[tuple[str, str]], settle: Settle
) -> None:
    table.show_rows([Row(f"k{at}", (f"FY{at}", "bad" if at % 2 else "good", None)) for at in range(9)])
    table.show()
    table.grab()
    assert told == []  # nothing is told while Qt draws
    settle(lambda: told)
    shown = [table.model().index(at, 1).data() for at in range(3)]
    assert shown == ["<good>", f"{SIGN} bad", "<good>"]
    for _ in range(3):
        table.reload()
        table.grab()
        settle()
    assert [key for key, _ in told] == ["error.desktop.cell"]
    assert "column Value" in told[0][1]
    assert "KeyError: 'bad'" in told[0][1]


def test_each_column_is_told_by_its_own_name_in_either_language(
    desk: Desk, told: list[tuple[str, str]], settle: Settle
) -> None:
    text.use("zh_CN")
    made = Table((Column("a", "Food", show=refuses), Column("b", "Business", show=refuses)), desk.work, "x")
    made.show_rows([Row("k", ("bad", "bad"))])
    made.grab()
    settle(lambda: len(told) == 2)
    assert sorted(sentence.partition("一栏")[0] for _, sentence in told) == ["“样品名称”", "“被抽样单位”"]
    made.deleteLater()


def test_a_verdict_that_nobody_knows_ends_nothing(
    table: Table, told: list[tuple[str, str]], settle: Settle
) -> None:
    table.show_rows([Row("k", ("FY1", "good", "unheard_of"))])
    table.show()
    table.grab()
    settle(lambda: told)
    assert table.model().index(0, 2).data() == "unheard_of"
    assert [key for key, _ in told] == ["error.desktop.drawing"]


def test_values_that_cannot_be_ordered_end_nothing(
    table: Table, told: list[tuple[str, str]], settle: Settle
) -> None:
    table.show_rows([Row("a", ("FY1", 1, None)), Row("b", ("FY2", "two", None))])
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    settle(lambda: told)
    assert [table.model().index(at, 0).data() for at in range(2)] == ["FY1", "FY2"]


def test_a_copy_holds_what_could_not_be_written(table: Table) -> None:
    table.show_rows([Row("a", ("FY1", "bad", None))])
    table.selectAll()
    table.copy()
    assert QGuiApplication.clipboard().text().split("\n")[1] == f"FY1\t{SIGN} bad\t"


class Broken(QWidget):
    """Breaks while its painter is at work."""

    drawn = 0

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's own name
        Broken.drawn += 1
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.red)
        raise KeyError("colour")


def test_a_drawing_that_breaks_ends_with_the_sign_and_is_told_once(
    shell: Shell, told: list[tuple[str, str]], settle: Settle
) -> None:
    widget = Broken(shell)
    widget.resize(60, 60)
    widget.show()
    pictures = [widget.grab().toImage() for _ in range(3)]
    settle(lambda: told)
    assert Broken.drawn >= 3
    seen = {pictures[0].pixelColor(x, y).name() for x in range(60) for y in range(60)}
    assert len(seen) > 1  # the sign stands on what was drawn before
    assert [key for key, _ in told] == ["error.desktop.drawing"]
    assert shell.banners.sentences()[0].startswith("A part of the screen cannot be drawn (Broken.paintEvent")


def test_a_tile_with_a_verdict_that_nobody_knows_is_drawn_on(
    told: list[tuple[str, str]], settle: Settle
) -> None:
    tile = Tile(Channel("1", "done", "FY20261123", value="3", verdict="unheard_of"))
    tile.resize(150, 150)
    assert not tile.grab().isNull()
    settle(lambda: told)
    assert "Tile.paintEvent" in told[0][1]
    tile.deleteLater()


def test_everything_that_qt_asks_while_it_draws_is_guarded() -> None:
    bare = [
        f"{named(path)}:{method.lineno} {method.name}"
        for path in python("gui")
        for method in ast.walk(parsed(path))
        if isinstance(method, ast.FunctionDef)
        and method.name in {"paintEvent", "paint", "data", "headerData", "sort"}
        and method.args.args[:1]
        and method.args.args[0].arg == "self"
        and not any("guarded(" in ast.unparse(mark) for mark in method.decorator_list)
    ]
    assert bare == []
