"""The place of the one screen: each is built when somebody first goes there, and scrolls in a low window."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from gui.desk import Desk
from gui.discover import ScreenFile


class Stage(QStackedWidget):
    """Holds the screens that were built, and what stands before them all (the sign-in)."""

    def __init__(self, desk: Desk, first: QWidget) -> None:
        super().__init__()
        self.setObjectName("workspace")
        self._desk = desk
        self.files: dict[str, ScreenFile] = {}
        self._screens: dict[str, QWidget] = {}
        self._holders: dict[str, QScrollArea] = {}
        self._first = _holder(first)
        self.addWidget(self._first)

    def take(self, files: Sequence[ScreenFile]) -> None:
        """Take the screens that were found on disk."""
        self.files = {file.name: file for file in files}

    @property
    def screens(self) -> Mapping[str, QWidget]:
        """The screens that were built, by name."""
        return self._screens

    def show_first(self) -> None:
        """Show what stands before all screens."""
        self.setCurrentWidget(self._first)

    def show_screen(self, name: str) -> None:
        """Show a screen, building it where nobody was there yet."""
        if name not in self._screens:
            self._screens[name] = self.files[name].build(self._desk)
            self._holders[name] = _holder(self._screens[name])
            self.addWidget(self._holders[name])
        self.setCurrentWidget(self._holders[name])

    def forget(self) -> None:
        """Drop the screens; they are built anew."""
        for holder in self._holders.values():
            self.removeWidget(holder)
            holder.deleteLater()
        self._screens.clear()
        self._holders.clear()


def _holder(screen: QWidget) -> QScrollArea:
    """Return what lets a screen scroll where the window is smaller than it: the window never grows for it."""
    holder = QScrollArea()
    holder.setWidgetResizable(True)
    holder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder.setWidget(screen)
    return holder
