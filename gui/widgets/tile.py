"""A channel of an instrument as a tile: who is in it, how the curve runs, what came out."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets.verdict import describe, draw_shape
from lims.text import mark, t, words

EMPTY = mark("Scan to place a sample")


@dataclass(frozen=True, slots=True)
class Channel:
    """What a tile shows; words are already translated.

    `state` is empty, bound, running, control, void or done; `ring` is the part of the incubation that is over
    (0 to 1), None when no timer runs; `curve` the last 60 seconds.
    """

    number: str
    state: str = "empty"
    sample: str = ""
    food: str = ""
    item: str = ""
    value: str = ""
    unit: str = ""
    verdict: str | None = None
    note: str = ""
    curve: Sequence[float] = ()
    ring: float | None = None


class Tile(QWidget):
    """One channel.

    Signals:
        pressed: number of the channel.
    """

    pressed = Signal(str)

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel, self._current = channel, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.show_channel(channel)

    def show_channel(self, channel: Channel) -> None:
        """Show another state; drawn anew only when something changed."""
        if channel != self._channel or not self.accessibleName():
            self._channel = channel
            self.setAccessibleName(self._spoken())
            self.update()

    def set_current(self, current: bool) -> None:
        """Draw the ring of the cursor: the next scan goes here."""
        self._current = current
        self.update()

    def _spoken(self) -> str:
        shown = self._channel
        said = describe(shown.verdict) if shown.verdict else ""
        parts = (
            shown.number,
            shown.sample,
            shown.food,
            shown.item,
            f"{shown.value} {shown.unit}",
            said,
            shown.note,
        )
        return " ".join(part for part in parts if part.strip()) + (
            f" {t(EMPTY)}" if shown.state == "empty" else ""
        )

    def sizeHint(self) -> QSize:
        """Ask for the length that the theme names."""
        side = theme.current().size("tile")
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Go down to two thirds of it."""
        side = theme.current().size("tile") * 2 // 3
        return QSize(side, side)

    def mousePressEvent(self, _: QMouseEvent) -> None:
        """Tell that the tile was pressed."""
        self.pressed.emit(self._channel.number)

    # Drawing ----------------------------------------------------------------------------------------------

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the tile: head, curve between, value and verdict at the foot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, shown = theme.current(), self._channel
        frame = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        self._ground(painter, frame)
        if shown.ring is not None:
            self._ring(painter, frame, shown.ring)
        inside = self.rect().adjusted(look.px(12), look.px(10), -look.px(12), -look.px(10))
        top = self._head(painter, inside)
        if shown.state == "empty":
            painter.setPen(look.colour("muted"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, t(EMPTY))
        foot = self._verdict(painter, inside)
        bottom = self._value(painter, foot)
        self._curve(
            painter, QRect(inside.left(), top + look.px(6), inside.width(), bottom - top - look.px(12))
        )
        painter.end()

    def _ground(self, painter: QPainter, frame: QRectF) -> None:
        look, shown = theme.current(), self._channel
        ground = {"control": "soft_accent", "void": "surface", "empty": "surface"}.get(shown.state, "raised")
        if shown.verdict == "positive":
            ground = "soft_positive"
        painter.setBrush(look.colour(ground))
        pen = QPen(look.colour("accent" if self._current else "line"), look.px(2 if self._current else 1))
        if shown.state == "empty" and not self._current:
            pen.setColor(look.colour("edge"))
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(frame, look.px(4), look.px(4))

    def _ring(self, painter: QPainter, frame: QRectF, part: float) -> None:
        """Draw the timer round the tile, clockwise from the top."""
        path = QPainterPath()
        path.moveTo(frame.center().x(), frame.top())
        for corner in (frame.topRight(), frame.bottomRight(), frame.bottomLeft(), frame.topLeft()):
            path.lineTo(corner)
        path.lineTo(frame.center().x(), frame.top())
        look = theme.current()
        width = look.px(3)
        done = max(0.0, min(1.0, part)) * path.length() / width
        pen = QPen(look.colour("accent"), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([max(done, 0.001), path.length() / width])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(path)

    def _line(self, painter: QPainter, box: QRect, words: str, ink: QColor, *, right: bool = False) -> None:
        painter.setPen(ink)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        readable = theme.current().readable(words)
        shown = painter.fontMetrics().elidedText(readable, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shown)

    def _head(self, painter: QPainter, inside: QRect) -> int:
        """Draw the last six figures large, the channel's number, food and item; return where the head ends."""
        look, shown = theme.current(), self._channel
        painter.setFont(look.font("head", strong=True))
        first = QRect(inside.left(), inside.top(), inside.width(), painter.fontMetrics().height())
        ink = look.colour("muted" if shown.state == "void" else "text")
        number = f"…{shown.sample[-6:]}" if shown.sample else ""
        self._line(painter, first.adjusted(0, 0, -look.px(24), 0), number, ink)
        painter.setFont(look.font("small", strong=True))
        self._line(painter, first, shown.number, look.colour("muted"), right=True)
        painter.setFont(look.font("small"))
        second = QRect(inside.left(), first.bottom() + 1, inside.width(), painter.fontMetrics().height())
        about = " · ".join(part for part in (shown.food, shown.item) if part)
        self._line(painter, second, about, look.colour("muted"))
        return second.bottom()

    def _curve(self, painter: QPainter, space: QRect) -> None:
        points, look = self._channel.curve, theme.current()
        if len(points) < 2 or space.height() < look.px(12):
            return
        low, high = min(points), max(points)
        span = (high - low) or 1.0
        step = space.width() / (len(points) - 1)
        line = [
            QPointF(space.left() + at * step, space.bottom() - (value - low) / span * space.height())
            for at, value in enumerate(points)
        ]
        painter.setPen(
            QPen(look.colour("muted" if self._channel.state == "void" else "accent"), look.px(1.5))
        )
        painter.drawPolyline(line)

    def _verdict(self, painter: QPainter, inside: QRect) -> int:
        """Draw the verdict with its shape, or a note; return where the foot begins."""
        look, shown = theme.current(), self._channel
        painter.setFont(look.font("base", strong=bool(shown.verdict)))
        height = painter.fontMetrics().height()
        box = QRect(inside.left(), inside.bottom() - height, inside.width(), height)
        if shown.verdict:
            side = look.px(theme.FONTS["base"])
            draw_shape(
                painter, QRectF(box.left(), box.center().y() - side / 2 + 1, side, side), shown.verdict
            )
            said = words(f"call.{shown.verdict}")
            self._line(painter, box.adjusted(side + look.px(6), 0, 0, 0), said, look.colour(shown.verdict))
            box = box.adjusted(side + look.px(12) + painter.fontMetrics().horizontalAdvance(said), 0, 0, 0)
        painter.setFont(look.font("small"))
        self._line(painter, box, shown.note, look.colour("suspect" if shown.state == "void" else "muted"))
        return inside.bottom() - height

    def _value(self, painter: QPainter, foot: int) -> int:
        """Draw the value with its unit, struck when void; return where it begins."""
        look, shown = theme.current(), self._channel
        inside = self.rect().adjusted(look.px(12), 0, -look.px(12), 0)
        if not shown.value:
            return foot
        painter.setFont(look.font("tile", strong=True))
        metrics = painter.fontMetrics()
        box = QRect(inside.left(), foot - metrics.height(), inside.width(), metrics.height())
        self._line(painter, box, shown.value, look.colour("muted" if shown.state == "void" else "text"))
        wide = metrics.horizontalAdvance(shown.value)
        if shown.state == "void":
            painter.setPen(QPen(look.colour("suspect"), look.px(2)))
            painter.drawLine(box.left(), box.center().y(), box.left() + wide, box.center().y())
        painter.setFont(look.font("base"))
        at = box.left() + wide + look.px(4)
        unit, beside = look.readable(shown.unit), painter.fontMetrics()
        if beside.horizontalAdvance(unit) > box.right() - at:  # a unit is never cut: it goes above the figure
            above = QRect(box.left(), box.top() - beside.height(), box.width(), beside.height())
            self._line(painter, above, unit, look.colour("muted"))
            return above.top()
        painter.setPen(look.colour("muted"))
        painter.drawText(at, box.top() + metrics.ascent(), unit)  # on the figure's own line
        return box.top()
