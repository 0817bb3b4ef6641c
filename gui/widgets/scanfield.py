"""The field a scanner aims at: tall, always ready, and it also takes a number typed by hand."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from gui.desk import Scan
from gui.scanner import LONGEST
from lims.text import t


class ScanField(QLineEdit):
    """Takes numbers typed by hand; scans reach the screen by themselves, whatever has the cursor.

    Signals:
        entered: a Scan typed by hand and ended with Enter; the field is empty again.
    """

    entered = Signal(object)

    def __init__(self, message: str) -> None:
        super().__init__()
        self.setObjectName("scan")
        self._message = message
        self.setMaxLength(LONGEST)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed when Enter is pressed; an empty field leaves Enter to the screen."""
        typed = self.text().strip()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and typed:
            self.clear()
            self.entered.emit(Scan(typed))
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setPlaceholderText(t(self._message))
        self.setAccessibleName(t(self._message))
