import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.cards import Ack, CardBoard, Curve, Presence, Version, encoding
from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC8, SUM8
from protocols.sevene import seven_e
from protocols.transcript import cut

Run = Callable[..., list[Any]]

E4 = bytes.fromhex(
    "7E 16 00 B4 FF 22 2E 26 ED 28 71 2B 95 2D 3B 2F 3F 30 AC 30 C9 30 CA 30 DB 30 F3 30 B5 30 DF 2F 9E 2E 69 2D"
    "91 2C FA 2B A7 2B 75 2B 44 2B 2B 2B 35 2B 50 2B 50 2B 45 2B 1F 2B 8A 2A 68 29 D6 27 01 26 68 24 A2 23 D6 23"
    "11 25 E0 26 90 28 D8 29 B4 2A 33 2B 6C 2B 83 2B 90 2B 90 2B 57 2B CF 2A E0 29 7D 28 D0 26 38 25 14 24 F1 23"
    "EC 24 82 26 3F 28 A9 29 6B 2A D0 2A 26 2B 65 2B 98 2B DE 2B 3D 2C B8 2C 5F 2D 11 2E BC 2E BC 2F F5 31 BB 36"
    "A9 3D DD 43 9F 46 85 44 AB 3D A4 34 F6 2C AC 27 6B 23 59 1F 5B 1B 44 17 15 13 06 0F 50 0B 50 08 E6 05 E9 03"
    "A9 02 0A 02 5C 7E"
)
ACK = bytes.fromhex("7E 12 00 00 12 7E")
PRESENT = bytes.fromhex("7E 14 00 01 01 16 7E")
VERSION_3 = encoding(3).build(b"\x02", b"\x07\x30\x12")


@pytest.mark.parametrize(
    ("generation", "command", "request_bytes"),
    [
        (1, "version", "7E 01 00 00 01 7E"),
        (3, "version", "7E 01 00 00 46 7E"),
        (2, "in_and_scan", "7E 11 00 01 01 13 7E"),
        (3, "in_and_scan", "7E 11 01 00 01 D4 7E"),
        (2, "out", "7E 11 00 01 02 14 7E"),
        (3, "out", "7E 11 01 00 02 87 7E"),
        (1, "card_in", "7E 11 00 01 03 15 7E"),
        (3, "card_in", "7E 11 01 00 03 B6 7E"),
        (2, "presence", "7E 13 00 00 13 7E"),
        (2, "curve", "7E 15 00 00 15 7E"),
        (2, "calibrate", "7E 17 00 00 17 7E"),
    ],
)
def test_requests_as_published(generation: int, command: str, request_bytes: str) -> None:
    board = CardBoard(generation)
    board.ask(command)
    assert board.to_send() == bytes.fromhex(request_bytes)
    assert board.to_send() == b""


def test_the_captured_scan(run: Run) -> None:
    (curve,) = run(CardBoard(), [E4])
    assert isinstance(curve, Curve)
    assert len(curve.samples) == 90
    assert curve.samples[:3] == (8959, 9774, 10477)
    assert (curve.samples[32], curve.samples[51], curve.samples[72], curve.samples[-1]) == (
        9122,
        9201,
        18079,
        522,
    )
    assert (curve.generation, curve.lenient, curve.offset) == (1, False, 0)


@pytest.mark.parametrize(
    ("raw", "event"),
    [
        ("7E 12 00 00 12 7E", Ack("motor")),
        ("7E 12 00 00 28 7E", Ack("motor")),
        ("7E 14 00 01 01 16 7E", Presence(present=True)),
        ("7E 14 00 01 00 15 7E", Presence(present=False)),
        ("7E 14 01 00 01 41 7E", Presence(present=True)),
        ("7E 14 01 00 00 70 7E", Presence(present=False)),
        ("7E 14 00 01 05 1A 7E", Presence(None)),
        ("7E 16 00 00 16 7E", Ack("curve")),
        ("7E 18 00 00 18 7E", Ack("calibrate")),
    ],
)
def test_published_answers(run: Run, raw: str, event: object) -> None:
    assert run(CardBoard(), [bytes.fromhex(raw)]) == [event]


def test_the_version_tells_the_generation_and_turns_the_encoding(run: Run) -> None:
    assert run(CardBoard(), [encoding(1).build(b"\x02", b"\x01\x12\x05")]) == [Version(1, 0x12, 5, 1)]
    assert run(CardBoard(), [encoding(2).build(b"\x02", b"\x01\x20\x05")]) == [Version(1, 0x20, 5, 2)]
    board = CardBoard(2)
    board.ask("version")
    assert board.receive(VERSION_3, 0.0) == [Version(7, 0x30, 0x12, 3)]
    assert board.generation == 3
    board.to_send()
    board.ask("out")
    assert board.to_send() == bytes.fromhex("7E 11 01 00 02 87 7E")


def test_calibration_of_generation_3_has_an_outcome(run: Run) -> None:
    assert run(CardBoard(3), [encoding(3).build(b"\x18", b"\x02")]) == [Ack("calibrate", 2)]


@pytest.mark.parametrize(("generation", "wait"), [(1, 7.5), (2, 9.5), (3, 9.5)])
def test_a_scan_waits_polls_and_ends_with_the_curve(generation: int, wait: float) -> None:
    board = CardBoard(generation)
    board.ask("in_and_scan")
    board.to_send()
    assert board.deadline == 0.0
    assert board.expire(100.0) == []
    assert board.deadline == 100.0 + wait
    assert board.receive(ACK, 100.2) == [Ack("motor")]
    assert board.expire(100.0 + wait) == []
    assert board.to_send() == encoding(generation).build(b"\x15")
    assert board.receive(E4[:90], 110.0) == []
    assert board.expire(110.1) == []
    assert board.to_send() == b""
    (curve,) = board.receive(E4[90:], 110.15)
    assert isinstance(curve, Curve)
    assert board.idle
    assert board.deadline is None


def test_a_scan_without_a_curve_ends_after_a_hundred_polls() -> None:
    board = CardBoard(1)
    board.ask("in_and_scan")
    board.to_send()
    now, polls, events = 0.0, 0, []
    while board.deadline is not None:
        now = max(now, board.deadline)
        events += board.expire(now)
        polls += len(board.to_send()) // 6
    assert polls == 100
    assert now == pytest.approx(7.5 + 10.0)
    assert events == [Broken(0, b"", "timeout", "no curve in 100 polls")]


def test_nothing_to_send_yet_keeps_polling() -> None:
    board = CardBoard(1)
    board.ask("in_and_scan")
    board.expire(0.0)
    board.expire(7.5)
    assert board.receive(bytes.fromhex("7E 16 00 00 16 7E"), 7.6) == [Ack("curve")]
    assert not board.idle


def test_a_late_curve_is_nobodys() -> None:
    board = CardBoard(1)
    board.ask("presence")
    assert board.receive(PRESENT, 0.0) == [Presence(present=True)]
    (broken,) = board.receive(E4, 1.0)
    assert isinstance(broken, Broken)
    assert (broken.reason, broken.data) == ("unasked", E4)
    board.ask("in_and_scan")
    board.expire(2.0)
    (broken,) = board.receive(E4, 3.0)
    assert isinstance(broken, Broken)
    assert broken.reason == "unasked"


@pytest.mark.parametrize(("command", "seconds"), [("presence", 2.0), ("calibrate", 10.0)])
def test_no_answer(command: str, seconds: float) -> None:
    board = CardBoard()
    board.ask(command)
    assert board.receive(b"", 50.0) == []
    assert board.deadline == 50.0 + seconds
    assert board.expire(50.0 + seconds) == [Broken(0, b"", "timeout", "no answer in time")]
    assert board.idle


def test_what_cannot_be_asked() -> None:
    board = CardBoard()
    with pytest.raises(ProtocolError):
        board.ask("erase")
    board.ask("out")
    with pytest.raises(ProtocolError):
        board.ask("presence")
    with pytest.raises(ProtocolError):
        CardBoard(4)


def test_half_a_point_is_no_curve(run: Run) -> None:
    raw = encoding(1).build(b"\x16", b"\x01\x02\x03")
    assert run(CardBoard(), [raw]) == [Broken(0, raw, "length", "a curve of half a point")]


def test_the_other_check_only_where_wanted_and_marked(run: Run) -> None:
    raw = seven_e(CRC8, 0x7E, "big").build(b"\x14", b"\x01")
    assert [event.reason for event in run(CardBoard(), [raw])] == ["check"]
    assert run(CardBoard(lenient=True), [raw]) == [Presence(present=True, lenient=True)]
    other = seven_e(SUM8, 0x7E, "little").build(b"\x16", b"\x01\x00")
    assert run(CardBoard(lenient=True), [other]) == [Curve((1,), 3, lenient=True)]


@given(
    st.lists(st.sampled_from([E4, ACK, PRESENT, VERSION_3, E4[:70], b"\x7e", b"\x7e\x16"]), max_size=4),
    st.data(),
)
@settings(max_examples=60)
def test_any_cut_gives_the_same_events(run: Run, pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    positions = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    whole = run(CardBoard(), [stream])
    assert run(CardBoard(), cut(stream, positions)) == whole
    assert run(CardBoard(), [bytes((byte,)) for byte in stream]) == whole


def test_no_single_corrupted_byte_gives_a_wrong_curve_or_answer() -> None:
    stream = E4 + PRESENT + VERSION_3
    truth = CardBoard().receive(stream, 0.0)
    for position, value in itertools.product(range(len(stream)), range(0, 256, 5)):
        corrupted = stream[:position] + bytes((value,)) + stream[position + 1 :]
        if corrupted != stream:
            events = CardBoard().receive(corrupted, 0.0)
            good = [event for event in events if not isinstance(event, Broken)]
            assert len(good) < len(truth)
            assert all(event in truth for event in good)
