"""One thread that looks at many serial lines: bytes gather until their device may await an answer.

A line of 9600 baud brings fifteen bytes at a time. Where each line has a thread that wakes for them, waking costs many
times what the bytes do; so one thread reads all lines, and wakes a line's own thread for what may have to be answered.
"""

import os
import select
import sys
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue

from drivers.errors import LinkLost
from drivers.links.link import Link
from drivers.links.serial import SerialLink

TICK = 0.03
"""Seconds between two looks at lines that are in the middle of something; an adapter delivers every 16 ms."""
LONGEST = 0.1
"""Seconds that bytes may gather before they are handed on, whole or not."""
_CHUNK = 4096
_FIRST = select.EPOLLIN | select.EPOLLONESHOT if sys.platform == "linux" else 0


class GatheredLink:
    """A serial line that another thread looks at; to its user it is the same line.

    Args:
        link: the open line, owned from now on.
        ends: the bytes with which something ends that its device may want answered.
        gatherer: who looks at it.
    """

    def __init__(self, link: SerialLink, ends: bytes, gatherer: "Gatherer") -> None:
        self.identity, self.notes = link.identity, link.notes
        self._link, self._ends, self._gatherer = link, ends, gatherer
        self._lock = threading.Lock()
        self._ready: SimpleQueue[bytes | LinkLost] = SimpleQueue()
        self._held, self._since = b"", 0.0
        self._open = True
        self.due = False
        """Whether what has gathered is to be handed on, by the last look."""

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for what has gathered; what has come by then is not left lying."""
        try:
            part = self._ready.get(timeout=max(timeout, 0.0))
        except Empty:
            part = self._at_once()
        if isinstance(part, LinkLost):
            raise part
        return part

    def write(self, data: bytes) -> None:
        """Send all of `data`; see `SerialLink.write`."""
        self._link.write(data)

    def close(self) -> None:
        """Close the line."""
        with self._lock:
            if self._open:
                self._open = False
                self._gatherer.forget(self._link.handle)
        self._link.close()

    def wake(self) -> None:
        """Have the thread that waits in `read` come back with nothing."""
        self._ready.put(b"")

    def look(self, now: float) -> bool | None:
        """Take what has come, for the thread that looks: True in the middle of something, None when it is gone."""
        with self._lock:
            if not self._open or (data := self._come()) is None:
                return None
            if not self._held:
                self._since = now
            self._held += data
            more = bool(data) and data[-1:] not in self._ends
            self.due = not more or now - self._since >= LONGEST or len(self._held) >= _CHUNK
            return more

    def hand_on(self) -> None:
        """Wake the line's own thread for what has gathered."""
        with self._lock:
            self._hand_on()

    def _at_once(self) -> "bytes | LinkLost":
        with self._lock:
            with suppress(Empty):
                return self._ready.get_nowait()
            data = self._come() if self._open else b""
            held, self._held = self._held + (data or b""), b""
            return held

    def _come(self) -> bytes | None:
        """Read what lies there; None when the line is gone, which its user hears after the bytes before it."""
        try:
            return self._link.lying()
        except LinkLost as lost:
            self._hand_on()
            self._ready.put(lost)
            return None

    def _hand_on(self) -> None:
        if self._held:
            self._ready.put(self._held)
            self._held = b""


class Gatherer:
    """The thread that looks at the lines; it begins with the first of them and ends with `close`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[int, GatheredLink] = {}
        self._eyes: _Eyes | None = None

    def gather(self, link: SerialLink, ends: bytes) -> Link:
        """Look at a line from now on; where the system cannot, the line comes back as it is."""
        if sys.platform != "linux":
            return link
        with self._lock:
            made = GatheredLink(link, ends, self)
            self._lines[link.handle] = made
            self._eyes = self._eyes or _Eyes(self._lines)
            self._eyes.open(link.handle)
        return made

    def forget(self, handle: int) -> None:
        """Look at a line no more; its handle is still open."""
        with self._lock:
            if self._lines.pop(handle, None) is not None and self._eyes is not None:
                self._eyes.shut(handle)

    def close(self) -> None:
        """End the thread; what is still open is read no more."""
        with self._lock:
            if self._eyes is not None:
                self._eyes.end()
                self._eyes = None


class _Eyes:
    """Waits for a byte of any line, then looks by the clock at those that speak until each comes to an end."""

    def __init__(self, lines: "dict[int, GatheredLink]") -> None:
        self._lines = lines
        self._flowing: set[int] = set()
        self._poll, self._bell = select.epoll(), os.eventfd(0)
        self._poll.register(self._bell, select.EPOLLIN)
        threading.Thread(target=self._run, name="gatherer", daemon=True).start()

    def open(self, handle: int) -> None:
        self._poll.register(handle, _FIRST)

    def shut(self, handle: int) -> None:
        self._poll.unregister(handle)

    def end(self) -> None:
        os.eventfd_write(self._bell, 1)

    def _run(self) -> None:
        seen: list[int] = []
        while self._bell not in seen:
            due = self._look(seen, time.monotonic())
            for line in due:  # after all were read, so that no thread wakes between two reads
                line.hand_on()
            if self._flowing:
                time.sleep(TICK)
            seen = [handle for handle, _what in self._poll.poll(0 if self._flowing else None)]
            seen += self._flowing
        self._poll.close()
        os.close(self._bell)

    def _look(self, handles: list[int], now: float) -> list[GatheredLink]:
        """Look at lines and return those whose bytes have gathered long enough."""
        due: list[GatheredLink] = []
        for handle in handles:
            line = self._lines.get(handle)
            more = None if line is None else line.look(now)
            if more:
                self._flowing.add(handle)
            else:
                self._flowing.discard(handle)
            if more is False:
                with suppress(OSError):  # it was let go of just now
                    self._poll.modify(handle, _FIRST)
            if line is not None and line.due:
                due.append(line)
        return due
