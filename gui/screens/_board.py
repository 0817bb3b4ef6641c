"""The channels of one instrument in the device's own shape; tiles shrink to wells where a plate has many."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets import boxes
from gui.widgets.tile import Channel, Tile
from gui.widgets.verdict import draw_shape

Shape = Sequence[Sequence[str]]
ROOMY = (120, 128)
"""Least width and height in pixels at 100 % of a channel that is drawn as a whole tile."""
STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class Well(Tile):
    """A channel where there is little room: its name, the end of the number, the value and the mark."""

    def sizeHint(self) -> QSize:
        """Ask for little."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Go down to what a plate of twelve columns leaves."""
        side = theme.current().px(34)
        return QSize(side, side)

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw as many lines as fit, the value first."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        self._ground(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2))
        inside = self.rect().adjusted(look.px(6), look.px(5), -look.px(6), -look.px(5))
        painter.setFont(look.font("small", strong=True))
        line = painter.fontMetrics().height()
        top = QRect(inside.left(), inside.top(), inside.width(), line)
        self._line(painter, top, self._channel.number, look.colour("muted"))
        self._mark(painter, top)
        self._lines(painter, inside.adjusted(0, line, 0, 0))
        painter.end()

    def _mark(self, painter: QPainter, top: QRect) -> None:
        if self._channel.verdict:
            side = theme.current().px(theme.FONTS["table"])
            box = QRectF(top.right() - side, top.top() + 1, side, side)
            draw_shape(painter, box, self._channel.verdict)

    def _lines(self, painter: QPainter, space: QRect) -> None:
        shown, look = self._channel, theme.current()
        void = shown.state == "void"
        ink = look.colour("muted" if void else "text")
        value = f"{shown.value} {shown.unit}".strip()
        tiny = space.width() < look.px(44)
        end = shown.sample[-4 if tiny else -5 :] if shown.sample else shown.food
        lines = [(value, "base", True, ink)] if value else []
        lines += [(end, "small" if tiny else "table", False, ink)] if end else []
        lines += [(shown.food, "small", False, look.colour("muted"))] if shown.sample else []
        lines += [(shown.note, "small", False, look.colour("suspect" if void else "muted"))]
        top = space.top()
        for words, role, strong, colour in lines:
            painter.setFont(look.font(role, strong=strong))
            height = painter.fontMetrics().height()
            if not words or top + height > space.bottom() + look.px(4):
                continue
            box = QRect(space.left(), top, space.width(), height)
            self._line(painter, box, words, colour)
            if void and words == value:
                wide = min(box.width(), painter.fontMetrics().horizontalAdvance(words))
                painter.setPen(QPen(look.colour("suspect"), look.px(2)))
                painter.drawLine(box.left(), box.center().y(), box.left() + wide, box.center().y())
            top += height


class Board(QWidget):
    """All channels, one of them current; arrows move, the mouse may choose.

    Signals:
        moved: position of the channel that is current now.
    """

    moved = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._grid = boxes.grid(self, gap=4)
        self._shape: tuple[tuple[str, ...], ...] = ()
        self._channels: dict[str, Channel] = {}
        self.tiles: dict[str, Tile] = {}
        self._roomy = self._waits = True
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._current = ""

    # What a screen calls ----------------------------------------------------------------------------------

    def show_shape(self, shape: Shape) -> None:
        """Show another device; its first channel becomes current."""
        wanted = tuple(tuple(row) for row in shape)
        if wanted == self._shape:
            return
        self._shape = wanted
        self._channels = {}
        self._current = wanted[0][0] if wanted and wanted[0] else ""
        self._rows, self._roomy = self._laid()
        self._build()

    def show_channels(self, channels: Mapping[str, Channel], *, waits: bool = True) -> None:
        """Show what stands in the channels; one without an entry waits for a scan, or is left out of this run."""
        self._channels = dict(channels)
        self._waits = waits
        for position, tile in self.tiles.items():
            tile.show_channel(self._channels.get(position, self._nobody(position)))

    @property
    def positions(self) -> list[str]:
        """All channels in the order in which scans fill them."""
        return [position for row in self._shape for position in row]

    @property
    def current(self) -> str:
        """The channel that is current."""
        return self._current

    def move_to(self, position: str) -> None:
        """Make a channel current."""
        if position not in self.tiles:
            return
        for each, tile in self.tiles.items():
            tile.set_current(each == position)
        changed, self._current = position != self._current, position
        if changed:
            self.moved.emit(position)

    # Drawing ----------------------------------------------------------------------------------------------

    def _nobody(self, position: str) -> Channel:
        return Channel(position, "empty" if self._waits else "void")

    def _laid(self) -> tuple[tuple[tuple[str, ...], ...], bool]:
        """Return the rows as they are laid and whether tiles fit; one long row is broken in two where that helps."""
        if self._fits(self._shape) or len(self._shape) != 1:
            return self._shape, self._fits(self._shape)
        row = self._shape[0]
        half = (len(row) + 1) // 2
        broken = (row[:half], row[half:])
        return (broken, True) if self._fits(broken) else (self._shape, False)

    def _fits(self, rows: Shape) -> bool:
        px, columns = theme.current().px, max((len(row) for row in rows), default=1)
        return self.width() // columns >= px(ROOMY[0]) and self.height() // max(1, len(rows)) >= px(ROOMY[1])

    def _build(self) -> None:
        boxes.clear(self._grid)
        for at in range(max(self._grid.columnCount(), self._grid.rowCount())):
            self._grid.setColumnStretch(at, 0)
            self._grid.setRowStretch(at, 0)
        self.tiles = {}
        kind = Tile if self._roomy else Well
        for down, row in enumerate(self._rows):
            self._grid.setRowStretch(down, 1)
            for across, position in enumerate(row):
                self._grid.setColumnStretch(across, 1)
                tile = self.tiles[position] = kind(self._channels.get(position, self._nobody(position)))
                tile.pressed.connect(self._pressed)
                tile.set_current(position == self._current)
                self._grid.addWidget(tile, down, across)

    def _pressed(self, position: str) -> None:
        self.setFocus()
        self.move_to(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Change between tiles and wells as the room does."""
        super().resizeEvent(event)
        laid = self._laid()
        if laid != (self._rows, self._roomy):
            self._rows, self._roomy = laid
            self._build()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows; every other key is for the screen."""
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or not self._shape:
            event.ignore()
            return
        places = {
            position: (down, across)
            for down, row in enumerate(self._rows)
            for across, position in enumerate(row)
        }
        down, across = places[self._current]
        wanted = (down + step[0], across + step[1])
        found = next((position for position, place in places.items() if place == wanted), None)
        if found is None and step[0] == 0:
            order = self.positions
            found = order[max(0, min(len(order) - 1, order.index(self._current) + step[1]))]
        if found is not None:
            self.move_to(found)
