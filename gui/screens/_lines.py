"""Brings what the lines of the bench say, on threads of their own, into the GUI thread."""

from collections import deque
from datetime import datetime

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gui.ties import Bench

KEPT = 500
PAUSE = 100


class Lines(QObject):
    """Hears of changes of lines, of their assays, and of raw bytes; told at most ten times a second.

    Signals:
        changed: some line changed, or an assay on one.
        spoke: a list of (instrument, `<` or `>`, bytes, when).
    """

    changed = Signal()
    spoke = Signal(object)
    _woken = Signal()

    def __init__(self, bench: Bench | None, parent: QObject) -> None:
        super().__init__(parent)
        self._said: deque[tuple[str, str, bytes, datetime]] = deque(maxlen=KEPT)
        self._moved = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self._tell)
        self._woken.connect(self._start, Qt.ConnectionType.QueuedConnection)
        if bench is not None:
            stops = (bench.listen(self._line), bench.watch(self._bytes), bench.assays.listen(self._line))
            parent.destroyed.connect(lambda: [stop() for stop in stops])

    def _line(self, _: object) -> None:
        self._moved = True
        if shiboken6.isValid(self):
            self._woken.emit()

    def _bytes(self, instrument: str, direction: str, data: bytes, at: datetime) -> None:
        self._said.append((instrument, direction, data, at))
        if shiboken6.isValid(self):
            self._woken.emit()

    def _start(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        if self._moved:
            self._moved = False
            self.changed.emit()
        said = []
        while self._said:
            said.append(self._said.popleft())
        if said:
            self.spoke.emit(said)
