"""The loop of one line: write down, take in, answer; an answer leaves only after its cause is on disk."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from queue import Empty, SimpleQueue

from drivers.decoder import Decoder
from drivers.device_time import dated
from drivers.errors import JournalFull, LinkLost, Refused
from drivers.health import Gauge
from drivers.journal import Journal
from drivers.links.link import Link, Wakeable
from drivers.profile import Profile, Settings
from drivers.segments import Entry, Kind
from protocols.codec import Broken

LONGEST_WAIT = 0.2
"""Seconds a read may block, so that a stop is felt at once."""
UNDISTURBED = 5.0
"""The same for a line whose read can be woken."""
FULL_PAUSE = 1.0
"""Seconds between two tries to write down what a full disk refused."""

Live = Callable[[str, str, bytes, datetime], None]
"""Told of raw bytes for the wire view: instrument, `<` from or `>` to the device, bytes, aware UTC time."""
Seen = Callable[[str, object], None]
"""Told of every event of an instrument's wire, as it happens; readings do not come this way."""


class Session:
    """One instrument's conversation: from the line into the journal, and answers back.

    Readings are not handed over here: `HandOver` reads them from the journal, so that a database that is away
    never keeps a device waiting.

    Args:
        name: the laboratory's name of the instrument.
        profile: what the instrument is.
        settings: what the laboratory set for it.
        journal: the instrument's journal, open.
        gauge: where the state of the line is kept.
        live: told of the raw bytes of both directions; it must return at once.
        seen: told of every event of the wire; it must return at once.
    """

    def __init__(
        self,
        name: str,
        profile: Profile,
        settings: Settings,
        journal: Journal,
        gauge: Gauge,
        live: Live | None = None,
        *,
        seen: Seen | None = None,
    ) -> None:
        self._name, self._profile, self._settings = name, profile, settings
        self._journal, self._gauge, self._live, self._seen = journal, gauge, live, seen
        self._decoder = Decoder(profile, settings)
        self._asks: SimpleQueue[tuple[str, Future[int]]] = SimpleQueue()
        self._session = 0
        self._next_poll = 0.0
        self._wake: Callable[[], None] | None = None
        self._stop = threading.Event()

    def recover(self) -> None:
        """Close in the journal what an earlier process left open, so that what it acknowledged is handed over.

        Raises:
            JournalFull, JournalDead: it could not be written.
        """
        session = self._journal.unclosed
        if session is not None:
            self._journal.append(Kind.CLOSED, _said(reason="crash"), session)

    def ask(self, command: str, *, confirmed: bool = False) -> "Future[int]":
        """Have a request sent when the line is free; the result is the number of its entry in the journal.

        Args:
            command: a name that the instrument's codec knows; `today` in it becomes this computer's date.
            confirmed: True when a person has confirmed a command that erases or changes on the device.

        Raises:
            Refused: `destructive`, the command erases and was not confirmed.
        """
        if self._profile.changes(command) and not confirmed:
            raise Refused("destructive", instrument=self._name, command=command)
        future: Future[int] = Future()
        self._asks.put((command, future))
        self.rouse()
        return future

    def rouse(self) -> None:
        """Have the loop look up from its line now, where it can: somebody has asked, or all is to stop."""
        if self._wake is not None:
            self._wake()

    def serve(self, link: Link, stop: threading.Event) -> None:
        """Run the loop until `stop` is set.

        Raises:
            LinkLost: the line went away.
            JournalDead: nothing can be written down any more.
        """
        self._stop = stop
        self._wake = link.wake if isinstance(link, Wakeable) else None
        opened = self._keep(
            Kind.OPENED, _said(identity=dict(link.identity), notes=list(link.notes), **self._shown())
        )
        self._session = opened.number
        self._take(opened)
        self._next_poll = time.monotonic()
        reason = "stopped"
        try:
            while not stop.is_set():
                self._turn(link)
        except LinkLost as lost:
            reason = lost.code
            raise
        finally:
            self._end(reason)

    def cancel(self) -> None:
        """Refuse the requests that were never sent."""
        while True:
            try:
                _command, future = self._asks.get_nowait()
            except Empty:
                return
            future.set_exception(Refused("stopped", instrument=self._name))

    def _turn(self, link: Link) -> None:
        data = link.read(self._patience())
        if data:
            entry = self._keep(Kind.RECEIVED, data)
            self._gauge.set(heard=entry.wall)
            self._show("<", entry)
            self._take(entry)
            self._answer(link)
        deadline = self._decoder.deadline
        if deadline is not None and time.monotonic() >= deadline:
            self._take(self._keep(Kind.TICK))
            self._answer(link)
        elif not data and not self._decoder.asking:
            self._next_ask(link)

    def _patience(self) -> float:
        now = time.monotonic()
        until = [now + (UNDISTURBED if self._wake else LONGEST_WAIT)]
        if self._decoder.deadline is not None:
            until.append(self._decoder.deadline)
        elif self._profile.poll is not None:
            until.append(self._next_poll)
        return max(min(until) - now, 0.0)

    def _next_ask(self, link: Link) -> None:
        try:
            command, future = self._asks.get_nowait()
        except Empty:
            self._poll(link)
            return
        if future.set_running_or_notify_cancel():
            self._begin(link, command, future)

    def _poll(self, link: Link) -> None:
        if self._profile.poll is None or time.monotonic() < self._next_poll:
            return
        command, pause = self._profile.poll
        self._begin(link, command, Future())
        self._next_poll = time.monotonic() + pause

    def _begin(self, link: Link, command: str, future: "Future[int]") -> None:
        entry = self._keep(Kind.ASKED, dated(command).encode())
        self._take(entry)
        if self._decoder.refused is not None:
            future.set_exception(Refused("unknown_command", instrument=self._name, command=command))
            return
        try:
            self._answer(link)
        except LinkLost as lost:
            future.set_exception(lost)
            raise
        future.set_result(entry.number)

    def _answer(self, link: Link) -> None:
        data = self._decoder.to_send()
        if data:
            self._show(">", self._keep(Kind.SENT, data))
            link.write(data)

    def _take(self, entry: Entry) -> None:
        events = self._decoder.take(entry)
        if events:
            broken = sum(isinstance(event, Broken) for event in events)
            self._gauge.count(frames=len(events) - broken, broken=broken)
        if self._seen is not None:
            for event in events:
                self._seen(self._name, event)

    def _keep(self, kind: Kind, data: bytes = b"") -> Entry:
        """Write down, waiting for room when there is none: the device is not answered meanwhile."""
        while True:
            try:
                entry = self._journal.append(kind, data, self._session, durable=kind is not Kind.SENT)
            except JournalFull as full:
                self._gauge.set(reason=full.code, values=full.values)
                if self._stop.wait(FULL_PAUSE):
                    raise
            else:
                if self._gauge.health.reason.startswith("journal"):
                    self._gauge.set(reason="", values={})
                return entry

    def _end(self, reason: str) -> None:
        """Write down that the line ended; where that cannot be, the next start finds it open and closes it."""
        try:
            self._take(self._journal.append(Kind.CLOSED, _said(reason=reason), self._session))
        except JournalFull as full:
            self._gauge.set(reason=full.code, values=full.values)

    def _show(self, direction: str, entry: Entry) -> None:
        if self._live is not None:
            self._live(self._name, direction, entry.data, entry.wall)

    def _shown(self) -> dict[str, object]:
        return {"instrument": self._profile.id, "settings": {**self._profile.defaults, **self._settings}}


def _said(**values: object) -> bytes:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()
