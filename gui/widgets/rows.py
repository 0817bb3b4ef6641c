"""The rows behind a table: asked for in blocks as they come into view, a few kept, never all."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from gui import theme
from gui.mishap import SIGN, described, guarded, mishaps, nothing
from gui.widgets.verdict import shape
from gui.work import Work
from lims.errors import LimsError
from lims.text import number, t, words

BLOCK = 200
KEPT = 64
Index = QModelIndex | QPersistentModelIndex


def plainly(value: object) -> str:
    """Write a value in a cell; None is nothing known, so nothing is written."""
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name for sorting, its head (message id), its width at 100 % and how a value is written.

    `kind` is `text`, `number` (right-aligned) or `verdict` (shape, word and colour). One that `keeps` its place does
    not fold away where there is little room; a `whole` one may, but is never cut: others give way. A verdict is both.
    """

    name: str
    head: str
    width: int = 120
    kind: str = "text"
    show: Callable[[object], str] = plainly
    sorts: bool = True
    keeps: bool = False
    whole: bool = False


def figure(name: str, head: str, width: int, *, sorts: bool = True) -> Column:
    """Return a column of figures; a dash stands where there is none."""
    return Column(name, head, width, "number", _written, sorts)


def _written(value: object) -> str:
    return "—" if value is None else number(value) if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the key that it keeps, its values in the order of the columns, and the colour of its text."""

    key: str
    cells: tuple[object, ...]
    tone: str = ""


class Source(Protocol):
    """Where rows come from; both are called in a worker thread."""

    def count(self) -> int:
        """Return how many rows there are."""

    def rows(self, first: int, count: int, sort: str, down: bool) -> Sequence[Row]:
        """Return rows from `first` on, sorted by a column's name (empty: as the source likes)."""


class Listed:
    """Rows that are all at hand, for short lists."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[Column]) -> None:
        self._rows = list(rows)
        self._at = {column.name: at for at, column in enumerate(columns)}

    def count(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def rows(self, first: int, count: int, sort: str, down: bool) -> Sequence[Row]:
        """Return a part of the rows; an unknown value sorts last in both directions."""
        rows = self._rows
        if sort:
            at = self._at[sort]
            known = [row for row in rows if row.cells[at] is not None]
            known.sort(key=lambda row: _sortable(row.cells[at]), reverse=down)
            rows = known + [row for row in rows if row.cells[at] is None]
        return rows[first : first + count]


def _sortable(value: Any) -> Any:  # noqa: ANN401 - a column holds values of one kind
    if not isinstance(value, str):
        return value
    from lims.rules.spelling import place  # noqa: PLC0415 - the dictionary is slow to read, and the window comes first

    return place(value)


class Rows(QAbstractTableModel):
    """The model of a table: 64 blocks of 200 rows, the least used dropped first.

    Signals:
        arrived: a block has come.
        failed: a block could not be read; takes the exception.
    """

    arrived = Signal()
    failed = Signal(object)

    def __init__(self, columns: Sequence[Column], work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._work = work
        self._source: Source = Listed((), columns)
        self._count, self._turn = 0, 0
        self._blocks: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._asked: set[int] = set()
        self.sort_by, self.down = "", False

    # What a screen calls ----------------------------------------------------------------------------------

    def show_source(self, source: Source) -> None:
        """Show other rows; what is shown now stays until the first block has come."""
        self._source = source
        self.reload()

    def reload(self) -> None:
        """Read anew, because something changed."""
        self._turn += 1
        self._asked.clear()
        source, turn, sort, down = self._source, self._turn, self.sort_by, self.down
        if isinstance(source, Listed):
            self._begin(turn, (source.count(), source.rows(0, BLOCK, sort, down)))
            return
        self._work.run(lambda: (source.count(), source.rows(0, BLOCK, sort, down)), owner=self,
                       then=lambda answer: self._begin(turn, answer), failed=self.failed.emit)  # fmt: skip

    def row(self, at: int) -> Row | None:
        """Return a row that is at hand, and ask for its block when it is not."""
        block = at // BLOCK
        if block in self._blocks:
            self._blocks.move_to_end(block)
            rows = self._blocks[block]
            return rows[at % BLOCK] if at % BLOCK < len(rows) else None
        self._fetch(block)
        return None

    def at_hand(self, key: str) -> int | None:
        """Return where the row of a key stands, among those at hand."""
        for block, rows in self._blocks.items():
            for at, each in enumerate(rows):
                if each.key == key:
                    return block * BLOCK + at
        return None

    def read(self, first: int, count: int) -> Sequence[Row]:
        """Read rows from the source itself; for a worker thread."""
        return self._source.rows(first, count, self.sort_by, self.down)

    # Blocks -----------------------------------------------------------------------------------------------

    def _begin(self, turn: int, answer: tuple[int, Sequence[Row]]) -> None:
        if turn != self._turn:
            return
        self.beginResetModel()
        self._blocks.clear()
        self._count, self._blocks[0] = answer
        self.endResetModel()
        self.arrived.emit()

    def _fetch(self, block: int) -> None:
        if block in self._asked:
            return
        self._asked.add(block)
        source, turn, sort, down = self._source, self._turn, self.sort_by, self.down
        if isinstance(source, Listed):
            self._take(turn, block, source.rows(block * BLOCK, BLOCK, sort, down))
            return
        self._work.run(lambda: source.rows(block * BLOCK, BLOCK, sort, down), owner=self,
                       then=lambda rows: self._take(turn, block, rows), failed=self.failed.emit)  # fmt: skip

    def _take(self, turn: int, block: int, rows: Sequence[Row]) -> None:
        if turn != self._turn:
            return
        self._asked.discard(block)
        self._blocks[block] = rows
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)
        first, last = block * BLOCK, block * BLOCK + max(0, len(rows) - 1)
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        self.arrived.emit()

    # What Qt calls ----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Count the rows."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Count the columns."""
        return 0 if parent.isValid() else len(self.columns)

    @guarded(nothing)
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what stands in a cell."""
        found = self.row(index.row())
        if found is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 else None
        column, value = self.columns[index.column()], found.cells[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return theme.current().readable(self.written(column, value))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            name = str(value) if column.kind == "verdict" and value else found.tone
            return theme.current().colour(name) if name else None
        if role == Qt.ItemDataRole.DecorationRole and column.kind == "verdict" and value:
            return shape(str(value), theme.current().px(14), 2.0)
        return None

    @staticmethod
    def written(column: Column, value: object) -> str:
        """Write a value as its column writes it; one that cannot be written so stands as it is, behind a sign."""
        try:
            return words(f"call.{value}") if column.kind == "verdict" and value else column.show(value)
        except Exception as error:  # noqa: BLE001 - Qt asks for it, and whatever left here would end the program
            said = LimsError("desktop.cell", column=t(column.head), detail=described(error))
            mishaps.note(f"column {column.name}, {column.head}", error, said)
            return f"{SIGN} {value}"

    @guarded(nothing)
    def headerData(
        self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the head of a column."""
        if way != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return t(self.columns[section].head)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            number = self.columns[section].kind == "number"
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @guarded(nothing)
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, where the rows are; a negative column is the source's own order."""
        name = self.columns[column].name if column >= 0 and self.columns[column].sorts else ""
        down = order == Qt.SortOrder.DescendingOrder
        if (name, down) != (self.sort_by, self.down):
            self.sort_by, self.down = name, down
            self.reload()
