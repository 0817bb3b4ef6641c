"""The quota's course: what was counted, the target, and the fan of what the year will come to."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from gui import theme
from gui.widgets.plot import Plot
from lims.queries.course import MONTHS, Course
from lims.text import t

LOW = 160


class Fan(Plot):
    """Counted samples over the months, then the interval in which 95 of 100 such years end."""

    def __init__(self) -> None:
        super().__init__()
        self._course: Course | None = None
        self._view.setMinimumHeight(theme.current().px(LOW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def show_course(self, course: Course) -> None:
        """Show the course of a year."""
        self._course = course
        self.draw()

    def draw(self) -> None:
        """Draw the year in the look of the moment."""
        look, view, course = theme.current(), self._view, self._course
        view.clear()
        self.dress(t("Month"), t("Samples"))
        if course is None:
            return
        view.getAxis("bottom").setTicks([[(month - 0.5, str(month)) for month in range(1, MONTHS + 1)]])
        view.setXRange(0, MONTHS, padding=0.02)
        self._draw_fan(course)
        pen = self._graph.mkPen(look.colour("accent"), width=look.px(2))
        view.plot(*_apart(course.done), pen=pen, symbol="o", symbolSize=look.px(5),
                  symbolBrush=look.colour("accent"))  # fmt: skip
        if course.target is not None:
            line = self._graph.mkPen(look.colour("negative"), width=look.px(1), style=Qt.PenStyle.DashLine)
            label = {"position": 0.12, "color": look.colour("muted"), "anchors": [(0, 0), (0, 0)]}
            said = t("target {n}", n=course.target)
            view.addItem(
                self._graph.InfiniteLine(course.target, angle=0, pen=line, label=said, labelOpts=label)
            )
        self.setAccessibleName(said_of(course))

    def _draw_fan(self, course: Course) -> None:
        """Draw the interval as a hatched band between two lines, the likeliest figure as a dotted one."""
        look, now = theme.current(), course.done[-1]
        if not course.fan:
            return
        edge = self._graph.mkPen(look.colour("suspect"), width=look.px(1))
        low = [now, *((at, one.low) for at, one in course.fan)]
        high = [now, *((at, one.high) for at, one in course.fan)]
        middle = [now, *((at, one.expected) for at, one in course.fan)]
        lines = [self._view.plot(*_apart(points), pen=edge) for points in (low, high)]
        brush = self._graph.mkBrush(look.colour("suspect"))
        brush.setStyle(Qt.BrushStyle.BDiagPattern)
        self._view.addItem(self._graph.FillBetweenItem(*lines, brush=brush))
        dots = self._graph.mkPen(look.colour("suspect"), width=look.px(2), style=Qt.PenStyle.DotLine)
        self._view.plot(*_apart(middle), pen=dots)


def said_of(course: Course) -> str:
    """Say what is counted and what the year will come to, with its interval."""
    counted = course.done[-1][1]
    if not course.fan:
        return t("{n} counted; nothing of this year is to be forecast.", n=counted)
    end = course.fan[-1][1]
    return t(
        "{n} counted; at this pace the year ends at {expected}, in 95 of 100 such years between {low} and {high}.",
        n=counted,
        expected=end.expected,
        low=end.low,
        high=end.high,
    )


def _apart(
    points: "tuple[tuple[float, int], ...] | list[tuple[float, int]]",
) -> tuple[list[float], list[int]]:
    return [at for at, _ in points], [count for _, count in points]
