"""What every chart is drawn on: a plot without menu or mouse that follows language and look."""

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.widgets import boxes


def plotting() -> Any:  # noqa: ANN401 - pyqtgraph brings no types
    """Return the plotting library, ready to draw."""
    import pyqtgraph  # noqa: PLC0415 - 0.3 s that only a screen with a curve has to pay

    pyqtgraph.setConfigOptions(antialias=True)
    return pyqtgraph


class Plot(QWidget):
    """An empty plot. A chart says in `draw` what more it shows; that is called again when language or look change."""

    def __init__(self) -> None:
        super().__init__()
        self._graph = plotting()
        self._view = self._graph.PlotWidget()
        self._view.setMenuEnabled(False)
        self._view.hideButtons()
        self._view.setMouseEnabled(x=False, y=False)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        boxes.column(self._view, of=self)

    def draw(self) -> None:
        """Draw everything in the look of the moment."""
        self.dress("", "")

    def dress(self, across: str, up: str) -> None:
        """Colour the plot and name its axes, in the language of the moment."""
        look = theme.current()
        size = f"{look.px(theme.FONTS['small'])}px"
        self._view.setBackground(look.colour("raised"))
        for side, words in (("bottom", across), ("left", up)):
            axis = self._view.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(look.colour("edge"))
            axis.setTextPen(look.colour("muted"))
            axis.setTickFont(look.font("small"))
            axis.setLabel(words, color=look.colour("muted").name(), **{"font-size": size})

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and look."""
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.StyleChange}:
            self.draw()
        super().changeEvent(event)
