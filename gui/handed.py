"""Files that a second start of the program hands to the window that is open already."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE = 3000
"""Milliseconds that the second start waits for an answer."""
MOST = 1 << 16
"""Bytes of a message; more is nothing that our program sends."""
TAKEN = b"taken\n"


def name_of(folder: Path) -> str:
    """Return the name under which the window of a laboratory's folder is reached on this computer."""
    return f"kuaijian-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"


def hand_over(folder: Path, files: Sequence[Path]) -> bool:
    """Hand files to the window that is open on a folder; False where no window answers. Blocks."""
    app = QCoreApplication.instance() or QCoreApplication([])
    socket = QLocalSocket(app)
    socket.connectToServer(name_of(folder))
    if not socket.waitForConnected(PATIENCE):
        return False
    message = json.dumps([str(file.resolve()) for file in files]).encode() + b"\n"
    socket.write(message)
    taken = socket.waitForBytesWritten(PATIENCE) and socket.waitForReadyRead(PATIENCE)
    answer = bytes(socket.readAll().data()) if taken else b""
    socket.abort()
    return answer == TAKEN


class Handed(QObject):
    """Listens for them; only the same user's programs are heard.

    Signals:
        came: the files (list of `Path`), also none: then the window is merely wanted.
    """

    came = Signal(object)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(
            name_of(folder)
        )  # left by a crash; the folder's lock says that nobody lives
        self._server.listen(name_of(folder))
        self._server.newConnection.connect(self._connected)

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > MOST:
            socket.abort()
        elif socket.canReadLine():
            files = read(bytes(socket.readLine().data()))
            if files is None:
                socket.abort()
                return
            socket.write(TAKEN)
            socket.flush()
            self.came.emit(files)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()


def read(message: bytes) -> list[Path] | None:
    """Return the files of a message, None for what our program does not send."""
    try:
        said = json.loads(message)
    except ValueError:
        return None
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        return None
    return [Path(one) for one in said]
