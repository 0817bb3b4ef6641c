"""Bytes that a wire gives up, gathered so that each lost byte is reported once and any cut reports the same."""

from protocols.codec import Broken

NOISE = "noise"


class Losses:
    """One open run of given-up bytes.

    Noise grows until something else happens, so the caller closes it before each good event. A broken frame's
    run ends with the frame's own span, whatever was tried inside it.
    """

    def __init__(self, limit: int = 4096) -> None:
        """Make an empty run; noise longer than `limit` bytes is reported in pieces of that size."""
        self._limit = limit
        self._data = bytearray()
        self._offset = 0
        self._until = 0
        self._reason = NOISE
        self._detail = ""

    @property
    def held(self) -> bool:
        """True while a run is open."""
        return bool(self._data)

    def add(
        self, offset: int, byte: int, reason: str = NOISE, detail: str = "", span: int = 1
    ) -> list[Broken]:
        """Give up one byte at `offset`; `span` is how many bytes the broken thing takes from there."""
        closed = self.close() if reason != NOISE and self._data and self._reason == NOISE else []
        if not self._data:
            self._offset, self._until = offset, offset + span
            self._reason, self._detail = reason, detail
        self._data.append(byte)
        full = len(self._data) >= self._limit
        complete = full if self._reason == NOISE else offset + 1 >= self._until
        return closed + (self.close() if complete else [])

    def close(self) -> list[Broken]:
        """End the run and report it, if there is one."""
        if not self._data:
            return []
        broken = Broken(self._offset, bytes(self._data), self._reason, self._detail)
        self._data.clear()
        return [broken]
