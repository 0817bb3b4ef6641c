"""A USB device in memory: a simulator that hears and says whole reports, as hidapi hands them over."""

from typing import Any

from protocols.codec import Codec

REPORT = 64


class Played:
    """What `HidLink` asks of a device, answered by a simulator's codec."""

    def __init__(self, device: Codec[Any]) -> None:
        self.closed = False
        self._device = device
        self._said = b""

    def write(self, data: bytes) -> int:
        assert len(data) == 1 + REPORT
        assert data[0] == 0
        self._device.receive(data[1:], 0.0)
        return len(data)

    def read(self, size: int, timeout_ms: int) -> list[int]:
        assert timeout_ms > 0
        self._said += self._device.to_send()
        report, self._said = self._said[:size], self._said[size:]
        return list(report)

    def close(self) -> None:
        self.closed = True
