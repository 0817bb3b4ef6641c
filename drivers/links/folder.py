"""A watched folder as a link: each new export, once it stands still, as the bytes of one file; only ever read."""

import fnmatch
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from drivers.errors import LinkLost, Refused
from protocols.files import LARGEST, encode

SETTLE = 2.0
"""Seconds for which a file's size and time must stay the same before it is read."""
RESCAN = 10.0
"""Seconds between two looks where the system tells of no change, as on a shared drive."""


class Ledger:
    """Contents that were taken already, by SHA-256; a content is entered only once it is in the journal.

    Args:
        path: a file of our own outside the watched folder; None keeps it in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        known = path.read_text("utf-8").splitlines() if path is not None and path.exists() else []
        self._known = {line.split(" ", 1)[0] for line in known}

    def knows(self, digest: str) -> bool:
        """True where this content was taken before, under whatever name."""
        return digest in self._known

    def enter(self, digest: str, name: str) -> None:
        """Note that a content was taken; raises `OSError` where that cannot be written down."""
        self._known.add(digest)
        if self._path is not None:
            with self._path.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write(f"{digest} {name}\n")
                file.flush()
                os.fsync(file.fileno())


class _Woken(FileSystemEventHandler):
    """Notes that something in the folder has changed."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake the link, but not for a file that was merely read."""
        if event.event_type not in ("opened", "closed_no_write"):
            self._event.set()


@dataclass(slots=True)
class _Seen:
    """What one file looked like, and since when."""

    facts: tuple[int, int]
    since: float
    done: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """What is watched: the folder, the patterns of names parted by `;`, and how long a file must stand still."""

    folder: Path
    pattern: str
    settle: float = SETTLE
    rescan: float = RESCAN
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the patterns apart."""
        parts = tuple(part.strip().lower() for part in self.pattern.split(";") if part.strip())
        object.__setattr__(self, "names", parts)

    def takes(self, name: str) -> bool:
        """True for names of the pattern, upper and lower case alike; never for hidden and lock files."""
        return not name.startswith((".", "~$")) and any(
            fnmatch.fnmatchcase(name.lower(), one) for one in self.names
        )


class FolderLink:
    """Reads each export of the folder once: oldest first, whole, and only after it has stood still.

    Args:
        watch: the folder and what of it counts.
        ledger: the contents that were taken before.
        clock: seconds of a steady clock.

    Raises:
        LinkLost: `folder_gone`, there is no such folder, or it cannot be looked into.
    """

    def __init__(self, watch: Watch, ledger: Ledger, clock: Callable[[], float] = time.monotonic) -> None:
        self._watch, self._ledger, self._clock = watch, ledger, clock
        self.identity = {"port": str(watch.folder)}
        self.notes: tuple[str, ...] = ()
        self._seen: dict[str, _Seen] = {}
        self._taken: tuple[str, str] | None = None
        self._changed = threading.Event()
        self._changed.set()
        self._look_at = 0.0
        self._entries()
        self._observer = Observer()
        self._observer.schedule(_Woken(self._changed), str(watch.folder))
        try:
            self._observer.start()
        except OSError:  # no more watches, or a drive that tells of nothing: looking now and then is enough
            self.notes = ("folder_not_told",)

    def read(self, timeout: float) -> bytes:
        """Return the next file as bytes, or nothing after `timeout` seconds.

        That it is called again means that what it returned before is in the journal: only then is that file
        entered in the ledger.

        Raises:
            LinkLost: the folder is gone, or what was taken cannot be noted.
        """
        self._enter()
        now = self._clock()
        if not self._changed.is_set() and now < self._look_at:
            self._changed.wait(min(timeout, self._look_at - now))
            return b""
        self._changed.clear()
        self._look_at = now + self._watch.rescan
        for name, facts in self._entries():
            if data := self._file(name, facts, now):
                self._changed.set()  # there may be more
                return data
        time.sleep(0 if self._changed.is_set() else min(timeout, 0.02))
        return b""

    def write(self, data: bytes) -> None:
        """Write nothing; raises `Refused` where something should be: an export folder is only read."""
        if data:
            raise Refused("folder_read_only", folder=str(self._watch.folder))

    def close(self) -> None:
        """Stop watching."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def _entries(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """The files that count, oldest first, with size and time."""
        try:
            found = [
                one for one in os.scandir(self._watch.folder) if self._watch.takes(one.name) and one.is_file()
            ]
            facts = [(one.name, one.stat()) for one in found]
        except OSError as error:
            folder = str(self._watch.folder)
            raise LinkLost("folder_gone", port=folder, reason=error.strerror or str(error)) from error
        listed = sorted((stat.st_mtime_ns, name, stat.st_size) for name, stat in facts)
        return iter([(name, (size, changed)) for changed, name, size in listed])

    def _file(self, name: str, facts: tuple[int, int], now: float) -> bytes:
        seen = self._seen.get(name)
        if seen is None or seen.facts != facts:
            self._seen[name] = _Seen(facts, now)
            self._look_at = min(self._look_at, now + self._watch.settle)
            return b""
        if seen.done:
            return b""
        if now < seen.since + self._watch.settle:
            self._look_at = min(self._look_at, seen.since + self._watch.settle)
            return b""
        return self._whole(name, seen)

    def _whole(self, name: str, seen: _Seen) -> bytes:
        """Read a file that has stood still; one that is locked or moves again is looked at later."""
        path = self._watch.folder / name
        if seen.facts[0] > LARGEST:
            seen.done, self.notes = True, (*self.notes, "file_too_big")
            return b""
        try:
            data = path.read_bytes()
            after = path.stat()
        except OSError:
            self._look_at = min(self._look_at, self._clock() + self._watch.settle)
            return b""
        if (after.st_size, after.st_mtime_ns) != seen.facts or len(data) != seen.facts[0]:
            return b""
        seen.done = True
        digest = hashlib.sha256(data).hexdigest()
        if not data or self._ledger.knows(digest):
            return b""
        self._taken = (digest, name)
        return encode(name, data)

    def _enter(self) -> None:
        if self._taken is None:
            return
        try:
            self._ledger.enter(*self._taken)
        except OSError as error:
            raise LinkLost("folder_ledger", port=str(self._watch.folder), reason=str(error)) from error
        self._taken = None
