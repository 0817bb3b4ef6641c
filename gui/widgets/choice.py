"""A few answers side by side, one of them chosen: large enough for a finger, walked by the arrow keys."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from gui.widgets import boxes
from gui.widgets.label import Button
from lims.text import t


class Choice(QWidget):
    """The chosen one is marked by a tick, not by its colour alone.

    Signals:
        chosen: the value that a person chose.
    """

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[tuple[object, str]]) -> None:
        """Make it.

        Args:
            name: message id of what is chosen, for a screen reader.
            options: value and message id (or words as they are) of each.
        """
        super().__init__()
        self._name, self._options = name, tuple(options)
        self._value: object = None
        self._buttons = [Button("") for _ in self._options]
        for at, button in enumerate(self._buttons):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda *_, at=at: self._choose(at))
        boxes.row(*self._buttons, None, of=self, gap=4)
        self._dress()

    def put(self, value: object) -> None:
        """Show a value as the chosen one, without telling it."""
        self._value = value
        self._dress()

    def value(self) -> object:
        """Return the chosen value."""
        return self._value

    def take_focus(self) -> None:
        """Put the cursor on the chosen one."""
        next((one for one in self._buttons if one.isChecked()), self._buttons[0]).setFocus()

    def _choose(self, at: int) -> None:
        if self._options[at][0] != self._value:
            self.put(self._options[at][0])
            self.chosen.emit(self._value)

    def _dress(self) -> None:
        for (value, word), button in zip(self._options, self._buttons, strict=True):
            button.setChecked(value == self._value)
            button.say(f"✓ {t(word)}" if value == self._value else t(word))
            button.setAccessibleDescription(t(self._name))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        super().changeEvent(event)
