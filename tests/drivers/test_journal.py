"""The journal keeps what it acknowledged, shares syncs, and refuses when the disk fails."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import segments
from drivers.errors import JournalDead, JournalFull, Refused
from drivers.journal import Journal, Tail
from drivers.segments import Entry, Gap, Kind, Placed


def numbers(journal: Journal, after: int = 0) -> list[int]:
    return [one.number for one in journal.entries(after)]


def closed_with(folder: Path, count: int, *, segment: int = 8 << 20) -> Path:
    journal = Journal(folder, segment=segment)
    for one in range(count):
        journal.append(Kind.RECEIVED, b"bytes %d" % one)
    journal.close()
    return segments.files(folder)[-1][1]


def test_entries_come_back_as_they_were_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    opened = journal.append(Kind.OPENED, b"{}")
    written = [opened, journal.append(Kind.RECEIVED, bytes(range(256)), opened.number)]
    written.append(journal.append(Kind.SENT, b"\x06", opened.number, durable=False))
    assert [one.number for one in journal.entries()] == [1, 2]
    written.append(journal.append(Kind.TICK, b"", opened.number))
    assert list(journal.entries()) == written
    journal.close()
    again = Journal(tmp_path)
    assert list(again.entries()) == written
    assert written[1].session == opened.number == opened.session
    assert written[1].wall.utcoffset() is not None
    again.close()


def test_append_returns_only_after_a_sync_that_covers_it(tmp_path: Path) -> None:
    synced: list[int] = []

    def sync(handle: int) -> None:
        os.fsync(handle)
        synced.append(os.fstat(handle).st_size)

    journal = Journal(tmp_path, sync=sync)
    for _ in range(5):
        journal.append(Kind.RECEIVED, b"x" * 50)
        assert synced[-1] == segments.files(tmp_path)[0][1].stat().st_size
    journal.close()


def test_threads_share_syncs(tmp_path: Path) -> None:
    syncs = 0

    def sync(handle: int) -> None:
        nonlocal syncs
        syncs += 1
        time.sleep(0.01)
        os.fsync(handle)

    journal = Journal(tmp_path, sync=sync)
    threads = [
        threading.Thread(target=lambda: [journal.append(Kind.RECEIVED, b"z") for _ in range(10)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(journal) == list(range(1, 81))
    assert syncs <= 30
    journal.close()


def test_a_torn_end_is_put_aside_and_never_read(tmp_path: Path) -> None:
    path = closed_with(tmp_path, 3)
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    journal = Journal(tmp_path)
    assert numbers(journal) == [1, 2]
    assert journal.aside is not None
    assert whole[:-4].endswith(journal.aside.read_bytes())
    assert journal.append(Kind.RECEIVED, b"next").number == 3
    assert [one.data for one in journal.entries(2)] == [b"next"]
    journal.close()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3 * 60), st.integers(0, 255))
def test_any_damaged_byte_loses_at_most_its_own_record(place: int, mask: int) -> None:
    entries = [
        Entry(one, 1, segments._EPOCH, 1.5, Kind.RECEIVED, b"payload of entry %d" % one) for one in (1, 2, 3)
    ]
    data = bytearray(b"".join(segments.encode(one) for one in entries))
    data[place % len(data)] ^= mask
    found = [part.entry for part in segments.scan(bytes(data)) if isinstance(part, Placed)]
    assert [one for one in entries if one in found] == found
    assert len(found) >= (3 if mask == 0 else 2)


def test_damage_in_the_middle_is_reported_and_what_follows_is_kept(tmp_path: Path) -> None:
    path = closed_with(tmp_path, 5)
    data = bytearray(path.read_bytes())
    record = len(data) // 5
    data[2 * record + 20] ^= 1
    path.write_bytes(data)
    journal = Journal(tmp_path)
    assert numbers(journal) == [1, 2, 4, 5]
    assert [one.length for one in journal.gaps] == [record]
    tail = Tail(journal, 1)
    assert [type(tail.next(0)) for _ in range(4)] == [Entry, Gap, Entry, Entry]
    assert tail.next(0) is None
    assert journal.append(Kind.RECEIVED).number == 6
    journal.close()


def test_files_follow_one_another(tmp_path: Path) -> None:
    closed_with(tmp_path, 20, segment=200)
    assert len(segments.files(tmp_path)) > 4
    journal = Journal(tmp_path, segment=200)
    tail = Tail(journal, 7)
    assert numbers(journal, 7) == list(range(8, 21))
    for _ in range(10):
        journal.append(Kind.RECEIVED, b"more")
    read = [one.number for one in iter(lambda: tail.next(0), None) if isinstance(one, Entry)]
    assert read == list(range(8, 31))
    journal.close()


def test_a_tail_waits_for_the_next_entry(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    tail = Tail(journal, 0)
    assert tail.next(0.01) is None
    timer = threading.Timer(0.05, journal.append, (Kind.RECEIVED, b"late"))
    timer.start()
    found = tail.next(2.0)
    timer.join()
    assert isinstance(found, Entry)
    assert found.data == b"late"
    journal.close()


def test_the_cursor_survives_and_no_number_is_used_twice(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "one")
    for _ in range(3):
        journal.append(Kind.RECEIVED)
    journal.move(3)
    journal.close()
    for _first, path in segments.files(tmp_path / "one"):
        path.unlink()
    journal = Journal(tmp_path / "one")
    assert journal.cursor == 3
    assert journal.append(Kind.RECEIVED).number == 4
    journal.close()
    journal = Journal(tmp_path / "one", after=90)
    assert journal.append(Kind.RECEIVED).number == 91
    assert numbers(journal) == [4, 91]
    journal.close()


def test_a_damaged_cursor_means_all_is_read_again(tmp_path: Path) -> None:
    closed_with(tmp_path, 2)
    (tmp_path / "cursor").write_bytes(b"\x00\x00")
    journal = Journal(tmp_path)
    assert journal.cursor == 0
    assert journal.notes == ["cursor_damaged"]
    journal.close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    code = f"from pathlib import Path; from drivers.journal import Journal; Journal(Path({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "journal_in_use" in done.stderr
    with pytest.raises(Refused, match="journal_in_use"):
        Journal(tmp_path)
    journal.close()
    Journal(tmp_path).close()


def test_a_failed_sync_kills_the_journal_for_good(tmp_path: Path) -> None:
    failing = False

    def sync(handle: int) -> None:
        if failing:
            raise OSError(errno.EIO, "input/output error")
        os.fsync(handle)

    journal = Journal(tmp_path, sync=sync)
    journal.append(Kind.RECEIVED, b"kept")
    failing = True
    with pytest.raises(JournalDead, match="journal_dead"):
        journal.append(Kind.RECEIVED, b"not kept")
    failing = False
    with pytest.raises(JournalDead):
        journal.append(Kind.RECEIVED, b"never tried")
    assert [one.data for one in journal.entries()] == [b"kept"]
    journal.close()


def _limited(folder: Path, then: Callable[[Journal], None]) -> int:
    """Run in a child whose files may not grow beyond 4096 bytes: the system refuses as a full disk does."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
            then(Journal(folder))
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_full_disk_is_said_and_keeps_all_that_was_acknowledged(tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"

    def fill(journal: Journal) -> None:
        for count in range(1000):
            journal.append(Kind.RECEIVED, b"x" * 100)
            acknowledged.write_text(str(count + 1))

    def full(journal: Journal) -> None:
        with pytest.raises(JournalFull, match="journal_full"):
            fill(journal)
        with pytest.raises(JournalFull):
            journal.append(Kind.RECEIVED, b"x" * 100)

    assert _limited(tmp_path / "journal", full) == 0
    journal = Journal(tmp_path / "journal")
    assert len(numbers(journal)) == int(acknowledged.read_text())
    assert journal.aside is None
    journal.append(Kind.RECEIVED, b"room again")
    journal.close()
