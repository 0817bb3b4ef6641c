"""A sample's life: one line a fact, the newest at the foot, gaps drawn as hatched spaces with their length."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets import icon


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: time and words already written, an icon, a tone; `gap` makes it a hole in the custody."""

    key: str
    time: str
    words: str
    who: str = ""
    picture: str = "note"
    tone: str = "text"
    gap: bool = False


class Timeline(QWidget):
    """Facts one under another.

    Signals:
        opened: key of a fact whose evidence is wanted.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[Fact, ...] = ()
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show facts, oldest first."""
        self._facts = tuple(facts)
        self._at = min(self._at, len(self._facts) - 1)
        self.setFixedHeight(max(1, len(self._facts)) * self._row())
        self.setAccessibleName("\n".join(f"{fact.time} {fact.words} {fact.who}" for fact in self._facts))
        self.update()

    def _row(self) -> int:
        return theme.current().size("row")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, open with the space bar."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and self._facts:
            self._at = min(len(self._facts) - 1, max(0, self._at + step))
            self.update()
        elif event.key() == Qt.Key.Key_Space and 0 <= self._at < len(self._facts):
            self.opened.emit(self._facts[self._at].key)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the line that was pressed."""
        at = int(event.position().y()) // self._row()
        if 0 <= at < len(self._facts):
            self._at = at
            self.update()
            self.opened.emit(self._facts[at].key)

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the thread and its facts."""
        painter = QPainter(self)
        look, row = theme.current(), self._row()
        thread = look.px(96)
        painter.setPen(QPen(look.colour("line"), look.px(2)))
        painter.drawLine(thread, row // 2, thread, max(row // 2, self.height() - row // 2))
        for at, fact in enumerate(self._facts):
            line = QRect(0, at * row, self.width(), row)
            if at == self._at:
                painter.fillRect(line, look.colour("soft_accent"))
            self._gap(painter, line, fact, thread) if fact.gap else self._fact(painter, line, fact, thread)
        painter.end()

    def _gap(self, painter: QPainter, line: QRect, fact: Fact, thread: int) -> None:
        look = theme.current()
        space = line.adjusted(thread - look.px(12), look.px(4), -look.px(8), -look.px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("soft_suspect"))
        painter.drawRect(space)
        brush = painter.brush()
        brush.setColor(look.colour("line"))
        brush.setStyle(Qt.BrushStyle.BDiagPattern)
        painter.setBrush(brush)
        painter.drawRect(space)
        painter.setFont(look.font("table", strong=True))
        room = space.width() - look.px(56)
        shown = painter.fontMetrics().elidedText(fact.words, Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(shown) + look.px(16)
        words = QRect(space.left() + look.px(28), space.top(), width, space.height())
        painter.fillRect(words, look.colour("soft_suspect"))
        painter.setPen(look.colour("suspect"))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)

    def _fact(self, painter: QPainter, line: QRect, fact: Fact, thread: int) -> None:
        look, middle = theme.current(), Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font("table"))
        painter.setPen(look.colour("muted"))
        painter.drawText(line.adjusted(look.px(4), 0, -(self.width() - thread + look.px(16)), 0),
                         middle | Qt.AlignmentFlag.AlignRight, fact.time)  # fmt: skip
        side = look.px(16)
        spot = QRect(thread - side // 2, line.center().y() - side // 2, side, side)
        painter.fillRect(
            spot.adjusted(-look.px(2), -look.px(2), look.px(2), look.px(2)), look.colour("surface")
        )
        painter.drawPixmap(spot, icon.picture(fact.picture, fact.tone, side, self.devicePixelRatioF()))
        who_width = painter.fontMetrics().horizontalAdvance(fact.who) + look.px(16)
        painter.drawText(line.adjusted(0, 0, -look.px(8), 0), middle | Qt.AlignmentFlag.AlignRight, fact.who)
        painter.setPen(look.colour(fact.tone))
        words = line.adjusted(thread + look.px(16), 0, -who_width, 0)
        shown = painter.fontMetrics().elidedText(
            look.readable(fact.words), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, middle, shown)
