"""What simulated devices share that talk by themselves and take no answer."""

from collections.abc import Sequence

from protocols.codec import Broken, ProtocolError


class Pushing:
    """Says its messages, one chunk each, as soon as a host hears it; what the host says is not understood."""

    def __init__(self, messages: Sequence[bytes]) -> None:
        """Have these messages to say."""
        self._messages = list(messages)

    def ask(self, command: str) -> None:
        """A device asks nothing."""
        raise ProtocolError(f"a device cannot ask {command}")

    def receive(self, data: bytes, now: float) -> list[Broken]:
        """Hear the host out."""
        del data, now
        return []

    def expire(self, now: float) -> list[Broken]:
        """Keep no time."""
        del now
        return []

    def to_send(self) -> bytes:
        """Say the next message, nothing when all were said."""
        return self._messages.pop(0) if self._messages else b""

    @property
    def deadline(self) -> float | None:
        """Await nothing."""
        return None

    @property
    def idle(self) -> bool:
        """True when everything was said."""
        return not self._messages
