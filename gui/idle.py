"""Notices when nobody has touched the desk for a while: no key, no pointer, no finger, no scan."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)


class Idle(QObject):
    """Counts the time since the last touch while somebody is signed in.

    Signals:
        passed: the time is over; it is told once, and counted anew when somebody is signed in again.
    """

    passed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.passed)

    def watch(self, seconds: float) -> None:
        """Count from now on; zero or less never ends."""
        self.rest()
        app = QApplication.instance()
        if seconds > 0 and app is not None:
            app.installEventFilter(self)
            self._timer.start(max(1, round(seconds * 1000)))

    def rest(self) -> None:
        """Count no more."""
        self._timer.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    @property
    def left(self) -> float:
        """Return the seconds until the time is over; zero while nothing is counted."""
        return max(0, self._timer.remainingTime()) / 1000

    def touch(self) -> None:
        """Somebody is here: begin anew."""
        if self._timer.isActive():
            self._timer.start()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        """See every touch and let it pass."""
        if event.type() in TOUCHES:
            self.touch()
        return False
