"""Two ends of a line inside the program, for what has no port: tests and the wire view's rehearsals."""

from queue import Empty, SimpleQueue

from drivers.errors import LinkLost


class MemoryLink:
    """One end of a line; what one end writes the other reads, piece by piece as it was written."""

    def __init__(
        self, name: str, incoming: "SimpleQueue[bytes | None]", outgoing: "SimpleQueue[bytes | None]"
    ) -> None:
        self.identity = {"port": name}
        self.notes: tuple[str, ...] = ()
        self._incoming, self._outgoing = incoming, outgoing
        self._open = True

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for what the other end wrote; raises `LinkLost` when it has closed."""
        try:
            data = self._incoming.get(timeout=max(timeout, 0.0)) if self._open else None
        except Empty:
            return b""
        if data is None:
            self._open = False
            raise LinkLost("gone", **self.identity)
        return data

    def write(self, data: bytes) -> None:
        """Hand `data` to the other end; raises `LinkLost` when this end was closed."""
        if not self._open:
            raise LinkLost("gone", **self.identity)
        self._outgoing.put(data)

    def close(self) -> None:
        """Close the line for both ends."""
        if self._open:
            self._open = False
            self._outgoing.put(None)


def pair(name: str = "memory") -> tuple[MemoryLink, MemoryLink]:
    """Return the two ends of a new line."""
    there: SimpleQueue[bytes | None] = SimpleQueue()
    back: SimpleQueue[bytes | None] = SimpleQueue()
    return MemoryLink(name, there, back), MemoryLink(name, back, there)
