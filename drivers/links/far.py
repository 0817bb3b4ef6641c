"""The device's end of a line: a pseudo terminal, or a TCP port on either side of the call."""

import os
import secrets
import select
import socket
import struct
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drivers.errors import Refused
from drivers.faults import misread
from protocols.files import FileCodec, FileShot

if sys.platform != "win32":
    import fcntl
    import termios
    import tty

SETTLE = 1.0
"""Seconds a device waits for a host that opened its port to throw away what has come until then."""
_CHUNK = 65536
_RATES = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
_SPEEDS: dict[int, int] = (
    {} if sys.platform == "win32" else {getattr(termios, f"B{rate}"): rate for rate in _RATES}
)


class End(Protocol):
    """Where a simulated device is plugged in; one thread uses it."""

    @property
    def address(self) -> str:
        """What the host's configuration names: the same after each plugging."""

    def plug(self) -> None:
        """Put the line in."""

    def unplug(self) -> None:
        """Tear the line out; the host loses its port."""

    def heard(self) -> bool:
        """True when a host is there to hear what is said."""

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for bytes of the host, b"" when none came."""

    def write(self, data: bytes) -> None:
        """Say bytes; what no host hears is lost, as on a real line."""


class PtyEnd:
    """A pseudo terminal; Linux only, Windows has none.

    Args:
        name: a path that always points to the present terminal, so that a device that was unplugged comes back
            under its name; empty: a path of its own. The system's own name would not do: the number of a terminal
            that was unplugged is soon given to somebody else's.
        baud: the speed of the device, where a host of another speed is to be misheard; 0 for any.

    Raises:
        Refused: `no_pty`, this system has no pseudo terminals.
    """

    def __init__(self, name: str = "", baud: int = 0) -> None:
        if sys.platform == "win32":
            raise Refused("no_pty")
        self._name = Path(name or f"{tempfile.gettempdir()}/kuaijian-port-{secrets.token_hex(8)}")
        self._baud = baud
        self._master: int | None = None
        self._opened_at: float | None = None
        self._thrown_away = False
        self.plug()

    @property
    def address(self) -> str:
        """The path of the port that a host opens."""
        return str(self._name)

    def plug(self) -> None:
        """Make a terminal and point the name to it."""
        if self._master is not None or sys.platform == "win32":
            return
        master, host = os.openpty()
        tty.setraw(host, termios.TCSANOW)
        fcntl.ioctl(master, termios.TIOCPKT, struct.pack("i", 1))
        new = self._name.with_name(self._name.name + ".new")
        new.symlink_to(os.ttyname(host))
        new.replace(self._name)
        os.close(host)
        self._master = master
        self._alone()

    def unplug(self) -> None:
        """Take the terminal away, and its name with it."""
        if self._master is not None:
            self._name.unlink(missing_ok=True)
            os.close(self._master)
            self._master = None

    def heard(self) -> bool:
        """True when a host has opened the port and thrown away what lay there, or has had it open for a while."""
        if self._master is None or sys.platform == "win32":
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        hung_up = any(what & select.POLLHUP for _handle, what in poll.poll(0))
        if hung_up:
            self._alone()
        elif self._opened_at is None:
            self._opened_at = time.monotonic()
        return self._opened_at is not None and (
            self._thrown_away or time.monotonic() - self._opened_at >= SETTLE
        )

    def _alone(self) -> None:
        """No host is there."""
        self._opened_at, self._thrown_away = None, False

    def read(self, timeout: float) -> bytes:
        """Wait for bytes of the host."""
        if self._master is None:
            time.sleep(min(timeout, 0.02))
            return b""
        if not select.select([self._master], [], [], timeout)[0]:
            return b""
        try:
            what, data = _unpacked(
                os.read(self._master, _CHUNK)
            )  # comes also after the host has closed the port
            self._thrown_away |= what
            return self._misread(data, said=self._host_baud(), heard=self._baud)
        except OSError:
            self._alone()
            time.sleep(min(timeout, 0.02))
            return b""

    def write(self, data: bytes) -> None:
        """Say bytes."""
        with suppress(OSError):
            if self._master is not None and select.select([], [self._master], [], 1.0)[1]:
                os.write(self._master, self._misread(data, said=self._baud, heard=self._host_baud()))

    def _host_baud(self) -> int:
        """The speed that the host set on its port; 0 where that does not matter or is unknown."""
        if not self._baud or self._master is None or sys.platform == "win32":
            return 0
        return _SPEEDS.get(termios.tcgetattr(self._master)[5], 0)

    @staticmethod
    def _misread(data: bytes, *, said: int, heard: int) -> bytes:
        return misread(data, said, heard) if said and heard and said != heard else data


def _unpacked(packet: bytes) -> tuple[bool, bytes]:
    """Return whether the host threw away what lay at its port, and what it said; see tty_ioctl(4), packet mode."""
    if sys.platform == "win32" or not packet:
        return False, packet
    return bool(packet[0] & termios.TIOCPKT_FLUSHREAD), packet[1:]


class _TcpEnd(ABC):
    """What both kinds of TCP end share once they are connected."""

    def __init__(self) -> None:
        self._connection: socket.socket | None = None

    def heard(self) -> bool:
        """True while connected."""
        return self._connection is not None

    def read(self, timeout: float) -> bytes:
        """Wait for bytes of the host, or for the host itself."""
        if self._connection is None:
            self._connection = self._meet(timeout)
            return b""
        if not select.select([self._connection], [], [], timeout)[0]:
            return b""
        try:
            data = self._connection.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        """Say bytes."""
        if self._connection is not None:
            try:
                self._connection.sendall(data)
            except OSError:
                self._hang_up()

    @abstractmethod
    def _meet(self, timeout: float) -> socket.socket | None:
        """Wait for the host and return the connection, None while there is none."""

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class ListeningEnd(_TcpEnd):
    """A device with a TCP port of its own on this computer.

    Args:
        port: the port; 0 takes a free one and keeps it.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self._port = port
        self._server: socket.socket | None = None
        self.plug()

    @property
    def address(self) -> str:
        """`HOST:PORT` that a host calls."""
        return f"127.0.0.1:{self._port}"

    def plug(self) -> None:
        """Open the port."""
        if self._server is None:
            self._server = socket.create_server(("127.0.0.1", self._port))
            self._port = int(self._server.getsockname()[1])

    def unplug(self) -> None:
        """Close the port and hang up."""
        self._hang_up()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _meet(self, timeout: float) -> socket.socket | None:
        if self._server is None:
            time.sleep(min(timeout, 0.02))
            return None
        return self._server.accept()[0] if select.select([self._server], [], [], timeout)[0] else None


class CallingEnd(_TcpEnd):
    """A device that calls a host, again and again until it is there.

    Args:
        host: the host's address.
        port: the host's port.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host, self._port = host, port
        self._plugged = True

    @property
    def address(self) -> str:
        """`:PORT` on which the host listens."""
        return f":{self._port}"

    def plug(self) -> None:
        """Begin to call."""
        self._plugged = True

    def unplug(self) -> None:
        """Hang up and call no more."""
        self._plugged = False
        self._hang_up()

    def _meet(self, timeout: float) -> socket.socket | None:
        if self._plugged:
            with suppress(OSError):
                return socket.create_connection((self._host, self._port), timeout=1.0)
        time.sleep(min(timeout, 0.05))
        return None


class FolderEnd:
    """A device's own program that exports into a folder; what it says are whole files.

    Args:
        folder: where it exports to; it must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = FileCodec()
        self._plugged = True

    @property
    def address(self) -> str:
        """The folder's path."""
        return str(self._folder)

    def plug(self) -> None:
        """Begin to export."""
        self._plugged = True

    def unplug(self) -> None:
        """Export nothing more; the folder stays."""
        self._plugged = False

    def heard(self) -> bool:
        """True always: a program exports whether anybody watches or not."""
        return self._plugged

    def read(self, timeout: float) -> bytes:
        """Wait; nobody answers an export."""
        time.sleep(min(timeout, 0.02))
        return b""

    def write(self, data: bytes) -> None:
        """Write the files that these bytes complete, each in two parts as such programs do."""
        for one in self._files.receive(data, 0.0):
            if isinstance(one, FileShot):
                with (self._folder / one.name).open("wb") as file:
                    file.write(one.data[: len(one.data) // 2])
                    file.flush()
                    file.write(one.data[len(one.data) // 2 :])
