"""From the journal to the laboratory: every reading once, however often the program or the database fails."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from drivers.decoder import Decoder, Outcome
from drivers.errors import DriverError
from drivers.health import Gauge
from drivers.journal import Journal, Tail
from drivers.profile import Profile, Settings
from drivers.reading import Reading
from drivers.segments import Entry, Gap, Kind
from protocols.codec import Broken

PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between two tries while readings cannot be taken in."""
IDLE = 1.0
"""Seconds between two looks at the clock while nothing is said."""
CURSOR_PAUSE = 1.0
"""Seconds between two moves of the cursor; a crash in between repeats readings under their old keys."""


class Sink(Protocol):
    """Takes in what instruments said. The key (name, entry, place) is the same at every repeat: store it once."""

    def reading(self, name: str, entry: int, place: int, received_at: datetime, reading: Reading) -> None:
        """Take in one reading: the `place`-th (from 0) of the journal's `entry`, which came at `received_at`.

        Any exception means "not now": the same call comes again after a pause.
        """

    def broken(self, name: str, entry: int, received_at: datetime, broken: Broken) -> None:
        """Take in that bytes could not be read; the same exception rule holds."""


@runtime_checkable
class Watchful(Protocol):
    """A sink that wants to know at what end of which line the readings arise."""

    def opened(self, name: str, identity: Mapping[str, str]) -> None:
        """Take in what is known of the line; the readings that follow came from there. The same rule holds."""


class HandOver:
    """Reads an instrument's journal behind the cursor through a codec of its own, answers thrown away.

    The live stream and the replay after a crash are the same code on the same entries, so nothing is handed over
    twice under two keys. The cursor moves only behind an entry after which the codec holds nothing and every
    reading was taken in.

    Args:
        name: the laboratory's name of the instrument.
        profile: what the instrument is.
        settings: what the laboratory set for it.
        journal: the instrument's journal, open.
        sink: where readings go.
        gauge: where the state of the line is kept.
    """

    def __init__(
        self, name: str, profile: Profile, settings: Settings, journal: Journal, sink: Sink, gauge: Gauge
    ) -> None:
        self._name, self._journal, self._sink, self._gauge = name, journal, sink, gauge
        self._decoder = Decoder(profile, settings)
        self._tail = Tail(journal, journal.cursor)
        self._safe = journal.cursor
        self._cut: list[Any] = []  # what a gap broke off; it is told with the entry that follows
        self._moved = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Hand over until `stop` is set and nothing is left, or nothing can be taken in any more.

        Whoever sets `stop` rouses the journal, too.
        """
        while True:
            part = self._tail.next(0.0 if stop.is_set() else IDLE)
            if part is None and stop.is_set():
                break
            if part is not None and not self._part(part, stop):
                break
            self._move(self._moved + CURSOR_PAUSE)
        self._move(0.0)

    def _part(self, part: Entry | Gap, stop: threading.Event) -> bool:
        if isinstance(part, Gap):
            self._cut += self._decoder.reset(
                "journal_gap", f"{part.length} bytes at {part.offset} of {part.file}"
            )
            return True
        events, self._cut = self._cut + self._decoder.take(part), []
        outcomes = [one for event in events for one in self._decoder.read(event)]
        self._decoder.to_send()
        if part.kind is Kind.OPENED and not self._tell(part, stop):
            return False
        if not self._give(outcomes, part.number, part.wall, stop):
            return False
        if self._decoder.idle:
            self._safe = part.number
        return True

    def _give(self, outcomes: Sequence[Outcome], entry: int, at: datetime, stop: threading.Event) -> bool:
        place = 0
        for one in outcomes:
            if not self._offer(one, entry, place, at, stop):
                return False
            place += isinstance(one, Reading)
        return True

    def _tell(self, opened: Entry, stop: threading.Event) -> bool:
        sink = self._sink
        if not isinstance(sink, Watchful):
            return True
        identity = json.loads(opened.data or b"{}").get("identity", {})
        return self._until(lambda: sink.opened(self._name, identity), stop)

    def _offer(self, one: Outcome, entry: int, place: int, at: datetime, stop: threading.Event) -> bool:
        return self._until(lambda: self._hand(one, entry, place, at), stop)

    def _until(self, act: Callable[[], None], stop: threading.Event) -> bool:
        """Try until it is taken; False when the program stops first."""
        tries = 0
        while not self._taken(act):
            if stop.wait(PAUSES[min(tries, len(PAUSES) - 1)]):
                return False
            tries += 1
        if self._gauge.health.waiting:
            self._gauge.set(waiting="")
        return True

    def _hand(self, one: Outcome, entry: int, place: int, at: datetime) -> None:
        if isinstance(one, Reading):
            self._sink.reading(self._name, entry, place, at, one)
            self._gauge.count(readings=1)
        else:
            self._sink.broken(self._name, entry, at, one)

    def _taken(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - boundary: whatever keeps the laboratory away, the reading waits
            self._gauge.set(waiting=getattr(error, "code", "") or type(error).__name__)
            return False
        return True

    def _move(self, due: float) -> None:
        if self._safe <= self._journal.cursor or time.monotonic() < due:
            return
        self._moved = time.monotonic()
        try:
            self._journal.move(self._safe)
        except DriverError as error:
            self._gauge.set(waiting=error.code)
