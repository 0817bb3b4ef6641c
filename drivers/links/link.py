"""The one shape of a line to a device, so that a session never knows what kind of port it has."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

Identity = Mapping[str, str]
"""What tells one device from another: `port` always, `vid` `pid` `serial` `location` where the system knows."""


class Link(Protocol):
    """An open line; one thread reads, writes and closes it."""

    @property
    def identity(self) -> Identity:
        """What is known of the device at the other end, for the record and for telling devices apart."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What differs from what was asked for, in codes, such as `parity_not_set`."""

    def read(self, timeout: float) -> bytes:
        """Wait up to `timeout` seconds for bytes and return what came, b"" when nothing did.

        Raises:
            LinkLost: the line is gone.
        """

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            LinkLost: the line is gone or takes no more bytes.
        """

    def close(self) -> None:
        """Let go of the line; harmless when it is closed already."""


@runtime_checkable
class Wakeable(Protocol):
    """A line whose `read` can be ended by another thread."""

    def wake(self) -> None:
        """Have the present or next `read` come back with nothing."""
