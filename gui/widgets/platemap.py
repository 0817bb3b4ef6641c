"""A 96-well plate drawn as it lies on the bench: rows A to H, columns 1 to 12, several wells marked at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from gui import theme
from gui.mishap import guarded, nothing
from lims.text import t

ROWS = "ABCDEFGH"
COLUMNS = 12
GROUNDS = {"standard": "soft_accent", "control": "soft_suspect", "sample": "raised", "blank": "surface"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What is written in one well: its role, which colours it, and one or two short lines."""

    role: str
    words: str
    figure: str = ""


ROLE = Qt.ItemDataRole.UserRole


class Drawn(QStyledItemDelegate):
    """Draws a well in the colour of its role, its words from edge to edge, a frame around what is marked."""

    @guarded(nothing)
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one well."""
        look = theme.current()
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined] # the stubs leave it out
        rect = option.rect  # type: ignore[attr-defined] # the same
        painter.save()
        painter.fillRect(rect, look.colour(GROUNDS.get(str(index.data(ROLE)), "surface")))
        painter.setFont(look.font("small"))
        painter.setPen(look.colour("text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data() or ""))
        if state & QStyle.StateFlag.State_Selected:
            width = look.px(2)
            painter.setPen(QPen(look.colour("accent"), width))
            painter.drawRect(rect.adjusted(width // 2, width // 2, -width, -width))
        painter.restore()


class PlateMap(QTableWidget):
    """The wells of a plate; the cursor moves with arrows, Shift and the mouse mark several.

    Signals:
        marked: other wells are marked.

    Args:
        name: message id for a screen reader.
    """

    marked = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(len(ROWS), COLUMNS)
        self._name = name
        self._cells: dict[str, Cell] = {}
        self.setHorizontalHeaderLabels([str(one + 1) for one in range(COLUMNS)])
        self.setVerticalHeaderLabels(list(ROWS))
        for head in (self.horizontalHeader(), self.verticalHeader()):
            head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            head.setMinimumSectionSize(theme.current().px(20))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(Drawn(self))
        self.itemSelectionChanged.connect(self.marked)
        self._draw()

    @property
    def wells(self) -> Sequence[str]:
        """The wells that are marked, row by row."""
        places = sorted((one.row(), one.column()) for one in self.selectedIndexes())
        return [f"{ROWS[row]}{column + 1}" for row, column in places]

    def mark_wells(self, wells: Sequence[str]) -> None:
        """Mark these wells and no other."""
        self.clearSelection()
        for well in wells:
            item = self.item(ROWS.index(well[0]), int(well[1:]) - 1)
            if item is not None:
                item.setSelected(True)

    def show_cells(self, cells: Mapping[str, Cell]) -> None:
        """Show what stands in each well; wells that are absent are empty."""
        self._cells = dict(cells)
        self._draw()

    def words(self, well: str) -> str:
        """Return what is written in a well."""
        item = self.item(ROWS.index(well[0]), int(well[1:]) - 1)
        return item.text() if item is not None else ""

    def _draw(self) -> None:
        self.setAccessibleName(t(self._name))
        for row, letter in enumerate(ROWS):
            for column in range(COLUMNS):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.setItem(row, column, item)
                cell = self._cells.get(f"{letter}{column + 1}")
                item.setText("\n".join(part for part in (cell.words, cell.figure) if part) if cell else "")
                item.setData(ROLE, cell.role if cell else "")

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and look."""
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.StyleChange}:
            self._draw()
        super().changeEvent(event)
