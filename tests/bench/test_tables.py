"""Rows 5b to 5e: a table of a million rows that is shown, filtered and sorted, and the memory it takes.

Ours is the table of the samples' screen as it is: its question, its window of rows, its paint. The reference is the
usual way of Qt: every row read into a Python list, a model over it, and a proxy that filters and sorts.
"""

import gc
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QApplication, QTableView
from sqlalchemy import select

from gui import app as desktop
from gui.look import Look
from gui.screens.samples import COLUMNS
from gui.widgets.rows import Row
from gui.widgets.table import Table
from gui.work import Work
from lims.door import question
from lims.queries import samples
from lims.queries.samples import Order
from lims.records.samples import Sample
from lims.storage.unit import View
from tests.bench.county import fill
from tests.bench.harness import Book, Goal, shown, taken
from tests.laboratory import Lab, found_lab

AMOUNT = int(os.environ.get("KUAIJIAN_BENCH_ROWS", "1000000"))
SORTED = min(50_000, AMOUNT)
SIZE = (1200, 900)
"""Of both tables, in pixels."""
FOOD = "鲫鱼7号"
STATM = Path("/proc/self/statm")
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@pytest.fixture(scope="module")
def window() -> QApplication:
    app = desktop.application([])
    desktop.dress(app, Look())
    return app


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = fill(found_lab(tmp_path_factory.mktemp("rows") / "lab"), 10, AMOUNT, verdicts=False)
    yield lab
    lab.close()


@question()
def everything(view: View, count: int) -> list[tuple[Any, ...]]:
    """Return every sample as a program reads it that keeps all rows."""
    columns = (Sample.id, Sample.food, Sample.business_name, Sample.township, Sample.drawn_at, Sample.state)
    return [tuple(row) for row in view.rows(select(*columns).order_by(Sample.id.desc()).limit(count))]


class AllRows(QAbstractTableModel):
    """The usual model: a Python list of all rows."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's own name
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802 - Qt's own name
        return 0 if parent.isValid() else len(self.rows[0])

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return str(self.rows[index.row()][index.column()]) if role == Qt.ItemDataRole.DisplayRole else None


class Ours:
    """The table of the samples' screen over the laboratory's own question."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.work = lab, Work()
        self.table = Table(COLUMNS, self.work, "Samples")
        self.table.resize(*SIZE)
        self.table.show()

    def page(self, **wish: Any) -> list[samples.Row]:
        """Ask for the first page, show it, paint it."""
        found = self.lab.station.ask(samples.page, **wish)
        self.table.show_rows(
            [
                Row(
                    row.number,
                    (
                        row.number,
                        row.food,
                        row.business,
                        row.township,
                        row.drawn_at,
                        row.state,
                        row.van,
                    ),
                )
                for row in found
            ]
        )
        self.table.grab()
        return found

    def close(self) -> None:
        self.table.close()
        self.work.close()


@pytest.fixture
def ours(window: QApplication, many: Lab) -> Iterator[Ours]:
    assert window is not None
    made = Ours(many)
    yield made
    made.close()


def usual(rows: Sequence[tuple[Any, ...]]) -> tuple[QTableView, AllRows]:
    view, model = QTableView(), AllRows(rows)
    view.resize(*SIZE)
    view.setModel(model)
    view.show()
    view.grab()
    return view, model


def often(work: Callable[[], object], times: int = 5) -> float:
    work()
    return sorted(taken(work) for _ in range(times))[times // 2]


def noted(book: Book, name: str, what: str, times: tuple[float, float], goal: Goal, note: str = "") -> None:
    mine, theirs = times
    line = book.note(name, what, (shown(mine), shown(theirs)), theirs / mine, goal, note)
    assert not line.missed
    assert mine < theirs


def test_5b_ready_to_show(book: Book, ours: Ours, many: Lab) -> None:
    mine = often(lambda: ours.page(count=samples.PAGE))

    def read_all() -> None:
        view, _ = usual(many.station.ask(everything, AMOUNT))
        view.close()

    theirs = taken(read_all)
    note = "both ask the file and paint; ours the first page, the reference every row"
    noted(book, "5b", f"{AMOUNT:,} rows ready to show", (mine, theirs), Goal(least=100, asserted=False), note)


def test_5c_filter(book: Book, ours: Ours, many: Lab) -> None:
    rows = many.station.ask(everything, AMOUNT)
    view, model = usual(rows)
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setFilterKeyColumn(1)
    view.setModel(proxy)
    view.grab()

    def theirs() -> None:
        proxy.setFilterFixedString(FOOD)
        view.grab()

    reference = taken(theirs)
    assert proxy.rowCount() == sum(FOOD in row[1] for row in rows)
    mine = often(lambda: ours.page(text=FOOD, count=samples.PAGE))
    assert {row.food for row in ours.page(text=FOOD)} == {FOOD}
    view.close()
    noted(book, "5c", f"{AMOUNT:,} rows: filter", (mine, reference), Goal(least=150, asserted=False))


def test_5d_sort(book: Book, window: QApplication, many: Lab) -> None:
    assert window is not None
    rows = many.station.ask(everything, SORTED)
    view, model = usual(rows)
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    view.setModel(proxy)

    def theirs() -> None:
        proxy.sort(2, Qt.SortOrder.AscendingOrder)

    reference = taken(theirs)
    view.close()
    mine = often(lambda: many.station.ask(samples.page, order=Order("business", down=False)))
    note = (
        f"ours sorts all {AMOUNT:,} rows by their index, the reference {SORTED:,} in a proxy; neither paints"
    )
    noted(book, "5d", f"{SORTED:,} rows: sort", (mine, reference), Goal(least=1000, asserted=False), note)


def held() -> int:
    """Return the bytes of this process that lie in memory."""
    gc.collect()
    return int(STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def test_5e_memory(book: Book, ours: Ours, many: Lab) -> None:
    before = held()
    ours.page(count=samples.PAGE)
    mine = max(held() - before, 1)
    before = held()
    view, model = usual(many.station.ask(everything, AMOUNT))
    theirs = held() - before
    assert sys.getrefcount(model.rows) > 1
    view.close()
    figures = (f"{mine / 1e6:.1f} MB", f"{theirs / 1e6:.1f} MB")
    line = book.note(
        "5e", f"{AMOUNT:,} rows: memory", figures, mine / theirs, Goal(most=1 / 6, asserted=False)
    )
    assert mine < theirs
    assert not line.missed


def test_the_screen_itself_is_no_slower_with_more_rows(book: Book, ours: Ours, tmp_path: Path) -> None:
    few = fill(found_lab(tmp_path / "few"), 1, AMOUNT // 10, verdicts=False)
    small = Ours(few)
    much = often(lambda: ours.page(count=samples.PAGE))
    little = often(lambda: small.page(count=samples.PAGE))
    small.close()
    few.close()
    line = book.note("5b+", f"first page: {AMOUNT:,} rows against {AMOUNT // 10:,}", (shown(much), shown(little)),
                     much / little, Goal(most=1.5, asserted=False))  # fmt: skip
    assert not line.missed
