"""The keys of the screen that is shown: each does the action that names it, after the fields had their turn."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from gui.desk import Action

_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_PLAIN = frozenset({"Return", "Enter", "Escape", "Space", "Backspace", "Up", "Down", "Left", "Right"})
"""Keys that a field wants first, as it wants every key that writes something."""


class Keys:
    """Shortcuts for the keys that write nothing; the window gives the others to `strike` when no field took them."""

    def __init__(
        self, window: QWidget, acts: Callable[[], Sequence[Action]], press: Callable[[Action], None]
    ) -> None:
        self._window, self._acts, self._press = window, acts, press
        self._shortcuts: list[QShortcut] = []

    def follow(self, actions: Sequence[Action]) -> None:
        """Listen for the keys of these actions and no others."""
        wanted = [action.key for action in actions if not _plain(action.key)]
        if wanted == [shortcut.key().toString() for shortcut in self._shortcuts]:
            return
        for old in self._shortcuts:
            old.setEnabled(False)
            old.deleteLater()
        self._shortcuts = [QShortcut(QKeySequence(key), self._window) for key in wanted]
        for key, shortcut in zip(wanted, self._shortcuts, strict=True):
            shortcut.activated.connect(lambda key=key: self.strike(key))

    def strike(self, key: str) -> bool:
        """Do the action of a key; say whether there was one."""
        wanted = QKeySequence(key)
        found = next((action for action in self._acts() if QKeySequence(action.key) == wanted), None)
        if found is not None:
            self._press(found)
        return found is not None


def is_enter(event: QKeyEvent) -> bool:
    """Say whether the key is Enter alone, of either block."""
    return event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & ~_KEYPAD


def key_of(event: QKeyEvent) -> str:
    """Write a key that was pressed the way actions name theirs."""
    if len(event.text()) == 1 and event.text().isprintable() and not event.text().isspace():
        return event.text().upper()
    return QKeySequence(QKeyCombination(event.modifiers() & ~_KEYPAD, Qt.Key(event.key()))).toString()


def _plain(key: str) -> bool:
    """Say whether a key writes something, or is Enter or Esc: such keys go to the fields first."""
    return len(key) == 1 or key in _PLAIN
