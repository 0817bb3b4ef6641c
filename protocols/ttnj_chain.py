"""The whole Taiyang download as one command: link, results, and the end where the model wants one."""

from collections.abc import Callable

from protocols.codec import Broken
from protocols.ttnj import Event, Finished, ModelCode, TtnjDownload
from protocols.waits import Wait, earliest


def _as_it_is(event: Event | Broken) -> Event | Broken:
    return event


class TtnjChain:
    """Host side with the command `download`; any command of the wire alone is passed on.

    Args:
        wire: the download that is chained.
        check: turns a group that contradicts itself into a `Broken`.
        pause: seconds between the answer to the link and the call for results.
        end: whether the host ends the link after the last group.
    """

    def __init__(
        self,
        wire: TtnjDownload,
        *,
        check: Callable[[Event | Broken], Event | Broken] = _as_it_is,
        pause: float = 0.0,
        end: bool = True,
    ) -> None:
        """Make a line at rest."""
        self._wire, self._check = wire, check
        self._pause, self._end = pause, end
        self._resting = Wait()
        self._chained = False

    def ask(self, command: str) -> None:
        """Begin `download`, or any single command of the wire; raises `ProtocolError` for others."""
        self._wire.ask("link" if command == "download" else command)
        self._chained = command == "download"
        self._resting.stop()

    def receive(self, data: bytes, now: float) -> list[Event | Broken]:
        """Take bytes and return what they complete."""
        return [self._seen(one, now) for one in self._wire.receive(data, now)]

    def expire(self, now: float) -> list[Event | Broken]:
        """Give up what has stood still; call for the results when the pause is over."""
        events = [self._seen(one, now) for one in self._wire.expire(now)]
        if self._resting.lapsed(now):
            self._resting.stop()
            self._wire.ask("results")
        return events

    def to_send(self) -> bytes:
        """Hand over commands and calls for the next group, once."""
        return self._wire.to_send()

    @property
    def deadline(self) -> float | None:
        """When something has stood still too long, or the pause is over."""
        return earliest(self._wire.deadline, self._resting.deadline)

    @property
    def idle(self) -> bool:
        """True when nothing is half-received and no download is under way."""
        return self._wire.idle and not self._resting.running

    def _seen(self, event: Event | Broken, now: float) -> Event | Broken:
        if self._chained and isinstance(event, ModelCode):
            if self._pause:
                self._resting.start(self._pause, now)
            else:
                self._wire.ask("results")
        elif self._chained and isinstance(event, Finished):
            self._chained = False
            if self._end:
                self._wire.ask("end")
        return self._check(event)
