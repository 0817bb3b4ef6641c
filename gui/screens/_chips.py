"""The instruments of the bench in one row: name, link with mark and word, today's control, lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from gui.screens import _codes
from gui.screens._channels import control_today
from gui.widgets import boxes
from lims.queries.bench import RunView
from lims.queries.equipment import Owned
from lims.text import mark, t

WIDE, HIGH = 240, 52
NAME = 60
"""What a name keeps beside its link; the link is what must be read, so a long name is cut, not the link."""
MARKS = {"open": "●", "connecting": "◌", "lost": "╳", "stopped": "■"}
TONES = {"open": "negative", "connecting": "suspect", "lost": "positive", "stopped": "muted"}
CONTROLS = {
    "valid": (mark("✓ control good today"), "negative"),
    "invalid": (mark("╳ control failed today"), "positive"),
    "none": (mark("– no control today"), "muted"),
}


def linked(state: str) -> str:
    """Say how a line stands, with its mark."""
    return f"{MARKS.get(state, '■')} {_codes.coded('link', state)}"


@dataclass(frozen=True, slots=True)
class Face:
    """What one chip shows: two lines of words with their tones; the marks are part of the words."""

    id: str
    name: str
    link: str
    link_tone: str
    control: str
    control_tone: str


def face(one: Owned, line: Any, runs: Sequence[RunView]) -> Face:  # noqa: ANN401 - a line of the bench, or None
    """Return the face of an instrument: its link, the latest control of today, the lot used last."""
    state = line.state if line else "stopped"
    link = linked(state)
    found, _ = control_today(runs, one.id)
    message, tone = CONTROLS[found]
    last = next((run for run in runs if run.instrument == one.id), None)
    control = f"{t(message)} · {last.lot}" if last else t(message)
    return Face(one.id, one.name, link, TONES.get(state, "muted"), control, tone)


class Chip(QAbstractButton):
    """One instrument."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self.face = face
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.show_face(face)

    def show_face(self, face: Face) -> None:
        """Show another state."""
        self.face = face
        self.setAccessibleName(f"{face.name} {face.link} {face.control}")
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for room for two lines."""
        px = theme.current().px
        return QSize(px(WIDE), px(HIGH))

    def minimumSizeHint(self) -> QSize:
        """Go down to half of the width."""
        px = theme.current().px
        return QSize(px(WIDE // 2), px(HIGH))

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw name and link above, control and lot below."""
        painter, look = QPainter(self), theme.current()
        chosen = self.isChecked()
        painter.setPen(QPen(look.colour("accent" if chosen else "line"), look.px(2 if chosen else 1)))
        painter.setBrush(look.colour("soft_accent" if chosen else "raised"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), look.px(4), look.px(4))
        inside = self.rect().adjusted(look.px(10), look.px(5), -look.px(10), -look.px(5))
        half = inside.height() // 2
        first = QRect(inside.left(), inside.top(), inside.width(), half)
        painter.setFont(look.font("table"))
        words = look.readable(self.face.link)
        room = min(
            painter.fontMetrics().horizontalAdvance(words) + look.px(4), inside.width() - look.px(NAME)
        )
        self._line(painter, first, self.face.link, self.face.link_tone, room, right=True)
        painter.setFont(look.font("base", strong=True))
        self._line(painter, first, self.face.name, "text", inside.width() - room - look.px(8))
        painter.setFont(look.font("small"))
        second = first.translated(0, half)
        self._line(painter, second, self.face.control, self.face.control_tone, inside.width())
        painter.end()

    @staticmethod
    def _line(
        painter: QPainter, box: QRect, words: str, tone: str, room: int, *, right: bool = False
    ) -> None:
        look = theme.current()
        painter.setPen(look.colour(tone))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(look.readable(words), Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


class Chips(QWidget):
    """A row of chips, one of them chosen.

    Signals:
        chosen: id of an instrument.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._row = boxes.row(of=self, gap=8)
        self.chips: dict[str, Chip] = {}
        self.current = ""

    def show_faces(self, faces: Sequence[Face]) -> None:
        """Show instruments; the chosen one stays chosen while it is there, else the first is."""
        if [face.id for face in faces] != list(self.chips):
            boxes.clear(self._row)
            self.chips = {face.id: Chip(face) for face in faces}
            for id_, chip in self.chips.items():
                chip.clicked.connect(lambda *_, id_=id_: self.choose(id_))
                self._row.addWidget(chip)
            self._row.addStretch(1)
        for face in faces:
            self.chips[face.id].show_face(face)
        if self.current not in self.chips and self.chips:
            self.choose(next(iter(self.chips)))

    def choose(self, id_: str) -> None:
        """Choose an instrument."""
        for each, chip in self.chips.items():
            chip.setChecked(each == id_)
        if id_ != self.current and id_ in self.chips:
            self.current = id_
            self.chosen.emit(id_)

    def step(self) -> None:
        """Choose the next one, round and round."""
        order = list(self.chips)
        if order:
            self.choose(order[(order.index(self.current) + 1) % len(order)])
