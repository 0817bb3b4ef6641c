import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gui.desk import Desk
from gui.widgets.rows import BLOCK, KEPT, Column, Row
from gui.widgets.table import Table, safe_cell

COLUMNS = (
    Column("number", "Number", 120),
    Column("value", "Value", 80, "number"),
    Column("verdict", "Verdict", 90, "verdict"),
)
Settle = Callable[..., None]


class Million:
    """A million rows that are made when they are asked for."""

    def __init__(self, size: int = 1_000_000) -> None:
        self.size, self.asked, self.threads = size, list[Any](), set[threading.Thread]()

    def count(self) -> int:
        return self.size

    def rows(self, first: int, count: int, sort: str, down: bool) -> Sequence[Row]:
        self.asked.append((first, count, sort, down))
        self.threads.add(threading.current_thread())
        numbers = range(first, min(first + count, self.size))
        turned = [self.size - 1 - number for number in numbers] if down else list(numbers)
        return [Row(f"k{number}", (f"FY{number:07d}", number, "negative")) for number in turned]


@pytest.fixture
def table(desk: Desk) -> Iterator[Table]:
    made = Table(COLUMNS, desk.work, "Samples", "Nothing here.")
    made.resize(600, 400)
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_a_million_rows_are_read_by_blocks_off_the_gui_thread(table: Table, settle: Settle) -> None:
    source = Million()
    table.show_source(source)
    settle(lambda: table.model().rowCount() == 1_000_000)
    table.scrollTo(table.model().index(600_000, 0))
    settle(lambda: table.model().index(600_000, 0).data() == "FY0600000")
    assert threading.main_thread() not in source.threads
    assert all(count == BLOCK for _, count, _, _ in source.asked)
    assert len(source.asked) <= 4


def test_only_some_blocks_are_kept(table: Table, settle: Settle) -> None:
    table.show_source(Million())
    settle(lambda: table.model().rowCount())
    for block in range(KEPT + 20):
        table.model().index(block * BLOCK, 0).data()
        settle(lambda block=block: table.model().index(block * BLOCK, 0).data() != "…")
    assert len(table._model._blocks) == KEPT


def test_a_click_on_a_head_sorts_where_the_rows_are(table: Table, settle: Settle) -> None:
    source = Million(1000)
    table.show_source(source)
    settle(lambda: table.model().rowCount())
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    settle(lambda: table.model().index(0, 0).data() == "FY0000999")
    assert source.asked[-1][2:] == ("value", True)


def test_the_selection_stays_with_its_rows(table: Table, settle: Settle) -> None:
    rows = [Row(f"k{at}", (f"FY{at}", at, None)) for at in range(5)]
    table.show_rows(rows)
    assert table.choose("k3")
    heard: list[str] = []
    table.chosen.connect(heard.append)
    table.show_rows([Row("new", ("FY9", 9, None)), *rows])
    settle()
    assert table.current_key() == "k3"
    assert table.selected_keys() == ["k3"]
    assert "" not in heard
    table.show_rows(rows[:3])
    assert table.current_key() == ""
    assert heard[-1] == ""


def test_unknown_values_sort_last_both_ways(table: Table) -> None:
    table.show_rows([Row("a", ("A", None, None)), Row("b", ("B", 2, None)), Row("c", ("C", 1, None))])
    for order, first in ((Qt.SortOrder.AscendingOrder, "C"), (Qt.SortOrder.DescendingOrder, "B")):
        table.sortByColumn(1, order)
        assert table.model().index(0, 0).data() == first
        assert table.model().index(2, 0).data() == "A"


def test_a_copy_is_a_sheet_without_formulas(table: Table) -> None:
    table.show_rows([Row("a", ("=HYPERLINK(1)", -4, "negative")), Row("b", ("two\tcells\nhere", None, None))])
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [
        "Number\tValue\tVerdict", "'=HYPERLINK(1)\t-4\tNegative", "two cells here\t\t",
    ]  # fmt: skip


def test_a_copy_reads_what_is_not_at_hand(table: Table, settle: Settle) -> None:
    table.show_source(Million(3000))
    settle(lambda: table.model().rowCount())
    QGuiApplication.clipboard().setText("")
    table.selectAll()
    table.copy()
    settle(QGuiApplication.clipboard().text)
    assert len(QGuiApplication.clipboard().text().split("\n")) == 3001


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), (" +x", "' +x"), ("-3.2", "-3.2"), ("a", "a"), ("", "")],
)
def test_a_cell_is_taken_for_what_it_is(cell: str, safe: str) -> None:
    assert safe_cell(cell) == safe


@settings(max_examples=100)
@given(st.text())
def test_no_cell_breaks_out(cell: str) -> None:
    safe = safe_cell(cell)
    assert "\t" not in safe
    assert len(safe.splitlines()) <= 1
    assert safe.lstrip()[:1] not in {"=", "@"}


def test_a_verdict_is_told_by_word_and_shape(table: Table) -> None:
    table.show_rows([Row("a", ("A", 1, "positive"))])
    index = table.model().index(0, 2)
    assert index.data() == "Positive"
    assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()


def test_a_view_is_saved_and_shown_again(table: Table) -> None:
    table.show_view({"columns": ["value", "number", "gone"]})
    view = table.view()
    assert view["columns"] == ["value", "number"]
    table.show_view({"columns": ["number", "value", "verdict"]})
    table.show_view(view)
    assert table.view()["columns"] == ["value", "number"]


def test_a_column_gives_up_what_stands_empty_before_any_writing_is_cut(table: Table, settle: Settle) -> None:
    head = table.horizontalHeader()
    table.show_rows([Row(str(at), (f"LJ01 261128 {at:04d} K", "苏丹红", None)) for at in range(30)])
    settle(lambda: table.model().rowCount() == 30)
    table.resize(round(sum(head.sectionSize(at) for at in range(head.count())) * 0.8), 200)
    needed = [table.sizeHintForColumn(at) for at in range(1, head.count())]
    assert all(head.sectionSize(at) >= need for at, need in enumerate(needed, 1))
    assert table.horizontalScrollBar().maximum() == 0


def test_an_error_while_reading_is_told(table: Table, settle: Settle) -> None:
    class Broken(Million):
        def count(self) -> int:
            raise OSError("the server is gone")

    errors: list[BaseException] = []
    table.failed.connect(errors.append)
    table.show_rows([Row("a", ("A", 1, None))])
    table.show_source(Broken())
    settle(lambda: errors)
    assert str(errors[0]) == "the server is gone"
    assert table.model().rowCount() == 1


def test_columns_a_little_too_wide_are_fitted_and_a_person_s_own_stay(table: Table) -> None:
    head = table.horizontalHeader()
    whole = sum(head.sectionSize(at) for at in range(head.count()))
    table.resize(round(whole * 0.9), 200)
    assert sum(head.sectionSize(at) for at in range(head.count())) <= table.viewport().width()
    assert table.horizontalScrollBar().maximum() == 0
    table.show_view({"columns": ["number", "value"], "widths": {"number": 300}})
    table.resize(round(whole * 0.8), 200)
    assert head.sectionSize(0) == 300


def test_columns_fold_from_the_last_one_where_there_is_no_room_and_come_back(
    table: Table, settle: Settle
) -> None:
    wide = (Column("name", "Name", 100), *(Column(f"c{n}", f"C{n}", 100) for n in range(5)),
            Column("mark", "Checked", 100, keeps=True))  # fmt: skip
    made = Table(wide, table._work, "Wide")
    made.resize(400, 300)
    made.show()
    long = "a text of some length"
    made.show_rows([Row("k", (long,) * 7)])
    settle(lambda: made.isColumnHidden(5))
    assert not made.isColumnHidden(6)
    assert made.horizontalScrollBar().maximum() == 0
    assert made.view()["columns"] == [column.name for column in wide]
    made.selectRow(0)
    made.copy()
    assert QGuiApplication.clipboard().text().splitlines()[0].count("\t") == 6
    made.resize(900, 300)
    settle(lambda: not any(made.isColumnHidden(at) for at in range(7)))
    made.turn_column("c0")
    made.resize(400, 300)
    settle(lambda: made.isColumnHidden(1))
    assert not made.isColumnHidden(5)
    made.close()


def test_a_whole_column_is_not_cut_where_the_others_are(desk: Desk) -> None:
    columns = (
        Column("analyte", "Analyte", 112),
        Column("food", "Food", 140),
        Column("value", "Allowed", 114, keeps=True, whole=True),
        Column("standard", "Standard", 140),
        Column("from", "From", 94, whole=True),
    )
    made = Table(columns, desk.work, "Limits")
    cells = ("Acetamiprid", "Vegetables of all kinds", "0.05 mg/kg", "GB 2763-2021 table 4", "2021-09-03")
    made.show_rows([Row("a", cells)])
    made.show()
    for width in range(700, 300, -20):
        made.resize(width, 200)
        head = made.horizontalHeader()
        assert not made.isColumnHidden(2)
        assert head.sectionSize(2) >= made.sizeHintForColumn(2), width
        assert made.isColumnHidden(4) or head.sectionSize(4) >= made.sizeHintForColumn(4), width
        assert sum(head.sectionSize(at) for at in range(5)) <= made.viewport().width(), width
    assert head.isSectionHidden(4)
    assert head.sectionSize(1) < made.sizeHintForColumn(1)
    for _ in range(3):  # a column that is folded away stays away while nothing changes
        made.resize(320 + made.width() % 2 + 1, 200)
        assert head.isSectionHidden(4)
    made.resize(800, 200)
    assert not head.isSectionHidden(4)
    made.close()
    made.deleteLater()
