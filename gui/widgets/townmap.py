"""The county as tiles: each township where it lies, roughly, with its sign, its number and its pace."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets.label import plain_tip
from lims.queries.figures import Town
from lims.text import mark, t

PLACES = {
    "小沧畲族乡": (0, 0), "蓼沿乡": (1, 0), "丹阳镇": (2, 0), "马鼻镇": (3, 0),
    "透堡镇": (4, 0), "坑园镇": (5, 0), "东湖镇": (1, 1), "长龙镇": (2, 1), "官坂镇": (4, 1),
    "下宫镇": (5, 1), "安凯乡": (6, 1), "潘渡镇": (0, 2), "凤城镇": (1, 2), "敖江镇": (2, 2),
    "浦口镇": (3, 2), "晓澳镇": (4, 2), "筱埕镇": (5, 2), "黄岐镇": (6, 2), "江南镇": (1, 3),
    "东岱镇": (3, 3), "苔菉镇": (6, 3), "琯头镇": (2, 4),
}  # fmt: skip
"""Column and row of each township of Lianjiang on the schematic map; others follow in rows below."""

WIDE = 7
SIGNS = {"behind": "△", "on_pace": "○", "done": "✓", "": ""}
PACES = {
    "behind": mark("behind"),
    "on_pace": mark("on pace"),
    "done": mark("year's target reached"),
    "": mark("no population"),
}
GROUNDS = {"behind": "soft_suspect", "on_pace": "soft_accent", "done": "raised", "": "surface"}
INKS = {"behind": "suspect", "on_pace": "accent", "done": "negative", "": "muted"}


def pace(town: Town) -> str:
    """Return `behind`, `on_pace`, `done`, or an empty text for a township without a population."""
    line = town.line
    if line.target is None or line.due is None:
        return ""
    if line.counted >= line.target:
        return "done"
    return "on_pace" if line.counted >= line.due else "behind"


def described(town: Town) -> str:
    """Return a township's standing as a sentence."""
    line = town.line
    figures = "" if line.target is None else f" {line.counted}/{line.target}"
    return f"{town.name}: {t(PACES[pace(town)])}{figures}"


class CountyPicture(QWidget):
    """Townships that can be pressed; one is framed.

    Signals:
        chosen: code of the township that was pressed.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._current = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def at(self, place: QPointF) -> Town | None:
        """Return the township that is drawn there."""
        raise NotImplementedError

    def set_current(self, code: str) -> None:
        """Frame one township."""
        self._current = code
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the township that was pressed."""
        town = self.at(event.position())
        if town is not None:
            self.chosen.emit(town.code)

    def event(self, event: QEvent) -> bool:
        """Say a township's standing under the pointer."""
        if isinstance(event, QHelpEvent):
            town = self.at(QPointF(event.pos()))
            plain_tip(self, described(town) if town else "")
        return super().event(event)


class TownMap(CountyPicture):
    """Tiles, each where its township lies, roughly."""

    def __init__(self) -> None:
        super().__init__()
        self._towns: dict[tuple[int, int], Town] = {}

    def show_towns(self, towns: Sequence[Town]) -> None:
        """Show townships where they lie."""
        self._towns = {}
        below = 1 + max((PLACES[town.name][1] for town in towns if town.name in PLACES), default=-1)
        strangers = [town for town in towns if town.name not in PLACES]
        for town in towns:
            if town.name in PLACES:
                self._towns[PLACES[town.name]] = town
        for at, town in enumerate(strangers):
            self._towns[at % WIDE, below + at // WIDE] = town
        self.setAccessibleName("\n".join(described(town) for town in towns))
        self.update()

    def _tile(self, column: int, row: int) -> QRect:
        look = theme.current()
        rows = max((each[1] for each in self._towns), default=0) + 1
        wide, tall = self.width() // WIDE, min(look.px(88), self.height() // rows)
        gap = look.px(4)
        return QRect(column * wide, row * tall, wide - gap, tall - gap)

    def at(self, place: QPointF) -> Town | None:
        """Return the township whose tile is there."""
        point = QPoint(int(place.x()), int(place.y()))
        return next((town for where, town in self._towns.items() if self._tile(*where).contains(point)), None)

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the tiles."""
        painter = QPainter(self)
        for place, town in self._towns.items():
            self._draw(painter, self._tile(*place), town)
        painter.end()

    def _draw(self, painter: QPainter, box: QRect, town: Town) -> None:
        look, standing = theme.current(), pace(town)
        ink = look.colour(INKS[standing])
        painter.fillRect(box, look.colour(GROUNDS[standing]))
        if not standing:
            painter.fillRect(box, QBrush(look.colour("line"), Qt.BrushStyle.BDiagPattern))
        current = town.code == self._current
        painter.setPen(QPen(look.colour("accent" if current else "edge"), look.px(3 if current else 1)))
        painter.drawRect(box)
        inside = box.adjusted(look.px(2), look.px(4), -look.px(2), -look.px(4))
        painter.setFont(look.font("small", strong=True))
        name = QRect(inside.left(), inside.top(), inside.width(), painter.fontMetrics().height())
        if not standing:
            painter.fillRect(name, look.colour("surface"))
        painter.setPen(look.colour("text"))
        shown = painter.fontMetrics().elidedText(town.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignHCenter, shown)
        painter.setPen(ink)
        rest = QRect(inside.left(), name.bottom(), inside.width(), inside.bottom() - name.bottom())
        self._figures(painter, rest, town, standing)

    def _figures(self, painter: QPainter, box: QRect, town: Town, standing: str) -> None:
        look, line = theme.current(), town.line
        if not standing:
            painter.setFont(look.font("small"))
            words, flag = t("no figure"), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            ground = painter.boundingRect(box, flag, words)
            painter.fillRect(ground.adjusted(-look.px(2), 0, look.px(2), 0), look.colour("surface"))
            painter.drawText(box, flag, words)
            return
        painter.setFont(look.font("base", strong=True))
        words = f"{SIGNS[standing]} {line.counted}/{line.target}"
        if painter.fontMetrics().horizontalAdvance(words) > box.width():
            painter.setFont(look.font("small", strong=True))
        if painter.fontMetrics().horizontalAdvance(words) > box.width():
            words = words.replace(" ", "\n")
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
