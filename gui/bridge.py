"""Brings the notices of the laboratory into the GUI thread, a few times a second however many there are."""

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

PAUSE = 50
"""Milliseconds between two deliveries: fast for an eye, slow for two hundred readings a second."""
KEPT = 10_000


class Bridge(QObject):
    """Hears notices in whatever thread they come from and tells them in the GUI thread.

    Signals:
        noticed: one notice; equal notices of one pause are told once.
        flooded: more came than can be kept, so everything shown must be asked for anew.
    """

    noticed = Signal(object)
    flooded = Signal()
    _came = Signal()

    def __init__(self, listen: Callable[[Callable[[Any], None]], Callable[[], None]]) -> None:
        super().__init__()
        self._waiting: deque[Any] = deque()
        self._lost = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._deliver)
        self._came.connect(self._start, Qt.ConnectionType.QueuedConnection)
        self._stop = listen(self._hear)

    def _hear(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice, whatever it holds
        first = not self._waiting
        if len(self._waiting) < KEPT:
            self._waiting.append(notice)
        else:
            self._lost = True
        if first:
            self._came.emit()

    def _start(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _deliver(self) -> None:
        told: list[Any] = []
        while self._waiting:
            notice = self._waiting.popleft()
            if notice not in told[-20:]:
                told.append(notice)
        if self._lost:
            self._lost = False
            self.flooded.emit()
        for notice in told:
            self.noticed.emit(notice)

    def close(self) -> None:
        """Hear no more."""
        self._stop()
        self._timer.stop()
