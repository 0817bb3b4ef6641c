"""A clock that runs down to a moment: figures, a word, and the colour last."""

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QWidget

from gui.widgets import boxes
from gui.widgets.label import Label
from lims import clock
from lims.text import mark

SOON = timedelta(minutes=10)


def written(left: timedelta) -> str:
    """Write a length of time as h:mm:ss, or m:ss below an hour; what is over stands behind a minus."""
    seconds = round(abs(left).total_seconds())
    hours, rest = divmod(seconds, 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return f"−{text}" if left < timedelta(0) and seconds else text


class Countdown(QWidget):
    """Counts down to a moment by the laboratory's clock.

    Signals:
        over: the moment has come, once.
    """

    over = Signal()

    def __init__(self, message: str = "", role: str = "clock",
                 now: Callable[[], datetime] = clock.now) -> None:  # fmt: skip
        super().__init__()
        self._now, self._role, self._until = now, role, None  # type: tuple[Callable[[], datetime], str, datetime | None]
        self._told = False
        self._figures, self._words = Label(role=role), Label(message, "muted")
        boxes.column(self._figures, self._words, of=self, gap=0)
        self._words.setVisible(bool(message))
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self.tick)
        self._message = message

    def run_until(self, moment: datetime | None) -> None:
        """Count down to an aware moment; None stops and shows nothing."""
        self._until, self._told = moment, False
        if moment is None:
            self._timer.stop()
            self._figures.put("")
        else:
            self._timer.start()
            self.tick()

    def tick(self) -> None:
        """Write the time left anew."""
        if self._until is None:
            return
        left = self._until - self._now()
        self._figures.put(written(left))
        late = left <= timedelta(0)
        self._figures.setProperty("late", late)
        self._words.say(mark("time is over") if late else self._message)
        self._words.role("wrong" if late else "late" if left <= SOON else "muted")
        self._words.setVisible(bool(self._words.text()))
        self.setAccessibleName(f"{self._words.text()} {self._figures.text()}")
        if late and not self._told:
            self._told = True
            self.over.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.tick()
        super().changeEvent(event)
