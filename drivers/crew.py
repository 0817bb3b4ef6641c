"""All lines of a station: each in threads of its own, watched, and opened again after it was lost."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from drivers.errors import DriverError, JournalDead, JournalFull, LinkLost, Refused
from drivers.handover import HandOver, Sink
from drivers.health import Gauge, Health, LinkState
from drivers.journal import Journal
from drivers.links.gather import Gatherer
from drivers.links.link import Link
from drivers.links.opening import Opener, opener
from drivers.links.serial import SerialLink
from drivers.profile import Profile, Settings
from drivers.session import Live, Seen, Session

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between a failure of a line and the next try; the last holds for all further ones."""
STEADY = 30.0
"""Seconds after which a line that holds counts as good, so that the pauses begin anew."""


@dataclass(frozen=True, slots=True)
class Post:
    """An instrument in its place: what a laboratory calls it, what it is, and where it is plugged in.

    Attributes:
        name: the laboratory's name, also of the journal's folder.
        profile: what it is.
        address: as `links.opening.opener` reads it.
        settings: what the laboratory set; the profile's defaults hold underneath.
        after: the highest journal entry known to be taken in already, in case its journal was lost.
    """

    name: str
    profile: Profile
    address: str
    settings: Settings = field(default_factory=lambda: MappingProxyType({}))
    after: int = 0


class Crew:
    """Starts, stops and watches the lines; a dead device never holds up another.

    Args:
        folder: where the journals lie, one folder for each instrument.
        sink: where readings go, called from each instrument's own thread.
        changed: told of every change of a line's health, from its thread; it must return at once.
        live: told of the raw bytes of both directions, from the line's thread; it must return at once.
        seen: told of every event of a wire, likewise.
        pauses: seconds between a failure and the next try.
    """

    def __init__(
        self,
        folder: Path,
        sink: Sink,
        *,
        changed: Callable[[Health], None] | None = None,
        live: Live | None = None,
        seen: Seen | None = None,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._folder, self._sink = folder, sink
        self._changed, self._watch, self._pauses = changed, _Watch(live, seen, Gatherer()), pauses
        self._lock = threading.Lock()
        self._hands: dict[str, _Hand] = {}

    def start(self, post: Post) -> None:
        """Begin to serve an instrument.

        Raises:
            Refused: `already_started`, `bad_name`, `journal_in_use` or `address_unfit`.
            OSError: its journal cannot be opened.
        """
        if not post.name or Path(post.name).name != post.name or post.name.startswith("."):
            raise Refused("bad_name", name=post.name)
        with self._lock:
            if post.name in self._hands:
                raise Refused("already_started", name=post.name)
            gauge = Gauge(post.name, self._changed)
            self._hands[post.name] = _Hand(
                post, self._folder / post.name, self._sink, gauge, self._watch, self._pauses
            )

    def stop(self, name: str) -> None:
        """Stop serving an instrument; its journal keeps what was not handed over for the next start."""
        with self._lock:
            hand = self._hands.pop(name, None)
        if hand is not None:
            hand.stop()

    def close(self) -> None:
        """Stop all lines together."""
        with self._lock:
            hands, self._hands = list(self._hands.values()), {}
        for hand in hands:
            hand.signal()
        for hand in hands:
            hand.stop()
        self._watch.gatherer.close()

    def health(self) -> Mapping[str, Health]:
        """Return the state of every line that was started and not stopped, by name."""
        with self._lock:
            return {name: hand.gauge.health for name, hand in self._hands.items()}

    def ask(self, name: str, command: str, *, confirmed: bool = False) -> "Future[int]":
        """Have a request sent to a device when its line is free; the result is its entry in the journal.

        Raises:
            Refused: `not_started`; or `destructive`, the command erases and was not confirmed.
        """
        with self._lock:
            hand = self._hands.get(name)
        if hand is None:
            raise Refused("not_started", name=name)
        return hand.session.ask(command, confirmed=confirmed)

    def journal(self, name: str) -> Journal:
        """Return the journal of a started instrument, for reading.

        Raises:
            Refused: `not_started`.
        """
        with self._lock:
            if name not in self._hands:
                raise Refused("not_started", name=name)
            return self._hands[name].journal


@dataclass(frozen=True, slots=True)
class _Watch:
    """Who looks on while a line is served, and who looks at all lines."""

    live: Live | None
    seen: Seen | None
    gatherer: Gatherer


class _Hand:
    """One instrument's two threads: one on the line, one towards the laboratory."""

    def __init__(
        self, post: Post, folder: Path, sink: Sink, gauge: Gauge, watch: _Watch, pauses: Sequence[float]
    ) -> None:
        self.gauge = gauge
        self._pauses, self._profile, self._gatherer = pauses, post.profile, watch.gatherer
        self._opener: Opener = opener(post.profile, post.settings, post.address, folder)
        self.journal = Journal(folder, after=post.after)
        self.session = Session(
            post.name, post.profile, post.settings, self.journal, gauge, watch.live, seen=watch.seen
        )
        self._over = HandOver(post.name, post.profile, post.settings, self.journal, sink, gauge)
        self._stop, self._line_done = threading.Event(), threading.Event()
        self._line = threading.Thread(target=self._serve, name=f"line {post.name}", daemon=True)
        self._giver = threading.Thread(
            target=self._over.run, args=(self._line_done,), name=f"handover {post.name}", daemon=True
        )
        self._line.start()
        self._giver.start()

    def signal(self) -> None:
        """Ask the threads to end."""
        self._stop.set()
        self.session.rouse()

    def stop(self) -> None:
        """End the threads and close the journal."""
        self.signal()
        self._line.join()
        self._line_done.set()
        self.journal.rouse()
        self._giver.join()
        with suppress(DriverError):  # what it could not keep was acknowledged to nobody
            self.journal.close()

    def _serve(self) -> None:
        try:
            self._recover()
            self._again_and_again()
            self.gauge.set(state=LinkState.STOPPED, reason="", values={})
        except (JournalDead, JournalFull) as fault:
            self.gauge.set(state=LinkState.STOPPED, reason=fault.code, values=fault.values)
        finally:
            self.session.cancel()
            self._opener.close()

    def _recover(self) -> None:
        while not self._stop.is_set():
            try:
                return self.session.recover()
            except JournalFull as full:
                self.gauge.set(reason=full.code, values=full.values)
                self._stop.wait(1.0)
        return None

    def _again_and_again(self) -> None:
        tries = 0
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                self._once()
            except LinkLost as lost:
                if self._stop.is_set():
                    return
                if time.monotonic() - begun > STEADY:
                    tries = 0
                self.gauge.count(failures=1)
                self.gauge.set(state=LinkState.LOST, reason=lost.code, values=lost.values)
                self._stop.wait(self._pauses[min(tries, len(self._pauses) - 1)])
                tries += 1

    def _once(self) -> None:
        """Open the line and serve it until it is lost or all is to stop."""
        if self.gauge.health.state is not LinkState.LOST:  # while it is lost, the reason stays visible
            self.gauge.set(state=LinkState.CONNECTING)
        link = self._gathered(self._opener.open(self._stop))
        try:
            identity, notes = dict(link.identity), tuple(link.notes)
            self.gauge.set(state=LinkState.OPEN, reason="", values={}, identity=identity, notes=notes)
            self.session.serve(link, self._stop)
        finally:
            link.close()

    def _gathered(self, link: Link) -> Link:
        ends = self._profile.ends
        return link if ends is None or not isinstance(link, SerialLink) else self._gatherer.gather(link, ends)
