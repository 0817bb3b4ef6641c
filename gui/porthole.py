"""The scanner that hangs on a port of its own: opened as the look says, and its codes brought to the window."""

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from gui.desk import Desk
from lims import text
from lims.text import t


class Porthole(QObject):
    """Follows the look; opening and closing a port happens in a worker thread.

    Signals:
        scanned: what was scanned, as it came.
    """

    scanned = Signal(str)
    _lost = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk, self._port = desk, ""
        self._open: list[Any] = []
        self._lost.connect(self._told, Qt.ConnectionType.QueuedConnection)
        desk.worn.connect(lambda look: self.follow(look.scanner))

    def follow(self, port: str) -> None:
        """Listen at this port from now on; empty listens nowhere."""
        if port != self._port:
            self._port = port
            self._desk.banner("scanner", "")
            self._desk.work.run(self._turn, port, failed=self._desk.complain, in_order=True)

    def _turn(self, port: str) -> None:
        from lims.bench.scanning import SerialScanner  # noqa: PLC0415 - drivers are slow to import

        self.close()
        if port:
            self._open.append(SerialScanner(port, self.scanned.emit, self._lost.emit))

    def _told(self, fault: Any) -> None:  # noqa: ANN401 - the laboratory's own error, or None
        why = text.sentence(fault) if fault is not None else ""
        said = t(
            "The scanner at {port} is not heard; it is tried again by itself. {why}", port=self._port, why=why
        )
        self._desk.banner("scanner", said if why else "", "warn")

    def close(self) -> None:
        """Let the port go."""
        while self._open:
            self._open.pop().close()
