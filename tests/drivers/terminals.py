"""Raw pseudo terminals for tests, each under a name of its own.

The system's own name would not do: its number is given to somebody else's terminal as soon as this one is gone, and a
host that still tries to open it again would take that one.
"""

import os
import secrets
import tempfile
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.links.far import PtyEnd


class Terminal:
    """A device's end of a line, and the name of the port that a host opens."""

    def __init__(self) -> None:
        self.device, self._port = os.openpty()
        tty.setraw(self._port, termios.TCSANOW)
        self._name = Path(tempfile.gettempdir()) / f"kuaijian-line-{secrets.token_hex(8)}"
        self._name.symlink_to(os.ttyname(self._port))
        self.port = str(self._name)
        self._there = True

    def say(self, data: bytes) -> None:
        """Say bytes to the host."""
        os.write(self.device, data)

    def unplug(self) -> None:
        """Take the line away, once."""
        if self._there:
            self._there = False
            self._name.unlink()
            os.close(self.device)
            os.close(self._port)


def say(end: PtyEnd, data: bytes) -> None:
    """Say bytes as soon as a host hears them: what comes before it has opened its port is thrown away."""
    while not end.heard():
        end.read(0.02)
    end.write(data)


@contextmanager
def terminal() -> Iterator[Terminal]:
    """Hold a terminal for the length of a `with` block."""
    made = Terminal()
    try:
        yield made
    finally:
        made.unplug()
