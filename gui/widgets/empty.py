"""What a screen shows when there is nothing: one line that says so and one that says what to do first."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.widgets import boxes
from gui.widgets.label import Label


class Empty(QWidget):
    """Says that there is nothing here, and what to do first; both are message ids."""

    def __init__(self, nothing: str, first: str = "") -> None:
        super().__init__()
        column = boxes.column(of=self)
        column.addStretch(2)
        for message, role in ((nothing, "head"), (first, "muted")):
            label = Label(message, role, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)
            label.setVisible(bool(message))
        column.addStretch(3)
