"""Nothing is answered before it is on disk, and nothing is handed over twice or dropped."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.decoder import Decoder
from drivers.errors import JournalDead, LinkLost, Refused
from drivers.handover import HandOver
from drivers.health import Gauge
from drivers.journal import Journal
from drivers.links import memory
from drivers.profile import Profile
from drivers.segments import Entry, Kind
from drivers.session import Session
from tests.drivers.acks import ACK, Lines, Taken, profile


def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


@dataclass
class Line:
    session: Session
    journal: Journal
    device: memory.MemoryLink
    gauge: Gauge
    faults: list[BaseException]
    stop: threading.Event


@contextmanager
def served(folder: Path, sink: Taken, instrument: Profile | None = None, **journal: Any) -> Iterator[Line]:
    instrument = instrument or profile()
    kept = Journal(folder, **journal)
    gauge, stop, done = Gauge("one"), threading.Event(), threading.Event()
    session = Session("one", instrument, {}, kept, gauge)
    session.recover()
    host, device = memory.pair()
    faults: list[BaseException] = []

    def serve() -> None:
        try:
            session.serve(host, stop)
        except (LinkLost, JournalDead) as fault:
            faults.append(fault)

    over = HandOver("one", instrument, {}, kept, sink, gauge)
    threads = [threading.Thread(target=serve), threading.Thread(target=over.run, args=(done,))]
    for thread in threads:
        thread.start()
    try:
        yield Line(session, kept, device, gauge, faults, stop)
    finally:
        stop.set()
        threads[0].join()
        done.set()
        threads[1].join()
        kept.close()


def heard(device: memory.MemoryLink, count: int) -> bytes:
    data = b""
    end = time.monotonic() + 60
    while len(data) < count and time.monotonic() < end:
        data += device.read(0.1)
    return data


def test_a_line_is_kept_answered_and_handed_over(tmp_path: Path) -> None:
    sink = Taken()
    with served(tmp_path, sink) as line:
        line.device.write(b"S1;1")
        line.device.write(b".50\nS2;2.50\n")
        assert heard(line.device, 2) == ACK * 2
        until(lambda: sink.samples == ["S1", "S2"])
        assert {place for _name, _entry, place in sink.rows} == {0, 1}
        assert line.gauge.health.frames == 2
        until(lambda: line.gauge.health.readings == 2)
        line.stop.set()
        until(lambda: line.journal.last == 5)
        kinds = [one.kind for one in line.journal.entries()]
    assert kinds == [Kind.OPENED, Kind.RECEIVED, Kind.RECEIVED, Kind.SENT, Kind.CLOSED]


def test_the_acknowledgement_leaves_after_the_sync_of_its_cause(tmp_path: Path) -> None:
    syncing, let_go = threading.Event(), threading.Event()
    slow = False

    def sync(handle: int) -> None:
        if slow:
            syncing.set()
            let_go.wait(60)
        os.fsync(handle)

    with served(tmp_path, Taken(), sync=sync) as line:
        until(lambda: line.journal.last == 1)
        slow = True
        line.device.write(b"S1;1\n")
        assert syncing.wait(60)
        assert line.device.read(0.1) == b""
        let_go.set()
        assert heard(line.device, 1) == ACK


def test_a_dead_disk_acknowledges_nothing_more(tmp_path: Path) -> None:
    dead = False

    def sync(handle: int) -> None:
        if dead:
            raise OSError(errno.EIO, "input/output error")
        os.fsync(handle)

    sink = Taken()
    with served(tmp_path, sink, sync=sync) as line:
        line.device.write(b"S1;1\n")
        assert heard(line.device, 1) == ACK
        until(lambda: sink.samples == ["S1"])
        dead = True
        line.device.write(b"S2;2\n")
        until(lambda: line.faults)
        assert isinstance(line.faults[0], JournalDead)
        assert line.device.read(0.05) == b""
        assert sink.samples == ["S1"]


def test_a_database_that_is_away_delays_and_loses_nothing(tmp_path: Path) -> None:
    sink = Taken(away=True)
    with served(tmp_path, sink) as line:
        line.device.write(b"S1;1\n")
        assert heard(line.device, 1) == ACK
        until(lambda: line.gauge.health.waiting == "OSError")
        line.device.write(b"S2;2\n")
        assert heard(line.device, 1) == ACK
        sink.away = False
        until(lambda: sink.samples == ["S1", "S2"])
        assert line.gauge.health.waiting == ""


def test_what_was_not_taken_in_comes_at_the_next_start_under_its_old_key(tmp_path: Path) -> None:
    away, back, again = Taken(away=True), Taken(), Taken()
    with served(tmp_path, away) as line:
        line.device.write(b"S1;1\nS2;2\n")
        assert heard(line.device, 2) == ACK * 2
    assert away.rows == {}
    with served(tmp_path, back):
        until(lambda: back.samples == ["S1", "S2"])
    with served(tmp_path, again):
        time.sleep(0.3)
    assert again.rows == {}
    assert {entry for _name, entry, _place in back.rows} == {2}


def test_half_a_line_lapses_and_the_replay_agrees(tmp_path: Path) -> None:
    sink, second = Taken(), Taken()
    with served(tmp_path, sink) as line:
        line.device.write(b"half")
        until(lambda: sink.brokens)
        line.device.write(b"S1;1\n")
        until(lambda: sink.samples == ["S1"])
    (tmp_path / "cursor").unlink()
    with served(tmp_path, second):
        until(lambda: second.samples == ["S1"])
    assert second.rows == sink.rows
    assert [(one.reason, one.data) for one in second.brokens] == [("timeout", b"half")]


def test_a_lost_line_reports_what_it_broke_off(tmp_path: Path) -> None:
    sink = Taken()
    endless = profile(codec=lambda _settings: Patient())
    with served(tmp_path, sink, endless) as line:
        line.device.write(b"S1;1\nhal")
        assert heard(line.device, 1) == ACK
        line.device.close()
        until(lambda: line.faults)
        until(lambda: sink.brokens)
    assert [(one.reason, one.data) for one in sink.brokens] == [("link", b"S1;1\nhal")]
    assert sink.samples == ["S1"]


class Patient(Lines):
    """A wire that waits for ever for the rest of a line."""

    def receive(self, data: bytes, now: float) -> list[Any]:
        events = super().receive(data, now)
        self.deadline = None
        return events


def test_commands_are_asked_in_turn_and_erasing_needs_a_yes(tmp_path: Path) -> None:
    with served(tmp_path, Taken()) as line:
        number = line.session.ask("again").result(5)
        assert heard(line.device, 1) == b"a"
        entry = next(one for one in line.journal.entries(number - 1) if one.number == number)
        assert (entry.kind, entry.data) == (Kind.ASKED, b"again")
        with pytest.raises(Refused, match="destructive"):
            line.session.ask("erase")
        line.session.ask("erase", confirmed=True).result(5)
        assert heard(line.device, 1) == b"e"
        with pytest.raises(Refused, match="unknown_command"):
            line.session.ask("dance").result(5)


class Daily(Lines):
    """A wire that is asked for a day."""

    def ask(self, command: str) -> None:
        super().ask("again" if command.startswith("day:") else command)


def test_today_is_written_down_as_the_day_that_it_was(tmp_path: Path) -> None:
    with served(tmp_path, Taken(), profile(codec=lambda _settings: Daily())) as line:
        number = line.session.ask("day:today").result(5)
        entry = next(one for one in line.journal.entries(number - 1) if one.number == number)
        assert entry.data.decode().startswith("day:20")


def test_a_poll_is_asked_again_and_again(tmp_path: Path) -> None:
    with served(tmp_path, Taken(), profile(poll=("again", 0.05))) as line:
        assert heard(line.device, 3) == b"aaa"


def test_a_sink_that_asks_for_it_is_told_of_the_line_before_its_readings(tmp_path: Path) -> None:
    class Watching(Taken):
        def opened(self, name: str, identity: Mapping[str, str]) -> None:
            assert self.samples == []
            told.append((name, dict(identity)))

    told: list[tuple[str, dict[str, str]]] = []
    sink = Watching()
    with served(tmp_path, sink) as line:
        line.device.write(b"S1;1.50\n")
        until(lambda: sink.samples)
        assert [(name, set(facts)) for name, facts in told] == [("one", {"port"})]


def test_a_bug_of_an_instrument_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    sink = Taken()
    with served(tmp_path, sink) as line:
        line.device.write(b"boom\nS1;1\n")
        until(lambda: sink.samples == ["S1"])
    assert [(one.reason, one.data) for one in sink.brokens] == [("profile", b"'boom'")]


class Buggy(Lines):
    """A codec that fails on one line."""

    def receive(self, data: bytes, now: float) -> list[Any]:
        if b"!" in data:
            raise ValueError("a bug of a codec")
        return super().receive(data, now)


def test_a_bug_of_a_codec_is_reported_live_and_in_replay(tmp_path: Path) -> None:
    sink = Taken()
    with served(tmp_path, sink, profile(codec=lambda _settings: Buggy())) as line:
        line.device.write(b"!!\n")
        until(lambda: sink.brokens)
        line.device.write(b"S1;1\n")
        until(lambda: sink.samples == ["S1"])
        assert line.gauge.health.broken == 1
    assert [(one.reason, one.data) for one in sink.brokens] == [("codec", b"!!\n")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 39), max_size=12), st.integers(0, 12))
def test_a_replay_from_any_safe_entry_gives_the_same_keys(cuts: list[int], crash: int) -> None:
    """A decoder that starts behind any entry after which it held nothing goes on as if it had never stopped."""
    stream = b"".join(b"S%d;%d\n" % (one, one) for one in range(8))
    marks = sorted({0, len(stream), *(one for one in cuts if one < len(stream))})
    pieces = [stream[one:two] for one, two in pairwise(marks)]
    at = memory_entries(pieces)
    whole = keys(at)
    decoder, safe = Decoder(profile(), {}), 0
    for entry in at[:crash]:
        decoder.take(entry)
        safe = entry.number if decoder.idle else safe
    first = {key: value for key, value in whole.items() if key[0] <= safe}
    assert {**first, **keys(at[safe:])} == whole
    assert len(whole) == 8


def memory_entries(pieces: list[bytes]) -> list[Entry]:

    return [Entry(n, 1, datetime.now(UTC), n * 0.01, Kind.RECEIVED, one) for n, one in enumerate(pieces, 1)]


def keys(entries: list[Entry]) -> dict[tuple[int, int], Any]:
    decoder = Decoder(profile(), {})
    found: dict[tuple[int, int], Any] = {}
    for entry in entries:
        readings = [one for event in decoder.take(entry) for one in decoder.read(event)]
        decoder.to_send()
        found |= {(entry.number, place): one for place, one in enumerate(readings)}
    return found
