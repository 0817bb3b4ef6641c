"""The bar at the top: who works here, where, whether the world hears us, the search, the clock, the language."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gui import theme
from gui.widgets import boxes
from gui.widgets.label import Button, Elided, Label, set_property
from lims import clock, text
from lims.text import mark

STATES = ("practice", "deadline", "offline", "unsent", "battery", "disk")
WAIT = 200
"""Milliseconds that work may take before the thin bar shows: shorter work would only flicker."""


class TopBar(QFrame):
    """The 32 pixel bar.

    Signals:
        searched: the search was wanted.
        spoke: the other language was wanted.
        left: the person wants to leave the desk.
        sends: a van's evening: hand over what is aboard and send what was done.
    """

    searched = Signal()
    spoke = Signal()
    left = Signal()
    sends = Signal()

    def __init__(self, site: str) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._site, self._person = site, ""
        self._who, self._clock = Elided(), Label()
        self._states = {name: Label(role="late") for name in STATES}
        self.search = Button(mark("Search"), key="Ctrl+K", picture="search")
        self.search.setObjectName("search")
        self.language = Button(mark("中 / EN"), "flat")
        self.leave = Button(mark("Sign out"), "flat")
        self.night = Button(mark("Hand over and send"))
        self.night.hide()
        self.search.clicked.connect(self.searched)
        self.language.clicked.connect(self.spoke)
        self.leave.clicked.connect(self.left)
        self.night.clicked.connect(self.sends)
        parts = (self.night, self.search, self._clock, self.language, self.leave)
        line = boxes.row(self._who, *self._states.values(), *parts, of=self, edge=(12, 0, 8, 0), gap=8)
        line.setStretchFactor(self._who, 1)
        for label in self._states.values():
            label.hide()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.tick()

    def show_person(self, name: str | None) -> None:
        """Show who is signed in, or nobody."""
        self._person = name or ""
        self.show_site(self._site)
        self.search.setVisible(name is not None)
        self.leave.setVisible(name is not None)

    def show_site(self, site: str) -> None:
        """Show what the laboratory is called, after the person."""
        self._site = site
        self._who.put(" · ".join(part for part in (self._person, site) if part))

    def show_state(self, name: str, words: str) -> None:
        """Show something about the world (`offline`, `unsent`, ...), or with no words hide it."""
        label = self._states[name]
        label.put(words)
        label.setVisible(bool(words))

    def shown_states(self) -> dict[str, str]:
        """Return what is shown about the world, by name."""
        return {name: label.text() for name, label in self._states.items() if not label.isHidden()}

    def take_over(self, former: "TopBar") -> None:
        """Show the states of another bar."""
        for name, words in former.shown_states().items():
            self.show_state(name, words)

    def tick(self) -> None:
        """Write the time."""
        self._clock.put(text.time(clock.now()))


class BusyLine(QWidget):
    """The thin line that shows that work is under way; what is on the screen stays."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("busy")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(lambda: set_property(self, "on", True))
        self.setFixedHeight(theme.current().px(2))

    def show_running(self, count: int) -> None:
        """Show whether anything runs."""
        if not count:
            self._timer.stop()
            set_property(self, "on", False)
        elif not self._timer.isActive() and not self.property("on"):
            self._timer.start()
