"""A TCP connection to a device: we call it, or it calls us."""

import errno
import select
import socket
import threading
import time
from contextlib import suppress

from drivers.errors import LinkLost

CALL_TIMEOUT = 5.0
WRITE_TIMEOUT = 5.0
_SLICE = 0.1
_CHUNK = 65536


class TcpLink:
    """An open connection.

    Args:
        connection: the connected socket, owned from now on.
        rival: the listening socket it came from: a device that calls again has lost this connection.
    """

    def __init__(self, connection: socket.socket, rival: socket.socket | None = None) -> None:
        self._connection, self._rival = connection, rival
        host, port = connection.getpeername()[:2]
        self.identity = {"port": f"{host}:{port}", "location": str(host)}
        self.notes: tuple[str, ...] = ()
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds and return what came.

        Raises:
            LinkLost: `gone`, the device closed; or `replaced`, it called again.
        """
        watched = [self._connection] if self._rival is None else [self._connection, self._rival]
        try:
            ready, _, _ = select.select(watched, [], [], max(timeout, 0.0))
            if self._connection in ready:
                return self._received()
        except (OSError, ValueError) as error:
            raise LinkLost("gone", reason=str(error), **self.identity) from error
        if ready:
            raise LinkLost("replaced", **self.identity)
        return b""

    def write(self, data: bytes) -> None:
        """Send all of `data`; raises `LinkLost` when the device is gone or takes nothing for five seconds."""
        left = memoryview(data)
        try:
            while left:
                _, ready, _ = select.select([], [self._connection], [], WRITE_TIMEOUT)
                if not ready:
                    raise LinkLost("write_timeout", **self.identity)
                left = left[self._connection.send(left) :]
        except (OSError, ValueError) as error:
            raise LinkLost("gone", reason=str(error), **self.identity) from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _received(self) -> bytes:
        data = self._connection.recv(_CHUNK)
        if not data:
            raise LinkLost("gone", reason="the device closed the connection", **self.identity)
        return data


def call(host: str, port: int, stop: threading.Event) -> TcpLink:
    """Connect to a device, giving up at once when `stop` is set.

    Raises:
        LinkLost: `no_answer`, nobody is there; `stopped`.
    """
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        _connect(connection, host, port, stop)
        return TcpLink(connection)
    except OSError as error:
        connection.close()
        raise LinkLost("no_answer", port=f"{host}:{port}", reason=str(error)) from error
    except LinkLost:
        connection.close()
        raise


def _connect(connection: socket.socket, host: str, port: int, stop: threading.Event) -> None:
    connection.setblocking(False)
    with suppress(BlockingIOError):
        connection.connect((host, port))
    end = time.monotonic() + CALL_TIMEOUT
    while not select.select([], [connection], [connection], _SLICE)[1]:
        if stop.is_set():
            raise LinkLost("stopped")
        if time.monotonic() > end:
            raise TimeoutError(errno.ETIMEDOUT, "nobody answers")
    code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, errno.errorcode.get(code, str(code)))


class Listener:
    """A port that a device calls; it stays open between calls, and the newest call wins.

    Args:
        host: the address to listen on; empty means every address of this computer.
        port: the port; 0 takes a free one.

    Raises:
        LinkLost: `port_busy`, another program has the port.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._server = socket.create_server((host, port), backlog=4)
        except OSError as error:
            raise LinkLost("port_busy", port=f"{host}:{port}", reason=str(error)) from error
        self._server.setblocking(False)
        self.port = int(self._server.getsockname()[1])

    def accept(self, stop: threading.Event) -> TcpLink:
        """Wait for the device to call; raises `LinkLost` with `stopped` when `stop` is set."""
        while not stop.is_set():
            if select.select([self._server], [], [], _SLICE)[0]:
                with suppress(OSError):  # the caller hung up before we answered
                    return TcpLink(self._newest(), self._server)
        raise LinkLost("stopped")

    def close(self) -> None:
        """Let go of the port."""
        self._server.close()

    def _newest(self) -> socket.socket:
        connection = self._server.accept()[0]
        while select.select([self._server], [], [], 0)[0]:
            newer = self._server.accept()[0]
            connection.close()
            connection = newer
        return connection
