"""Rows and columns on the 4 pixel grid, in the scale of the moment."""

from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from gui import theme

Edge = tuple[int, int, int, int]


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; its widgets go."""
    for at in reversed(range(layout.count())):
        widget: QWidget | None = layout.takeAt(at).widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _dress(layout: QLayout, edge: int | Edge, gap: int) -> None:
    px = theme.current().px
    left, top, right, bottom = (edge,) * 4 if isinstance(edge, int) else edge
    layout.setContentsMargins(px(left), px(top), px(right), px(bottom))
    layout.setSpacing(px(gap))


def _fill(layout: QBoxLayout, inside: tuple[QWidget | QLayout | None, ...]) -> None:
    for each in inside:
        if each is None:
            layout.addStretch(1)
        elif isinstance(each, QWidget):
            layout.addWidget(each)
        else:
            layout.addLayout(each)


def row(
    *inside: QWidget | QLayout | None, of: QWidget | None = None, edge: int | Edge = 0, gap: int = 8
) -> QHBoxLayout:
    """Lay widgets side by side; None is a stretch; lengths in pixels of the 100 % design."""
    layout = QHBoxLayout(of) if of is not None else QHBoxLayout()
    _dress(layout, edge, gap)
    _fill(layout, inside)
    return layout


def column(
    *inside: QWidget | QLayout | None, of: QWidget | None = None, edge: int | Edge = 0, gap: int = 8
) -> QVBoxLayout:
    """Lay widgets one under another; None is a stretch; lengths in pixels of the 100 % design."""
    layout = QVBoxLayout(of) if of is not None else QVBoxLayout()
    _dress(layout, edge, gap)
    _fill(layout, inside)
    return layout


def grid(of: QWidget | None = None, edge: int | Edge = 0, gap: int = 8) -> QGridLayout:
    """Make an empty grid."""
    layout = QGridLayout(of) if of is not None else QGridLayout()
    _dress(layout, edge, gap)
    return layout


def panel(*inside: QWidget | QLayout | None, edge: int | Edge = 12, gap: int = 8) -> QFrame:
    """Return a raised ground with widgets one under another."""
    frame = QFrame()
    frame.setObjectName("panel")
    column(*inside, of=frame, edge=edge, gap=gap)
    return frame
