"""Curves: live absorbance over time, and a scanned strip with its C and T lines marked."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt

from gui import theme
from gui.widgets.plot import Plot
from lims.text import t

NAMED = 8
"""Names at most below a curve."""


class Curve(Plot):
    """One large curve with named axes; `name` (message id) is for a screen reader."""

    def __init__(self, name: str, across: str = "", up: str = "") -> None:
        super().__init__()
        self._name, self._across, self._up = name, across, up
        self._line = self._view.plot()
        self._lines: dict[str, Any] = {}
        self._marks: list[Any] = []
        self._dots: Any = None
        self._shown: tuple[tuple[float, str, str], ...] = ()
        self.draw()

    def show_points(self, across: Sequence[float], up: Sequence[float]) -> None:
        """Show a curve; both sequences are equally long."""
        self._line.setData(list(across), list(up))

    def show_named(self, named: Sequence[tuple[str, float | None]]) -> None:
        """Show a dot for each name, in their order, joined where no value between is missing (None).

        The axis across bears the names, as many as have room.
        """
        names = [name for name, _ in named]
        every = -(-len(names) // NAMED) or 1
        ticks = [(float(at), name) for at, name in enumerate(names) if at % every == 0]
        self._view.getAxis("bottom").setTicks([ticks])
        heights = [math.nan if height is None else height for _, height in named]
        ink = theme.current().colour("accent")
        self._line.setData(
            list(range(len(named))), heights, symbol="o", symbolBrush=ink, symbolPen=ink, connect="finite"
        )

    def show_strip(
        self, heights: Sequence[float], control: float | None, tests: Sequence[tuple[str, float]] = ()
    ) -> None:
        """Show a scanned strip.

        Args:
            heights: the scan, in the reader's own steps and units.
            control: where the C line was found; None when it was not.
            tests: name and place of each T line that was found.
        """
        self.show_points(range(len(heights)), heights)
        found = [(control, "C", "accent")] if control is not None else []
        self._mark(tuple(found + [(place, name, "suspect") for name, place in tests]))

    def show_lines(self, lines: Mapping[str, Sequence[tuple[float, float]]], strong: str) -> None:
        """Show several curves of points at once; the one named `strong` is drawn over the others.

        Curves keep their line while they grow, so that a look costs no new object.
        """
        for name in [name for name in self._lines if name not in lines]:
            self._view.removeItem(self._lines.pop(name))
        look = theme.current()
        for name, points in lines.items():
            if name not in self._lines:
                self._lines[name] = self._view.plot()
            one = self._lines[name]
            one.setData([at for at, _ in points], [height for _, height in points])
            main = name == strong
            one.setPen(
                self._graph.mkPen(look.colour("accent" if main else "muted"), width=look.px(3 if main else 1))
            )
            one.setZValue(1 if main else 0)

    def show_fit(
        self, fitted: Sequence[tuple[float, float]], measured: Sequence[tuple[float, float]]
    ) -> None:
        """Show a fitted curve through measured points; the axis across is logarithmic, zero has no place on it."""
        look = theme.current()
        self._view.setLogMode(x=True, y=False)
        ticks = [(math.log10(at), f"{at:g}") for at, _ in measured if at > 0]
        self._view.getAxis("bottom").setTicks([ticks])
        self.show_points([at for at, _ in fitted], [height for _, height in fitted])
        if self._dots is None:
            self._dots = self._view.plot(pen=None, symbol="o")
        points = [one for one in measured if one[0] > 0]
        self._dots.setData([at for at, _ in points], [height for _, height in points])
        self._dots.setSymbolSize(look.px(8))
        self._dots.setSymbolBrush(look.colour("suspect"))
        self._dots.setSymbolPen(self._graph.mkPen(look.colour("text"), width=1))

    def _mark(self, marks: tuple[tuple[float, str, str], ...]) -> None:
        for old in self._marks:
            self._view.removeItem(old)
        self._shown, look = marks, theme.current()
        self._marks = []
        for place, name, colour in marks:
            ink = look.colour(colour)
            pen = self._graph.mkPen(ink, width=look.px(1), style=Qt.PenStyle.DashLine)
            line = self._graph.InfiniteLine(
                place, angle=90, pen=pen, label=name, labelOpts={"position": 0.92, "color": ink}
            )
            self._view.addItem(line)
            self._marks.append(line)
        self._describe()

    def _describe(self) -> None:
        found = ", ".join(f"{name} {place:g}" for place, name, _ in self._shown)
        self.setAccessibleName(f"{t(self._name)} {found}".strip())

    def draw(self) -> None:
        """Draw the curve in the look of the moment."""
        look = theme.current()
        self._line.setPen(self._graph.mkPen(look.colour("accent"), width=look.px(2)))
        self.dress(t(self._across), t(self._up))
        self._mark(self._shown)
