"""A Levey-Jennings chart: controls over time between the lines of their target, by shape and colour."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt

from gui import theme
from gui.widgets.plot import Plot
from lims.queries.controls import Chart, Point
from lims.rules import westgard
from lims.text import t

HEIGHT = 230
NUMBERED = 20
"""Controls at most whose number stands below the chart."""
LINES = (
    (0, "accent"),
    (-1, "edge"),
    (1, "edge"),
    (-2, "suspect"),
    (2, "suspect"),
    (-3, "positive"),
    (3, "positive"),
)
"""Distance from the mean in deviations, and the colour of its line."""


def standing(point: Point) -> str:
    """Return `positive` for a point out of hand, `suspect` for one to heed, `accent` for one in order."""
    if point.validity == "invalid" or westgard.rejecting(point.rules):
        return "positive"
    return "suspect" if point.rules else "accent"


class ControlChart(Plot):
    """The chart of one control."""

    def __init__(self) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self.setFixedHeight(theme.current().px(HEIGHT))

    def show_chart(self, chart: Chart | None) -> None:
        """Show a control; None shows nothing."""
        self._chart = chart
        self.draw()

    def draw(self) -> None:
        """Draw the control in the look of the moment."""
        look, view, chart = theme.current(), self._view, self._chart
        view.clear()
        self.dress(t("Control number"), chart.unit if chart else "")
        if chart is None:
            self.setAccessibleName(t("Control chart"))
            return
        self._draw_lines(chart)
        values = [float(point.value) for point in chart.points]
        across = list(range(1, len(values) + 1))
        every = -(-len(across) // NUMBERED) or 1
        view.getAxis("bottom").setTicks([[(float(at), str(at)) for at in across[::every]]])
        view.plot(across, values, pen=self._graph.mkPen(look.colour("muted"), width=look.px(1)))
        self._draw_points(across, values, chart.points)
        self._describe(chart)

    def _draw_lines(self, chart: Chart) -> None:
        if chart.mean is None or chart.sd is None:
            limits = [(float(one), "suspect", "") for one in (chart.low, chart.high) if one is not None]
        else:
            limits = [
                (float(chart.mean + at * chart.sd), colour, "x̄" if at == 0 else f"{at:+d}s")
                for at, colour in LINES
            ]
        look = theme.current()
        for place, colour, name in limits:
            style = Qt.PenStyle.SolidLine if name == "x̄" else Qt.PenStyle.DashLine
            pen = self._graph.mkPen(look.colour(colour), width=look.px(1), style=style)
            options: dict[str, Any] = {
                "position": 0.01, "color": look.colour("muted"), "anchors": [(0, 0.5), (0, 0.5)],
            }  # fmt: skip
            self._view.addItem(
                self._graph.InfiniteLine(place, angle=0, pen=pen, label=name, labelOpts=options)
            )

    def _draw_points(self, across: Sequence[int], values: Sequence[float], points: Sequence[Point]) -> None:
        look = theme.current()
        for kind, symbol in (("accent", "o"), ("suspect", "t"), ("positive", "s")):
            at = [n for n, point in enumerate(points) if standing(point) == kind]
            if at:
                self._view.plot(
                    [across[n] for n in at], [values[n] for n in at], pen=None, symbol=symbol,
                    symbolSize=look.px(9), symbolBrush=look.colour(kind), symbolPen=look.colour(kind),
                )  # fmt: skip

    def _describe(self, chart: Chart) -> None:
        out = sum(standing(point) == "positive" for point in chart.points)
        self.setAccessibleName(
            t("Control chart: {count} points, {out} out of hand", count=len(chart.points), out=out)
        )
