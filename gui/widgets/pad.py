"""A place to sign on: what a finger, a pen or the mouse draws becomes a picture."""

from PySide6.QtCore import QBuffer, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.mishap import guarded, signed
from lims.text import mark, t

HINT = mark("Sign here")


class Pad(QWidget):
    """Keeps strokes and draws them; a double press begins anew.

    Signals:
        changed: a stroke was drawn, or all were taken away.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._strokes: list[list[QPointF]] = []
        self.setFixedHeight(theme.current().px(110))
        self.setAccessibleName(t(HINT))

    @property
    def empty(self) -> bool:
        """Whether nothing was drawn."""
        return not any(len(stroke) > 1 for stroke in self._strokes)

    def clear(self) -> None:
        """Take every stroke away."""
        self._strokes.clear()
        self.update()
        self.changed.emit()

    def png(self) -> bytes:
        """Return what was drawn, black on white; nothing while it is empty."""
        if self.empty:
            return b""
        image = QImage(self.size().expandedTo(QSize(200, 80)), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        self._draw(painter, QPen(Qt.GlobalColor.black, 3))
        painter.end()
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload] # the stubs want bytes, Qt wants a text
        return bytes(buffer.data().data())

    def _draw(self, painter: QPainter, pen: QPen) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        for stroke in self._strokes:
            painter.drawPolyline(stroke)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._strokes.append([event.position()])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        if self._strokes:
            self._strokes[-1].append(event.position())
            self.update()

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:
        """End the stroke."""
        self.changed.emit()

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:
        """Begin anew."""
        self.clear()

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the ground, the hint and the strokes."""
        painter, look = QPainter(self), theme.current()
        painter.fillRect(self.rect(), look.colour("surface"))
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self.empty:
            painter.setPen(look.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, t(HINT))
        self._draw(painter, QPen(look.colour("text"), look.px(2)))
        painter.end()
