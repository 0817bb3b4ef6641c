import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.aio import AioBoard, Box, Colour, GrayProfile, Image, LineSum, Version
from protocols.codec import Broken, ProtocolError
from protocols.lights import Lights

Run = Callable[..., list[Any]]
HELLO = "03 FF 20 00 00 00 00 00 08 00 D4 18 44 45 56 49 43 45 3F 3F"
IMAGE = bytes.fromhex("1B 02 00 02 00 00 F8 E0 07 1F 00 FF FF")


def row(numbers: list[int], dark: int = 120) -> bytes:
    body = b"".join(number.to_bytes(4, "little") for number in (dark, *numbers))
    return b"\x84" + body + bytes((sum(body) & 0xFF,))


def look(*rows: bytes) -> bytes:
    return bytes((0x1B, len(rows))) + b"".join(rows)


GOLDEN = look(row([40000 + 1000 * led + 100 * hole for hole in range(8) for led in range(4)]))


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        ("version", HELLO),
        ("lights", "1B 1B"),
        ("image", "1B 1C 00"),
        ("strip", "1B 1E 00 14 00 46 00 64 00 14 00 19 00 4B 00 1B 1C 00"),
        ("profile", "1B 1D 00"),
        ("colour", "1B 20 00"),
        ("line_c", "1B 21 00"),
        ("line_t", "1B 21 01"),
    ],
)
def test_requests_as_published(command: str, wire: str) -> None:
    board = AioBoard()
    board.ask(command)
    assert board.to_send() == bytes.fromhex(wire)
    with pytest.raises(ProtocolError, match="awaited"):
        board.ask(command)


def test_what_it_does_not_know_is_refused() -> None:
    with pytest.raises(ProtocolError, match="strip"):
        AioBoard().ask("erase")


def test_the_published_row_with_its_check(run: Run) -> None:
    assert GOLDEN[-1] == 0x17
    (seen,) = run(AioBoard(row_check=True), [GOLDEN])
    assert isinstance(seen, Lights)
    assert seen.checked
    assert [hole.net(3) for hole in seen.holes] == [42880 + 100 * hole for hole in range(8)]


def test_the_published_image(run: Run) -> None:
    assert run(AioBoard(), [IMAGE]) == [Image(2, 2, IMAGE[5:], 0)]


@pytest.mark.parametrize(
    ("command", "answer", "event"),
    [
        ("version", bytes.fromhex("03 FE 20 00 00 00 00 00 00 00 00 00"), Version),
        ("profile", bytes(range(10)), GrayProfile),
        ("colour", bytes(12), Colour),
        ("line_c", bytes.fromhex("CB 02 00 00"), LineSum),
        ("line_t", bytes.fromhex("FF FF FF FF"), LineSum),
        ("lights", GOLDEN, Lights),
        ("image", IMAGE, Image),
    ],
)
def test_an_answer_is_read_as_what_was_asked(command: str, answer: bytes, event: type) -> None:
    board = AioBoard(Box(height=10))
    board.ask(command)
    (found,) = board.receive(answer, 1.0)
    assert isinstance(found, event)
    assert board.idle
    assert board.deadline is None


def test_the_sum_at_a_line_has_a_sign_and_a_line() -> None:
    board = AioBoard()
    board.ask("line_c")
    assert board.receive(bytes.fromhex("CB 02 00 00"), 0.0) == [LineSum("C", 715, 0)]
    board.ask("line_t")
    assert board.receive(bytes.fromhex("FE FF FF FF"), 0.0) == [LineSum("T", -2, 4)]


def test_an_answer_that_nobody_awaits_is_not_taken_for_another() -> None:
    board = AioBoard()
    board.ask("lights")
    (broken,) = board.receive(IMAGE, 0.0)
    assert isinstance(broken, Broken)
    assert broken.reason == "unasked"
    (seen,) = board.receive(GOLDEN, 0.1)
    assert isinstance(seen, Lights)


def test_silence_and_half_an_answer_are_reported() -> None:
    board = AioBoard()
    board.ask("lights")
    assert board.expire(0.0) == []
    assert board.receive(GOLDEN[:50], 0.5) == []
    (half,) = board.expire(1.5)
    assert isinstance(half, Broken)
    assert (half.reason, len(half.data)) == ("timeout", 50)
    (late,) = board.expire(8.0)
    assert isinstance(late, Broken)
    assert late.reason == "timeout"
    assert board.idle


@pytest.mark.parametrize("data", ["00 01", "1B", "1B 07 84", "1B 00 00 05 00", "1B 05 00 00 00 00"])
def test_what_is_no_answer_is_reported_byte_for_byte(run: Run, data: str) -> None:
    events = run(AioBoard(), [bytes.fromhex(data)])
    assert all(isinstance(event, Broken) for event in events)
    assert b"".join(event.data for event in events) == bytes.fromhex(data)


def test_a_row_of_another_length_is_broken(run: Run) -> None:
    (broken,) = run(AioBoard(), [look(row([1] * 32), b"\x83" + row([1] * 32)[1:])])
    assert (broken.reason, broken.detail) == ("length", "a row says 131 bytes, not 132")


@given(
    st.lists(st.integers(0, 2**32 - 1), min_size=32, max_size=32),
    st.lists(st.integers(0, 136), max_size=6),
    st.binary(max_size=3).filter(lambda noise: not set(noise) & {0x1B, 0x03}),
)
def test_every_row_comes_back_whole_however_it_is_cut(
    run: Run, numbers: list[int], cuts: list[int], noise: bytes
) -> None:
    data = noise + look(row(numbers))
    places = [0, *sorted(cuts), len(data)]
    *lost, seen = run(AioBoard(row_check=True), [data[a:b] for a, b in itertools.pairwise(places)])
    assert [light for hole in seen.holes for light in hole.lights] == numbers
    assert b"".join(event.data for event in lost) == noise


@given(st.integers(0, 135), st.integers(1, 255))
def test_no_wrong_byte_passes_a_checked_row(run: Run, place: int, flip: int) -> None:
    spoilt = bytearray(GOLDEN)
    spoilt[place] ^= flip
    found = [event for event in run(AioBoard(row_check=True), [bytes(spoilt)]) if isinstance(event, Lights)]
    assert found == []
