"""The mark of a verdict: a shape, a word and a colour, so that any one of them may be missed."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from lims.text import words


def describe(verdict: str) -> str:
    """Return shape and word of a verdict for running text: `○ 阴性`."""
    return f"{theme.VERDICTS.get(verdict, '?')} {words('call.' + verdict)}"


def draw_shape(painter: QPainter, box: QRectF, verdict: str) -> None:
    """Draw the shape of a verdict: open circle, open triangle, full circle, cross, or a dash."""
    ink = theme.current().colour(verdict)
    width = max(1.5, box.width() / 8)
    inside = box.adjusted(width, width, -width, -width)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(ink if verdict == "positive" else Qt.BrushStyle.NoBrush)
    if verdict in {"negative", "positive"}:
        painter.drawEllipse(inside)
    elif verdict == "suspect":
        top = QPointF(inside.center().x(), inside.top())
        painter.drawPolygon(QPolygonF([top, inside.bottomRight(), inside.bottomLeft()]))
    elif verdict == "invalid":
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.topRight(), inside.bottomLeft())
    else:
        middle = inside.center().y()
        painter.drawLine(QPointF(inside.left(), middle), QPointF(inside.right(), middle))
    painter.restore()


def shape(verdict: str, length: int, ratio: float = 1.0) -> QPixmap:
    """Return the shape as a picture, `length` logical pixels wide and high."""
    picture = QPixmap(round(length * ratio), round(length * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:  # it ends before the picture goes, also where drawing raises
        draw_shape(painter, QRectF(0, 0, length, length), verdict)
    return picture


class VerdictMark(QWidget):
    """Shape and word of one verdict (`negative`, `suspect`, `positive`, `invalid`, `not_applicable`)."""

    def __init__(self, verdict: str | None = None, role: str = "base") -> None:
        super().__init__()
        self._verdict, self._role = verdict, role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._dress()

    def show_verdict(self, verdict: str | None) -> None:
        """Show another verdict; None shows nothing: there is no conclusion yet."""
        self._verdict = verdict
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and look."""
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.StyleChange}:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setAccessibleName(describe(self._verdict) if self._verdict else "")
        self.updateGeometry()
        self.update()

    def _word(self) -> str:
        return words(f"call.{self._verdict}") if self._verdict else ""

    def sizeHint(self) -> QSize:
        """Ask for room for shape and word."""
        look = theme.current()
        side = look.px(theme.FONTS[self._role])
        metrics = self._metrics()
        return QSize(side + look.px(6) + metrics[0] + look.px(2), max(side, metrics[1]))

    def _metrics(self) -> tuple[int, int]:
        metrics = QFontMetrics(theme.current().font(self._role, strong=True))
        return metrics.horizontalAdvance(self._word()), metrics.height()

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw shape and word."""
        if self._verdict is None:
            return
        painter, look = QPainter(self), theme.current()
        side = look.px(theme.FONTS[self._role])
        draw_shape(painter, QRectF(0, (self.height() - side) / 2, side, side), self._verdict)
        painter.setFont(look.font(self._role, strong=True))
        painter.setPen(look.colour(self._verdict))
        box = QRect(side + look.px(6), 0, self.width(), self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._word())
        painter.end()
