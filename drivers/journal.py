"""Raw bytes, durable and numbered, before anybody believes them; and the mark up to which they were taken in."""

import errno
import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from drivers import segments
from drivers.errors import JournalDead, JournalFull, Refused
from drivers.segments import Entry, Gap, Kind, Placed

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

SEGMENT = 8 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Journal:
    """The append-only journal of one instrument in its own folder; one process at a time.

    `append` returns when the entry is on disk. Appends of several threads that come together share one sync: the
    first that finds nobody syncing does it for all that are written by then.

    Args:
        folder: where the files lie; made when it is missing.
        after: the highest entry number known to be in use elsewhere, so that a lost journal never reuses one.
        segment: bytes after which a new file is begun.
        sync: makes a file's bytes durable, given its descriptor.

    Raises:
        Refused: `journal_in_use`, another process has it open.
        OSError: the folder cannot be used at all.
    """

    def __init__(
        self,
        folder: Path,
        *,
        after: int = 0,
        segment: int = SEGMENT,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.gaps: list[Gap] = []
        self.notes: list[str] = []
        self.aside: Path | None = None
        self._segment, self._sync = segment, sync
        self._lock = _locked(folder / "lock")
        self._turn = threading.Condition()
        self._syncing = False
        self._dead: JournalDead | None = None
        self._closed = self._roused = False
        try:
            self.cursor = self._read_cursor()
            self._last = max(after, self.cursor)
            self._tail: Entry | None = None
            self._file = self._open()
        except BaseException:
            self._lock.close()
            raise
        self._durable = (self._last, self._path, self._end)

    @property
    def last(self) -> int:
        """The number of the newest durable entry, or the number to count on from."""
        return self._durable[0]

    @property
    def unclosed(self) -> int | None:
        """The session that an earlier process left open, None when it ended in order."""
        tail = self._tail
        return None if tail is None or tail.kind is Kind.CLOSED else tail.session

    def append(self, kind: Kind, data: bytes = b"", session: int = 0, *, durable: bool = True) -> Entry:
        """Write one entry and return it when it is on disk.

        Args:
            kind: what it records.
            data: the raw bytes, or text in UTF-8.
            session: the number of its OPENED entry.
            durable: False for what is no evidence by itself (bytes we send): in order, on disk with the next one.

        Raises:
            JournalFull: no room; the entry was not written and may be tried again.
            JournalDead: the disk failed; nothing more is taken until the program starts anew.
        """
        with self._turn:
            self._check()
            self._rotate()
            number = self._last + 1
            own = number if kind is Kind.OPENED else session
            entry = Entry(number, own, _now(), time.monotonic(), kind, data)
            self._write(segments.encode(entry))
            self._last, self._tail = number, entry
            if durable:
                self._settle(number)
        return entry

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the durable entries with a number above `after`, in order."""
        tail = Tail(self, after)
        while isinstance(part := tail.next(0), Entry | Gap):
            if isinstance(part, Entry):
                yield part

    def extents(self) -> list[tuple[int, Path, int | None]]:
        """Return each file: the number it begins at, its path, and how far it is durable (None: all of it)."""
        with self._turn:
            _number, path, end = self._durable
            names = segments.files(self.folder)
        return [(first, one, end if one == path else None) for first, one in names if one <= path]

    def end_of(self, path: Path) -> int | None:
        """Return how far a file is durable while it is the last one; None where another one was begun."""
        with self._turn:
            _number, last, end = self._durable
        return end if last == path else None

    def wait(self, after: int, timeout: float) -> bool:
        """Wait up to `timeout` seconds for a durable entry above `after`; True when there is one."""
        with self._turn:
            return (
                self._turn.wait_for(lambda: self._roused or self._durable[0] > after, timeout)
                and self._durable[0] > after
            )

    def rouse(self) -> None:
        """Have nobody `wait` any longer: the line has ended."""
        with self._turn:
            self._roused = True
            self._turn.notify_all()

    def move(self, number: int) -> None:
        """Put the cursor behind `number`, in one piece: everything up to it was taken in.

        Raises:
            JournalFull, JournalDead: it stays where it was.
        """
        path = self.folder / "cursor.new"
        try:
            with path.open("wb") as file:
                file.write(json.dumps({"entry": number}).encode())
                file.flush()
                self._sync(file.fileno())
            path.replace(self.folder / "cursor")
            segments.keep_folder(self.folder)
        except OSError as error:
            fault = JournalFull if error.errno in _NO_ROOM else JournalDead
            raise fault("cursor_not_kept", folder=str(self.folder), reason=str(error)) from error
        self.cursor = number

    def close(self) -> None:
        """Sync what is written, and let another process have the journal."""
        with self._turn:
            if self._closed:
                return
            try:
                if self._dead is None:
                    self._settle(self._last)
            finally:
                self._closed = True
                self._file.close()
                self._lock.close()

    def _check(self) -> None:
        if self._dead is not None:
            raise self._dead
        if self._closed:
            raise JournalDead("journal_closed", folder=str(self.folder))

    def _settle(self, number: int) -> None:
        """Have everything up to `number` on disk; the caller holds the lock."""
        while self._durable[0] < number:
            self._check_dead()
            if self._syncing:
                self._turn.wait()
            else:
                self._lead()

    def _check_dead(self) -> None:
        if self._dead is not None:
            raise self._dead

    def _lead(self) -> None:
        """Sync for all that is written by now, the lock let go meanwhile."""
        target = (self._last, self._path, self._end)
        self._syncing = True
        self._turn.release()
        fault: OSError | None = None
        try:
            self._sync(self._file.fileno())
        except OSError as error:
            fault = error
        finally:
            self._turn.acquire()
            self._syncing = False
            if fault is None:
                self._durable = target
            else:
                self._die(fault)
            self._turn.notify_all()

    def _die(self, fault: OSError) -> None:
        self._dead = JournalDead("journal_dead", folder=str(self.folder), reason=str(fault))
        self._dead.__cause__ = fault

    def _write(self, data: bytes) -> None:
        """Write a whole record or none of it."""
        handle, done = self._file.fileno(), 0
        try:
            while done < len(data):
                done += os.write(handle, data[done:])
        except OSError as error:
            try:
                os.ftruncate(handle, self._end)
                os.lseek(handle, self._end, os.SEEK_SET)
            except OSError as worse:
                self._die(worse)
            if error.errno not in _NO_ROOM:
                self._die(error)
            self._check_dead()
            raise JournalFull("journal_full", folder=str(self.folder), reason=str(error)) from error
        self._end += len(data)

    def _rotate(self) -> None:
        """Begin a new file when the present one is long enough; the old one is durable first."""
        while self._end >= self._segment and (self._syncing or self._durable[0] < self._last):
            if self._syncing:
                self._turn.wait()
            else:
                self._lead()
            self._check_dead()
        if self._end < self._segment:
            return
        old = self._file
        try:
            self._file = self._start(self._last + 1)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise JournalFull("journal_full", folder=str(self.folder), reason=str(error)) from error
            self._die(error)
            self._check_dead()
        old.close()
        self._durable = (self._last, self._path, 0)

    def _start(self, first: int) -> BinaryIO:
        path = segments.path_of(self.folder, first)
        file = path.open("xb", buffering=0)
        segments.keep_folder(self.folder)
        self._path, self._end = path, 0
        return file

    def _open(self) -> BinaryIO:
        """Find the end of the newest file, put a torn end aside, and go on from there."""
        known = segments.files(self.folder)
        if known:
            self._last = max(self._last, known[-1][0] - 1)
        for _first, path in reversed(known):
            if self._survey(path):
                break
        newest = self._tail.number if self._tail else known[-1][0] - 1 if known else -1
        if newest < self._last:
            return self._start(self._last + 1)  # numbers above were used elsewhere: a file begins at its name
        self._path = known[-1][1]
        file = self._path.open("r+b", buffering=0)
        self._end = file.seek(0, os.SEEK_END)
        self._sync(file.fileno())
        return file

    def _survey(self, path: Path) -> bool:
        """Read one file: its last entry, its gaps; a gap at the end is a torn record that nobody was told of."""
        data = path.read_bytes()
        parts = list(segments.scan(data, path.name))
        if parts and isinstance(parts[-1], Gap):
            self._put_aside(path, data, parts[-1].offset)
            parts.pop()
        self.gaps += [part for part in parts if isinstance(part, Gap)]
        placed = [part.entry for part in parts if isinstance(part, Placed)]
        if placed:
            self._tail = max(placed, key=lambda one: one.number)
            self._last = max(self._last, self._tail.number)
        return bool(placed)

    def _put_aside(self, path: Path, data: bytes, start: int) -> None:
        aside = path.with_suffix(f".torn-{start}-{time.time_ns()}")
        with aside.open("xb") as file:
            file.write(data[start:])
            file.flush()
            self._sync(file.fileno())
        with path.open("r+b") as file:
            file.truncate(start)
            self._sync(file.fileno())
        segments.keep_folder(self.folder)
        self.aside = aside

    def _read_cursor(self) -> int:
        try:
            return segments.cursor(self.folder)
        except ValueError:
            self.notes.append("cursor_damaged")  # all is taken in again, which the keys make harmless
            return 0


class Tail:
    """Reads on in a journal that grows: durable entries in order, and every gap that it meets.

    Args:
        journal: the journal, open in this process.
        after: the number behind which reading begins.
    """

    def __init__(self, journal: Journal, after: int) -> None:
        self._journal = journal
        self._number = after
        self._path: Path | None = None
        self._offset = 0
        self._ready: deque[Entry | Gap] = deque()

    def next(self, timeout: float) -> Entry | Gap | None:
        """Return what comes next, waiting up to `timeout` seconds for it, or None."""
        if not self._ready and self._journal.wait(self._number, timeout):
            self._fill()
        return self._ready.popleft() if self._ready else None

    def _fill(self) -> None:
        for path, end in self._ahead():
            start = self._offset if path == self._path else 0
            with path.open("rb") as file:
                file.seek(start)
                data = file.read() if end is None else file.read(end - start)
            self._path, self._offset = path, start + len(data)
            for part in segments.scan(data, path.name):
                if isinstance(part, Gap):
                    self._ready.append(replace(part, offset=part.offset + start))
                elif part.entry.number > self._number:
                    self._number = part.entry.number
                    self._ready.append(part.entry)

    def _ahead(self) -> list[tuple[Path, int | None]]:
        """The files from the one that is being read; at first from the one that holds the next number."""
        if self._path is not None and (end := self._journal.end_of(self._path)) is not None:
            return [(self._path, end)]
        extents = self._journal.extents()
        if self._path is None:
            begun = [first for first, _path, _end in extents if first <= self._number + 1]
            return [(path, end) for first, path, end in extents if not begun or first >= begun[-1]]
        return [(path, end) for _first, path, end in extents if path >= self._path]


def _now() -> datetime:
    return datetime.now(UTC)


def _locked(path: Path) -> BinaryIO:
    """Take the folder for this process; the system lets go of it when the process dies."""
    file = path.open("a+b", buffering=0)
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Refused("journal_in_use", folder=str(path.parent)) from error
    return cast("BinaryIO", file)
