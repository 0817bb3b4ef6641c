"""Simulated devices say what they should, spoiled as they should, and count what they really said."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import capture
from drivers.errors import LinkLost
from drivers.faults import Faults, Spoiler
from drivers.journal import Journal
from drivers.links import serial, tcp
from drivers.links.far import ListeningEnd, PtyEnd
from drivers.links.link import Link
from drivers.player import Player, TranscriptDevice
from drivers.profile import Serial
from drivers.segments import Kind
from protocols.codec import Broken, ProtocolError
from protocols.transcript import DEVICE, HOST, Entry, Transcript, write
from protocols.transcript import read as read_wire
from tests.drivers.acks import ACK, Sender, profile

TALK = Transcript(
    "acks",
    entries=(
        Entry(0, DEVICE, b"S1;1\n"),
        Entry(5, HOST, ACK),
        Entry(9, DEVICE, b"S2"),
        Entry(11, DEVICE, b";2\n"),
        Entry(20, HOST, ACK + b"a"),
    ),
)


def called(address: str) -> Link:
    host, _, port = address.partition(":")
    return tcp.call(host, int(port), threading.Event())


def read(link: Link, count: int, seconds: float = 60.0) -> bytes:
    data, end = b"", time.monotonic() + seconds
    while len(data) < count and time.monotonic() < end:
        data += link.read(0.05)
    return data


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_transcript_is_played_word_for_word() -> None:
    device = TranscriptDevice(TALK)
    with Player(device, ListeningEnd()) as player:
        link = called(player.address)
        assert read(link, 5) == b"S1;1\n"
        assert read(link, 1, 0.1) == b""
        link.write(ACK)
        assert read(link, 5) == b"S2;2\n"
        link.write(ACK)
        link.write(b"a")
        until(lambda: device.finished)
        assert player.said.bytes == 10
        assert player.said.heard == 3
        link.close()


def test_a_transcript_reports_what_it_did_not_expect() -> None:
    device = TranscriptDevice(TALK)
    assert device.receive(b"\x15", 0.0) == [
        Broken(0, b"\x15", "unexpected", "the transcript goes on with nothing from the host")
    ]
    assert device.to_send() == b"S1;1\n"
    found = device.receive(b"\x15", 0.0)
    assert [(one.offset, one.data) for one in found] == [(1, b"\x15")]
    assert device.to_send() == b""
    assert device.receive(ACK, 0.0) == []
    assert device.to_send() + device.to_send() == b"S2;2\n"
    assert device.receive(ACK, 0.0) == []
    assert not device.idle
    assert device.receive(b"a", 0.0) == []
    assert (device.idle, device.finished) == (True, True)
    with pytest.raises(ProtocolError):
        device.ask("again")


def test_a_player_on_a_terminal_waits_for_its_host(tmp_path: Path) -> None:
    with Player(TranscriptDevice(TALK), PtyEnd(str(tmp_path / "port"))) as player:
        time.sleep(0.15)
        assert player.said.chunks == 0
        link = serial.SerialLink(player.address, Serial())
        assert read(link, 5) == b"S1;1\n"
        player.unplug(0.2)
        with pytest.raises(LinkLost):
            read(link, 1)
        link.close()
        until((tmp_path / "port").exists)
        link = serial.SerialLink(player.address, Serial())
        time.sleep(0.2)
        link.write(ACK)
        assert read(link, 5) == b"S2;2\n"
        link.close()
        assert player.said.unplugged == 1


def test_a_fault_of_a_device_is_told_to_who_stops_it() -> None:
    class Failing(Sender):
        def expire(self, now: float) -> list[Any]:
            raise ValueError(now)

    player = Player(Failing(1), ListeningEnd())
    player.start()
    link = called(player.address)
    with pytest.raises(LinkLost):
        read(link, 1)
    link.close()
    with pytest.raises(ValueError, match=r"\d"):
        player.stop()


def said(faults: Faults, chunks: list[bytes]) -> tuple[bytes, Spoiler]:
    spoiler = Spoiler(faults)
    pieces = [piece for at, chunk in enumerate(chunks) for piece in spoiler.say(chunk, float(at))]
    pieces += spoiler.release(1e9)
    return b"".join(piece.data for piece in sorted(pieces, key=lambda one: one.due)), spoiler


def test_each_switch_does_what_it_says() -> None:
    chunks = [b"aaaa", b"bbbb", b"cccc", b"dddd"]
    assert said(Faults(), chunks)[0] == b"".join(chunks)
    assert said(Faults(drop=2), chunks)[0] == b"aaaacccc"
    assert said(Faults(repeat=3), chunks)[0] == b"aaaabbbbccccccccdddd"
    assert said(Faults(late=(1,), delay=1.5), chunks)[0] == b"bbbbaaaaccccdddd"
    glued = Spoiler(Faults(glue=5.0))
    assert [len(glued.say(chunk, 0.0)) for chunk in chunks] == [0, 1, 0, 1]
    assert glued.done["glue"] == 2


def test_one_bit_is_flipped_in_every_nth_chunk() -> None:
    chunks = [bytes(8)] * 6
    data, spoiler = said(Faults(garble=3, seed=5), chunks)
    assert sum(byte.bit_count() for byte in data) == spoiler.done["garble"] == 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9), st.integers(0, 99), st.integers(0, 5))
def test_cutting_changes_no_byte_and_a_seed_repeats(chunks: list[bytes], seed: int, split: int) -> None:
    faults = Faults(seed=seed, split=split, pause=0.01)
    data, spoiler = said(faults, chunks)
    assert data == b"".join(chunks)
    assert said(Faults(seed=seed, garble=1), chunks)[0] == said(Faults(seed=seed, garble=1), chunks)[0]
    assert spoiler.done["split"] == (sum(len(one) > 1 for one in chunks) if split > 1 else 0)


def test_a_late_answer_comes_late_on_the_wire() -> None:
    with Player(TranscriptDevice(TALK), ListeningEnd(), faults=Faults(late=(1,), delay=0.3)) as player:
        link = called(player.address)
        assert read(link, 1, 0.2) == b""
        assert read(link, 5) == b"S1;1\n"
        assert player.said.faults["late"] == 1
        link.close()


def recorded(link: Link, acknowledgements: int) -> Transcript:
    """Listen until that many lines were acknowledged."""
    stop, said = threading.Event(), list[bytes]()

    def tell(entry: Entry) -> None:
        said.append(entry.data)
        if said.count(ACK) == acknowledgements:
            stop.set()

    return capture.record(link, profile(), {}, seconds=60, stop=stop, tell=tell)


def test_a_live_wire_becomes_a_transcript_that_plays_again() -> None:
    with Player(Sender(3), ListeningEnd()) as player:
        link = called(player.address)
        found = recorded(link, 3)
        link.close()
    assert (
        b"".join(one.data for one in found.entries if one.direction == DEVICE)
        == b"S1;1.50\nS2;2.50\nS3;3.50\n"
    )
    assert [one.data for one in found.entries if one.direction == HOST] == [ACK] * 3
    assert found.entries[0].comment == "str"
    assert read_wire(write(found)) == found
    with Player(TranscriptDevice(found), ListeningEnd()) as player:
        link = called(player.address)
        again = recorded(link, 3)
        link.close()
    assert [one.data for one in again.entries] == [one.data for one in found.entries]


def test_a_capture_polls_and_ends_with_its_line() -> None:
    device = Sender(0)
    with Player(device, ListeningEnd()) as player:
        link = called(player.address)
        player.unplug()
        found = capture.record(link, profile(poll=("again", 0.1)), {}, seconds=5)
        link.close()
    assert found.header["ended"] == "gone"


def test_a_stretch_of_a_journal_becomes_a_transcript(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    session = journal.append(Kind.OPENED).number
    for kind, data in (
        (Kind.RECEIVED, b"S1;1\n"),
        (Kind.SENT, ACK),
        (Kind.TICK, b""),
        (Kind.RECEIVED, b"S2"),
    ):
        journal.append(kind, data, session)
    found = capture.export(journal, "acks", 2, 4)
    journal.close()
    assert [(one.direction, one.data) for one in found.entries] == [(DEVICE, b"S1;1\n"), (HOST, ACK)]
    assert found.entries[0].milliseconds == 0
    assert read_wire(write(found)) == found
