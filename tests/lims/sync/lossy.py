"""A line that breaks: it hands on what it is given until so many bytes went up, then both ends see it gone."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Line:
    """Connections to a port of this computer; the first few break after so many bytes upwards."""

    def __init__(self, port: int, breaks: int, after: int) -> None:
        self._port, self._left, self._after = port, breaks, after
        self.carried = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            limit = self._after if self._left > 0 else None
            self._left -= 1
            far = socket.create_connection(("127.0.0.1", self._port))
            threading.Thread(target=self._pump, args=(near, far, limit, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, None, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None, up: bool) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                sink.sendall(data)
                passed += len(data)
                self.carried += len(data) if up else 0
                if limit is not None and passed > limit:
                    break
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def close(self) -> None:
        self._listener.close()


@contextmanager
def line(port: int, breaks: int, after: int) -> Iterator[Line]:
    made = Line(port, breaks, after)
    try:
        yield made
    finally:
        made.close()
