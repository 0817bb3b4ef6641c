import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.aoben import AobenBoard, Done, Glow, Scan, Strip, Warmth
from protocols.codec import Broken, ProtocolError
from protocols.lights import Colours, Lights

Run = Callable[..., list[Any]]
TWENTY = b"OK" + b",".join(b"0.80" for _ in range(20)) + b"\n"
SHORT = Scan(start=0, end=4)


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("lights", "47 65 74 41 6C 6C 44 61 74 61"),
        ("led:410", "4C 69 67 68 74 34 31 30"),
        ("atp", "47 65 74 41 54 50 44 61 74 61"),
        ("strip", b"GetData,2,300,900,60,200,0.35".hex()),
        ("heat", b"FYTest".hex()),
        ("temperature", b"GETTEMP".hex()),
    ],
)
def test_words_as_published(command: str, word: str) -> None:
    board = AobenBoard()
    board.ask(command)
    assert board.to_send() == bytes.fromhex(word)
    assert board.to_send() == b""


@pytest.mark.parametrize("command", ["", "GetAllData", "led:4", "led:abc"])
def test_what_it_does_not_know_is_refused(command: str) -> None:
    with pytest.raises(ProtocolError):
        AobenBoard().ask(command)


@pytest.mark.parametrize(
    ("reply", "event"),
    [
        (b"OK\n", Done()),
        (b"OK\r\n", Done()),
        (b"36.1\n", Warmth(Decimal("36.1"))),
        (b"OK0.3\n", Glow(Decimal("0.3"), 0)),
    ],
)
def test_published_replies(run: Run, reply: bytes, event: object) -> None:
    assert run(AobenBoard(), [reply]) == [event]


def test_lights_and_cards_as_published(run: Run) -> None:
    lights, cards = run(AobenBoard(), [TWENTY, b"255,255,255|60,110,190|\n"])
    assert isinstance(lights, Lights)
    assert [hole.lights for hole in lights.holes] == [(Decimal("0.80"),)] * 20
    assert not lights.checked
    assert isinstance(cards, Colours)
    assert [int(value) for value in cards.cards[1]] == [60, 110, 190]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"OK1,2,3\n", "length"),
        (b"300,1,2\n", "content"),
        (b"OK1,x\n", "content"),
        (b"\n", "content"),
        (b"OK0.3", "timeout"),
        (b"A" * 600, "noise"),
    ],
)
def test_what_is_no_reply_is_reported(run: Run, reply: bytes, reason: str) -> None:
    events = run(AobenBoard(), [reply])
    assert all(isinstance(event, Broken) for event in events)
    assert events[0].reason == reason


@pytest.mark.parametrize("text", ["No signal", "Scan error", "no signal"])
def test_a_text_instead_of_a_scan_is_the_boards_own_word(text: str) -> None:
    board = AobenBoard()
    board.ask("strip")
    assert board.receive(text.encode() + b"\n", 0.0) == [Strip(text, (), 0)]
    assert board.idle


def test_a_curve_may_hold_commas_and_line_feeds(run: Run) -> None:
    curve = bytes.fromhex("2C 0A 0A 2C 01 F4 4F 4B")
    assert run(AobenBoard(SHORT, strips=True), [b"OK0.22," + curve + b"\n"]) == [
        Strip("0.22", (0x2C0A, 0x0A2C, 500, 0x4F4B), 0)
    ]


def test_a_curve_of_three_bytes_a_point(run: Run) -> None:
    (strip,) = run(
        AobenBoard(Scan(start=1, end=3, width=3), strips=True), [b"OK1,\x00\x01\x00\x0a\x00\x01\n"]
    )
    assert strip.samples == (256, 655361)


@pytest.mark.parametrize("reply", [b"OK0.22,12345678", b"OK0.22,123456789\n", b"OK" + b"1" * 600, b"hm\n"])
def test_a_scan_of_another_length_is_none(run: Run, reply: bytes) -> None:
    events = run(AobenBoard(SHORT, strips=True), [reply])
    assert all(isinstance(event, Broken) for event in events)
    assert b"".join(event.data for event in events) == reply


def test_an_answer_to_another_word_is_refused_and_the_right_one_awaited() -> None:
    board = AobenBoard()
    board.ask("temperature")
    (wrong,) = board.receive(b"OK\n", 0.0)
    assert isinstance(wrong, Broken)
    assert wrong.reason == "content"
    assert board.receive(b"36.1\n", 0.1) == [Warmth(Decimal("36.1"))]
    (late,) = board.receive(b"36.1\n", 0.2)
    assert isinstance(late, Broken)
    assert late.reason == "unasked"


def test_silence_is_reported() -> None:
    board = AobenBoard()
    board.ask("lid")
    board.expire(0.0)
    with pytest.raises(ProtocolError, match="awaited"):
        board.ask("lid")
    (broken,) = board.expire(7.0)
    assert isinstance(broken, Broken)
    assert broken.reason == "timeout"
    assert board.idle


@given(st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4), st.lists(st.integers(0, 16), max_size=6))
def test_every_curve_comes_back_however_it_is_cut(run: Run, points: list[int], cuts: list[int]) -> None:
    data = b"OK0.22," + b"".join(point.to_bytes(2, "big") for point in points) + b"\n"
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    assert run(AobenBoard(SHORT, strips=True), pieces) == [Strip("0.22", tuple(points), 0)]
