"""The county as its boundary file draws it: each township by pace with pattern and sign, not by colour alone."""

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)

from gui import theme
from gui.mishap import guarded, signed
from gui.widgets.townmap import GROUNDS, INKS, SIGNS, CountyPicture, described, pace
from lims.queries.figures import Town
from lims.rules.boundary import Shape

PATTERNS = {
    "behind": Qt.BrushStyle.BDiagPattern,
    "done": Qt.BrushStyle.Dense6Pattern,
    "": Qt.BrushStyle.DiagCrossPattern,
}


class BoundaryMap(CountyPicture):
    """Outlines of townships."""

    def __init__(self) -> None:
        super().__init__()
        self._shapes: Mapping[str, tuple[Shape, ...]] = {}
        self._towns: dict[str, Town] = {}
        self.paths: dict[str, QPainterPath] = {}

    def show_shapes(self, shapes: Mapping[str, tuple[Shape, ...]]) -> None:
        """Draw these outlines from now on, by the code of their township."""
        self._shapes = shapes
        self.paths = self._drawn()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the outlines as large as there is room."""
        super().resizeEvent(event)
        self.paths = self._drawn()

    def show_towns(self, towns: Sequence[Town]) -> None:
        """Show how the townships stand."""
        self._towns = {town.code: town for town in towns}
        self.setAccessibleName("\n".join(described(town) for town in towns))
        self.update()

    def _drawn(self) -> dict[str, QPainterPath]:
        """Return the outline of each township in the widget's own pixels."""
        points = [p for shapes in self._shapes.values() for one in shapes for ring in one.rings for p in ring]
        if not points:
            return {}
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        narrow = math.cos(math.radians((south + north) / 2))
        edge = theme.current().px(8)
        wide, tall = self.width() - 2 * edge, self.height() - 2 * edge
        scale = min(wide / max((east - west) * narrow, 1e-9), tall / max(north - south, 1e-9))
        left = edge + (wide - (east - west) * narrow * scale) / 2

        def drawn(ring: Sequence[tuple[float, float]]) -> QPolygonF:
            return QPolygonF(
                [QPointF(left + (x - west) * narrow * scale, edge + (north - y) * scale) for x, y in ring]
            )

        found = {}
        for code, shapes in self._shapes.items():
            path = QPainterPath()
            for ring in (ring for one in shapes for ring in one.rings):
                path.addPolygon(drawn(ring))
            found[code] = path
        return found

    def at(self, place: QPointF) -> Town | None:
        """Return the township in whose outline it lies."""
        return next(
            (self._towns.get(code) for code, path in self.paths.items() if path.contains(place)), None
        )

    @guarded(signed)
    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the outlines, then every name above them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for code, path in sorted(self.paths.items(), key=lambda one: one[0] == self._current):
            self._draw(painter, path, self._towns.get(code), current=code == self._current)
        for code, path in self.paths.items():
            if (town := self._towns.get(code)) is not None:
                self._name(painter, path, town)
        painter.end()

    @staticmethod
    def _draw(painter: QPainter, path: QPainterPath, town: Town | None, *, current: bool) -> None:
        look, standing = theme.current(), pace(town) if town else ""
        painter.fillPath(path, look.colour(GROUNDS[standing]))
        if standing in PATTERNS:
            painter.fillPath(path, QBrush(look.colour("line"), PATTERNS[standing]))
        painter.setPen(QPen(look.colour("accent" if current else "edge"), look.px(3 if current else 1)))
        painter.drawPath(path)

    @staticmethod
    def _name(painter: QPainter, path: QPainterPath, town: Town) -> None:
        """Write name, sign and figures in the middle of the largest outline."""
        look, standing, line = theme.current(), pace(town), town.line
        largest = max(
            path.toSubpathPolygons(), key=lambda one: one.boundingRect().width() * one.boundingRect().height()
        )
        figures = f"{SIGNS[standing]} {line.counted}/{line.target}" if standing else "—"
        painter.setFont(look.font("small", strong=True))
        metrics = painter.fontMetrics()
        wide = max(metrics.horizontalAdvance(one) for one in (town.name, figures)) + look.px(4)
        box = QRectF(0, 0, wide, 2 * metrics.height())
        box.moveCenter(largest.boundingRect().center())
        ground = look.colour("surface")
        ground.setAlpha(190)
        painter.fillRect(box, ground)
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, town.name)
        painter.setPen(look.colour(INKS[standing]))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, figures)
