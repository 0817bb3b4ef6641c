"""A table that opens at once however many rows there are, keeps its selection and copies to a spreadsheet."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from gui import theme, typed
from gui.widgets.empty import Empty
from gui.widgets.rows import Column, Listed, Row, Rows, Source
from gui.work import Work
from lims.text import mark, t

FITTED = 1.4
"""How many times wider than their room columns may be to be made narrower; beyond that columns fold away."""
COPIED = 100_000
"""Rows copied at most: more is an export, not a copy."""


def safe_cell(text: str) -> str:
    """Return a cell as a spreadsheet takes it for what it is: never a formula, never two cells."""
    flat = " ".join(text.replace("\t", " ").splitlines())
    dangerous = flat.lstrip()[:1] in {"=", "+", "-", "@"} and typed.read_number(flat) is None
    return f"'{flat}" if dangerous else flat


class Calm(QStyledItemDelegate):
    """Draws cells without a frame of their own: the row is what is chosen, and it has its ground."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Take the frame away."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined] # Qt's stubs leave it out


class Table(QTableView):
    """Rows of a source; letters and Enter go on to the screen, Ctrl+C copies, a click on a head sorts.

    Signals:
        chosen: key of the row that has the cursor now; empty when there is none.
        opened: key of a row that was double-clicked.
        failed: an exception: rows could not be read; the window tells it.
    """

    chosen = Signal(str)
    opened = Signal(str)
    failed = Signal(object)

    def __init__(self, columns: Sequence[Column], work: Work, name: str,
                 nothing: str = "", first: str = "") -> None:  # fmt: skip
        """Make a table; `name` (message id) is for a screen reader, `nothing` and `first` for an empty one."""
        super().__init__()
        self._name, self._work = name, work
        self._own_widths = self._own_columns = self._fitting = False
        self._folded: dict[int, int] = {}
        self._model = Rows(columns, work, self)
        self.setModel(self._model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setItemDelegate(Calm(self))
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self._empty = Empty(nothing or mark("Nothing here."), first)
        self._dress_head()
        self._kept: tuple[str, frozenset[str]] = ("", frozenset())
        self._sought = ""
        self._model.modelAboutToBeReset.connect(self._remember)
        self._model.modelReset.connect(self._restore)
        self._model.failed.connect(self.failed)
        self.failed.connect(work.unheard)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(self._double)
        self._lay_empty()
        self._dress()

    def _dress_head(self) -> None:
        head = self.horizontalHeader()
        head.setSectionsMovable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setHighlightSections(False)
        head.setStretchLastSection(True)
        head.setResizeContentsPrecision(0)  # the rows in view alone: others would be read for it
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.sectionResized.connect(self._widened)
        for at, column in enumerate(self._model.columns):
            self.setColumnWidth(at, theme.current().px(column.width))

    def _lay_empty(self) -> None:
        inside = QStackedLayout(self.viewport())
        inside.addWidget(self._empty)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    # What a screen calls ----------------------------------------------------------------------------------

    def show_source(self, source: Source) -> None:
        """Show the rows of a source, read in worker threads."""
        self._model.show_source(source)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows that are all at hand."""
        self._model.show_source(Listed(rows, self._model.columns))

    def reload(self) -> None:
        """Read the rows anew; cursor and selection stay with their rows."""
        self._model.reload()

    def current_key(self) -> str:
        """Return the key of the row with the cursor, or an empty text."""
        found = self._model.row(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return found.key if found else ""

    def selected_keys(self) -> list[str]:
        """Return the keys of the selected rows that are at hand, in their order on the screen."""
        rows = (self._model.row(index.row()) for index in sorted(self.selectionModel().selectedRows()))
        return [row.key for row in rows if row]

    def choose(self, key: str) -> bool:
        """Put the cursor on the row of a key; False when it is not at hand."""
        at = self._model.at_hand(key)
        if at is not None:
            self.selectRow(at)
            self.scrollTo(self._model.index(at, 0))
        return at is not None

    def seek(self, key: str) -> None:
        """Put the cursor on the row of a key, now or as soon as its row has come; empty seeks nothing."""
        self._sought = "" if not key or self.choose(key) else key

    def step(self, by: int) -> None:
        """Move the cursor by rows, as J and K do."""
        last = self._model.rowCount() - 1
        if last >= 0:
            self.selectRow(min(last, max(0, self.currentIndex().row() + by)))

    def view(self) -> dict[str, object]:
        """Return columns, widths, order and sorting, to be saved as a view."""
        head = self.horizontalHeader()
        shown = sorted(range(head.count()), key=head.visualIndex)
        names = [self._model.columns[at].name for at in shown if self._chosen(at)]
        widths = {column.name: head.sectionSize(at) for at, column in enumerate(self._model.columns)}
        return {"columns": names, "widths": widths, "sort": self._model.sort_by, "down": self._model.down}

    def heads(self) -> list[tuple[str, str]]:
        """Return the name and the head (message id) of every column, shown or not."""
        return [(column.name, column.head) for column in self._model.columns]

    def turn_column(self, name: str) -> None:
        """Hide a column that is shown, show one that is hidden; the last one stays, none folds any more."""
        head = self.horizontalHeader()
        self._folded, self._own_columns = {}, True
        at = [column.name for column in self._model.columns].index(name)
        if head.isSectionHidden(at) or head.count() - head.hiddenSectionCount() > 1:
            head.setSectionHidden(at, not head.isSectionHidden(at))

    def show_view(self, view: Mapping[str, object]) -> None:
        """Show columns as a view says; names that are unknown are passed over."""
        head, wanted = self.horizontalHeader(), view.get("columns")
        if not isinstance(wanted, list):
            return
        at = {column.name: number for number, column in enumerate(self._model.columns)}
        for name, number in at.items():
            head.setSectionHidden(number, name not in wanted)
        self._folded = {}
        for place, name in enumerate(name for name in wanted if name in at):
            head.moveSection(head.visualIndex(at[name]), place)
        widths = view.get("widths")
        self._own_widths |= isinstance(widths, dict)
        for name, width in widths.items() if isinstance(widths, dict) else ():
            if name in at and isinstance(width, int) and width > 0 and name in wanted:
                head.resizeSection(at[name], width)

    def copy(self) -> None:
        """Put the selected rows on the clipboard for a spreadsheet, with the heads, without formulas."""
        numbers = [index.row() for index in sorted(self.selectionModel().selectedRows())][:COPIED]
        rows = [self._model.row(number) for number in numbers]
        ready = [row for row in rows if row is not None]
        if len(ready) == len(rows):
            self._put(ready)
            return
        first, count = numbers[0], numbers[-1] - numbers[0] + 1
        wanted = {number - first for number in numbers}
        self._work.run(lambda: [row for at, row in enumerate(self._model.read(first, count)) if at in wanted],
                       then=self._put, failed=self.failed.emit, owner=self)  # fmt: skip

    def _put(self, rows: Sequence[Row]) -> None:
        head = self.horizontalHeader()
        shown = [at for at in sorted(range(head.count()), key=head.visualIndex) if self._chosen(at)]
        columns = self._model.columns
        lines = [[t(columns[at].head) for at in shown]]
        lines += [
            [safe_cell(self._model.written(columns[at], row.cells[at])) for at in shown] for row in rows
        ]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    # What Qt calls ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C; leave letters, digits and Enter to the screen, arrows to Qt."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        written = event.text()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} or (written and written.isprintable()):
            event.ignore()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns into the room there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Fit the columns, unless a person drew them; what changes is then nobody's own."""
        if not self._own_widths:
            self._fitting = True
            self._share_room()
            self._fitting = False

    def _share_room(self) -> None:
        """Make columns narrower where they want too much room: first what stands empty in them, then all alike.

        The first column, which names the row, and those that are whole are not cut. Where too much would be, columns
        fold away from the last one on; the row's own page tells them.
        """
        columns = self._model.columns
        widths = {
            at: theme.current().px(column.width) for at, column in enumerate(columns) if self._chosen(at)
        }  # fmt: skip
        room = self.viewport().width() - widths.pop(0, 0)
        if not widths:
            return
        enough = sum(widths.values()) <= room
        needs = {
            at: self._folded.get(at) or (width if enough else self._need(at)) for at, width in widths.items()
        }
        used = {at: min(width, needs[at]) for at, width in widths.items()}
        self._fold(used, needs, room)
        widths = {at: width for at, width in widths.items() if at not in self._folded}
        for at in [at for at in widths if _whole(columns[at]) and sum(widths.values()) > room]:
            del widths[at]
            room -= used[at]
            self.setColumnWidth(at, used[at])
        self._share_among(widths, used, room)

    def _share_among(self, widths: Mapping[int, int], used: Mapping[int, int], room: int) -> None:
        """Give columns their widths, or what is used of them and a share of the rest, or a share of too little."""
        wide, tight = sum(widths.values()), sum(used[at] for at in widths)
        for at, width in widths.items():
            if wide <= room:
                self.setColumnWidth(at, width)
            elif tight <= room:
                self.setColumnWidth(at, used[at] + (width - used[at]) * (room - tight) // (wide - tight))
            elif tight <= FITTED * room:
                self.setColumnWidth(at, used[at] * room // tight)
            else:
                self.setColumnWidth(at, used[at])

    def _fold(self, used: Mapping[int, int], needs: Mapping[int, int], room: int) -> None:
        """Hide columns from the last one on until the others fit, and show those again for which there is room."""
        columns, folded = self._model.columns, dict[int, int]()
        whole = sum(width for at, width in used.items() if _whole(columns[at]))
        tight, space = sum(used.values()) - whole, room - whole
        may = [at for at in reversed(used) if not _stays(columns[at])]
        for at in may if not self._own_columns else ():
            if tight <= FITTED * space or len(folded) + 1 == len(used):
                break
            folded[at] = needs[at]
            if _whole(columns[at]):
                space += used[at]
            else:
                tight -= used[at]
        for at in self._folded.keys() ^ folded.keys():
            self.setColumnHidden(at, at in folded)
        self._folded = folded

    def _chosen(self, at: int) -> bool:
        """Tell whether a column is to be seen, also where it is folded away for want of room."""
        return at in self._folded or not self.isColumnHidden(at)

    def _need(self, at: int) -> int:
        """Return what the head and the rows in view need of a column, in pixels."""
        return max(self.horizontalHeader().sectionSizeHint(at), self.sizeHintForColumn(at))

    def _fit_what_is_cut(self) -> None:
        """Fit anew for new rows, but only where one is cut: columns that jump with every reading tire the eye."""
        squeezed = (
            at for at, column in enumerate(self._model.columns)
            if at and not self.isColumnHidden(at) and self.columnWidth(at) < theme.current().px(column.width)
        )  # fmt: skip
        if any(self.columnWidth(at) < self._need(at) for at in squeezed):
            self._fit()

    def _widened(self) -> None:
        """Remember that a person drew a column wider or narrower."""
        self._own_widths |= not self._fitting and QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and look."""
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.StyleChange}:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setAccessibleName(t(self._name))
        self.verticalHeader().setDefaultSectionSize(theme.current().size("row"))
        self._model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._model.columns) - 1)
        self.viewport().update()

    def _remember(self) -> None:
        self._kept = (self.current_key(), frozenset(self.selected_keys()))

    def _restore(self) -> None:
        self._fit_what_is_cut()
        current, selected = self._kept
        if self._sought and self.choose(self._sought):
            self._empty.hide()
            self._sought = ""
            return
        self._empty.setVisible(self._model.rowCount() == 0)
        picks, flag = self.selectionModel(), QItemSelectionModel.SelectionFlag
        for key in selected:
            if (at := self._model.at_hand(key)) is not None:
                picks.select(self._model.index(at, 0), flag.Select | flag.Rows)
        if (at := self._model.at_hand(current)) is not None:
            picks.setCurrentIndex(self._model.index(at, 0), flag.NoUpdate)
        elif current:
            self.chosen.emit("")

    def _moved(self, now: QModelIndex, _: QModelIndex) -> None:
        found = self._model.row(now.row()) if now.isValid() else None
        self.chosen.emit(found.key if found else "")

    def _double(self, index: QModelIndex) -> None:
        found = self._model.row(index.row())
        if found:
            self.opened.emit(found.key)


def _whole(column: Column) -> bool:
    """Tell whether a column is never cut."""
    return column.whole or column.kind == "verdict"


def _stays(column: Column) -> bool:
    """Tell whether a column never folds away."""
    return column.keeps or column.kind == "verdict"
