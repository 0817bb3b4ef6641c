"""Journal entries in, events out: the same object live and in replay, so that both always agree."""

import json
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from drivers.profile import Profile, Settings
from drivers.reading import Reading
from drivers.segments import Entry, Kind
from protocols.codec import Broken, ProtocolError

Outcome = Reading | Broken
_HELD = 1 << 16  # bytes of an unfinished frame that are shown when the line goes
_ROUNDS = 16  # how often a codec may ask for another deadline while it is wound up


@runtime_checkable
class Timed(Protocol):
    """A codec that runs something of its own against the clock, such as an assay."""

    def see_wall(self, wall: float) -> None:
        """Take the wall clock, in seconds, that belongs to the next call, to notice a computer that slept."""

    def cut(self) -> list[Any]:
        """Say what becomes of what is under way now that the line has ended."""


class Decoder:
    """One instrument's codec, fed from entries alone; a reopened line gets a fresh codec.

    A fault of our own code becomes a `Broken` with the reason `codec` or `profile`: the bytes stay in the journal,
    and the next frame is read as if nothing had been.

    Args:
        profile: the instrument.
        settings: its settings, the profile's defaults underneath.
    """

    def __init__(self, profile: Profile, settings: Settings) -> None:
        self._profile = profile
        self._settings: Settings = {**profile.defaults, **settings}
        self._begin()
        self._held = b""
        self.refused: ProtocolError | None = None

    def _begin(self) -> None:
        self._codec = self._profile.codec(self._settings)
        self._timed = self._codec if isinstance(self._codec, Timed) else None  # asked once: it is slow

    @property
    def deadline(self) -> float | None:
        """When a TICK is due on the computer's steady clock, or None."""
        return self._codec.deadline

    @property
    def idle(self) -> bool:
        """True when nothing half-received is held, so that a replay may begin behind the last entry."""
        return self._codec.idle

    @property
    def asking(self) -> bool:
        """True while a request waits for its answer or half a frame is held: no time for another request."""
        return not self._codec.idle or self._codec.deadline is not None

    def take(self, entry: Entry) -> list[Any]:
        """Feed one entry and return the events and `Broken`s that it completes."""
        try:
            events = self._take(entry)
        except Exception as error:  # noqa: BLE001 - boundary of the session: a codec's bug must not stop the capture
            data, self._held = self._held + entry.data, b""
            self._begin()
            return [Broken(0, data[-_HELD:], "codec", repr(error))]
        if entry.kind is Kind.RECEIVED:
            self._held = (self._held + entry.data)[-_HELD:]
        if self._codec.idle:
            self._held = b""
        return events

    def to_send(self) -> bytes:
        """Hand over what the device is owed; a replay calls it too and throws it away."""
        return self._codec.to_send()

    def read(self, event: Any) -> Sequence[Outcome]:  # noqa: ANN401 - each wire has its own events
        """Turn one event into readings, a `Broken` into itself."""
        if isinstance(event, Broken):
            return [event]
        try:
            return list(self._profile.read(event, self._settings))
        except Exception as error:  # noqa: BLE001 - boundary: an instrument's bug is reported with what it met
            return [Broken(0, repr(event).encode()[:_HELD], "profile", repr(error))]

    def reset(self, reason: str, detail: str) -> list[Any]:
        """Begin anew where the stream is known to be cut; what was held is reported, never joined."""
        held, self._held = self._held, b""
        whole = self._codec.idle
        self._begin()
        return [] if whole else [Broken(0, held, reason, detail)]

    def _take(self, entry: Entry) -> list[Any]:
        if self._timed is not None:
            self._timed.see_wall(entry.wall.timestamp())
        match entry.kind:
            case Kind.RECEIVED:
                return list(self._codec.receive(entry.data, entry.monotonic))
            case Kind.TICK:
                return list(self._codec.expire(entry.monotonic))
            case Kind.ASKED:
                return self._ask(entry)
            case Kind.OPENED | Kind.CLOSED:
                return self._wind_up(entry)
            case Kind.SENT:
                return []

    def _ask(self, entry: Entry) -> list[Any]:
        self.refused = None
        events = list(self._codec.expire(entry.monotonic))
        try:
            self._codec.ask(entry.data.decode())
        except ProtocolError as error:
            self.refused = error
        return events

    def _wind_up(self, entry: Entry) -> list[Any]:
        """Let the codec hand over what it may still hand over, and report what it cannot finish any more."""
        events: list[Any] = list(self._timed.cut()) if self._timed is not None else []
        for _round in range(_ROUNDS):
            if self._codec.deadline is None:
                break
            events += self._codec.expire(max(self._codec.deadline, 0.0))
        reason = json.loads(entry.data or b"{}").get("reason", entry.kind.name.lower())
        return events + self.reset("link", f"the line ended within a frame: {reason}")
