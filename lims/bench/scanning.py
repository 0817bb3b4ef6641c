"""A scanner on a serial port: what it sends is cut into codes, and a port that goes away is opened again."""

import re
import threading
from collections.abc import Callable

from drivers.errors import LinkLost
from drivers.links.serial import SerialLink
from drivers.profile import Serial

PAUSE = 0.1
"""Seconds of silence that end a code whose scanner sends nothing behind it."""
AGAIN = 3.0
"""Seconds until a port that went away is tried again."""
LONGEST = 4096
_END = re.compile(rb"[\r\n\t]+")


class SerialScanner:
    """Listens in a thread of its own until it is closed.

    Args:
        port: the system's name of the port, such as `COM3` or `/dev/ttyUSB0`.
        tell: takes each code; called in this thread.
        lost: takes why the port cannot be read, once each time, and None when it can again.
        baud: of the line, eight bits and no parity.
    """

    def __init__(
        self,
        port: str,
        tell: Callable[[str], None],
        lost: Callable[[LinkLost | None], None],
        baud: int = 9600,
    ) -> None:
        self._port, self._tell, self._lost, self._baud = port, tell, lost, baud
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"scanner {port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let the port go; returns when the thread has ended."""
        self._stop.set()
        self._thread.join(2)

    def _run(self) -> None:
        away = False
        while not self._stop.is_set():
            try:
                link = SerialLink(self._port, Serial(baud=self._baud))
                if away:
                    self._lost(None)
                away = False
                self._listen(link)
            except LinkLost as fault:
                if not away and not self._stop.is_set():
                    self._lost(fault)
                away = True
                self._stop.wait(AGAIN)

    def _listen(self, link: SerialLink) -> None:
        waiting = b""
        try:
            while not self._stop.is_set():
                came = link.read(PAUSE)
                *whole, waiting = _END.split(waiting + came)
                if waiting and (not came or len(waiting) > LONGEST):
                    whole, waiting = [*whole, waiting], b""
                for code in whole:
                    self._give(code)
        finally:
            link.close()

    def _give(self, code: bytes) -> None:
        if code:
            try:
                self._tell(code.decode("utf-8"))
            except UnicodeDecodeError:
                self._tell(code.decode("gb18030", "replace"))
