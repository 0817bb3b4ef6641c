"""How a line is doing, as a value that a screen can show, and the one place that keeps it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class LinkState(StrEnum):
    """Where a line stands."""

    CONNECTING = "connecting"  # it is being opened, or the device is expected to call
    OPEN = "open"
    LOST = "lost"  # it failed and is tried again after a pause
    STOPPED = "stopped"


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one instrument's line.

    Attributes:
        name: the laboratory's name of the instrument.
        since: aware UTC time of the last change of `state`.
        state: where the line stands.
        reason: a code saying why it stands there, empty when there is nothing to say.
        values: what a sentence about `reason` needs.
        heard: aware UTC time of the last bytes from the device, None when none came.
        frames: events the wire gave since the start.
        broken: how many of the codec's events were broken.
        failures: how often the line could not be opened or was lost since the start.
        readings: readings handed over since the start.
        waiting: a code while readings cannot be handed over, else empty; they are kept.
        identity: what is known of the device at the other end.
        notes: codes of what differs from what was asked for, such as `parity_not_set`.
    """

    name: str
    since: datetime
    state: LinkState = LinkState.CONNECTING
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=_nothing)
    heard: datetime | None = None
    frames: int = 0
    broken: int = 0
    failures: int = 0
    readings: int = 0
    waiting: str = ""
    identity: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Gauge:
    """The present `Health` of one line, kept by its threads and read by any.

    Args:
        name: the laboratory's name of the instrument.
        changed: told of every change, from the thread that made it; it must return at once.
    """

    def __init__(self, name: str, changed: Callable[[Health], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._health = Health(name, datetime.now(UTC))
        self._changed = changed

    @property
    def health(self) -> Health:
        """The present state."""
        with self._lock:
            return self._health

    def set(self, **values: Any) -> None:  # noqa: ANN401 - fields of Health
        """Replace fields of the state."""
        with self._lock:
            moved = values.get("state", self._health.state) is not self._health.state
            if moved:
                values["since"] = datetime.now(UTC)
            before, self._health = self._health, replace(self._health, **values)
            after = self._health
        if self._changed is not None and before != after:
            self._changed(after)

    def count(self, **steps: int) -> None:
        """Raise counters of the state."""
        with self._lock:
            after = replace(
                self._health, **{name: getattr(self._health, name) + step for name, step in steps.items()}
            )
            self._health = after
        if self._changed is not None:
            self._changed(after)
