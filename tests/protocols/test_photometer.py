import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.lights import Colours, Lights
from protocols.photometer import (
    Ack,
    Battery,
    Curve,
    Heaters,
    Version,
    android,
    android_shape,
    bx1,
    bx1_shape,
)

Run = Callable[..., list[Any]]
WORDS = st.lists(st.integers(0, 0xFFFF), min_size=64, max_size=64)


def words(numbers: list[int]) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in numbers)


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        ("version", "7E 01 00 00 01 7E"),
        ("lights", "7E 15 00 00 15 7E"),
        ("battery", "7E 19 00 00 19 7E"),
        ("level", "7E 1B 00 00 1B 7E"),
        ("calibrate", "7E 11 00 02 03 E8 FE 7E"),
    ],
)
def test_bx1_requests_as_published(command: str, wire: str) -> None:
    board = bx1()
    board.ask(command)
    assert board.to_send() == bytes.fromhex(wire)


@pytest.mark.parametrize(
    ("end", "board", "command", "wire"),
    [
        (0x7E, None, "lights", "7E 15 00 00 15 7E"),
        (0xAA, None, "lights", "7E 15 00 00 15 AA"),
        (0x7E, None, "calibrate", "7E 11 01 00 32 44 7E"),
        (0xAA, 1, "calibrate", "7E 11 02 00 01 32 46 AA"),
        (0xAA, None, "colours", "7E 20 00 00 20 AA"),
        (0xAA, None, "heaters", "7E 26 00 00 26 AA"),
        (0x7E, None, "heat:39-40", "7E 28 02 00 27 28 79 7E"),
    ],
)
def test_android_requests_as_published(end: int, board: int | None, command: str, wire: str) -> None:
    one = android(end=end, board=board)
    one.ask(command)
    assert one.to_send() == bytes.fromhex(wire)


@pytest.mark.parametrize("board", [bx1(), android()])
@pytest.mark.parametrize("command", ["", "erase", "heat:", "heat:200-1", "heat:1", "calibrate:x"])
def test_what_a_board_does_not_know_is_refused(board: Any, command: str) -> None:
    with pytest.raises(ProtocolError):
        board.ask(command)


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        ("7E 02 00 03 06 10 25 40 7E", Version(6, b"\x10\x25")),
        ("7E 12 00 00 12 7E", Ack("calibrate")),
        ("7E 1A 00 01 02 1D 7E", Battery(state="charging")),
        ("7E 1A 00 01 09 24 7E", Battery(state="09")),
        ("7E 1C 00 01 55 72 7E", Battery(raw=85, percent=70)),
        ("7E 1C 00 01 0A 27 7E", Battery(raw=10, percent=1)),
    ],
)
def test_bx1_answers_as_published(run: Run, wire: str, event: object) -> None:
    assert run(bx1(), [bytes.fromhex(wire)]) == [event]


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        ("7E 27 02 00 29 2A 7C AA", Heaters((37, 38))),
        ("7E 29 01 00 01 2B 7E", Ack("heat", 1)),
        ("7E 51 00 00 51 AA", Ack("scan")),
        ("7E 53 04 00 01 00 02 00 5A AA", Curve((1, 2), 0)),
    ],
)
def test_android_answers(run: Run, wire: str, event: object) -> None:
    assert run(android(), [bytes.fromhex(wire)]) == [event]


def test_colours_are_three_bytes_a_card(run: Run) -> None:
    (cards,) = run(android(), [bytes.fromhex("7E 21 06 00 C8 B4 A0 BE AA 96 41 AA")])
    assert isinstance(cards, Colours)
    assert cards.cards[1] == (Decimal(190), Decimal(170), Decimal(150))


@given(WORDS, st.lists(st.integers(1, 133), max_size=5))
def test_every_look_comes_back_whole_however_it_is_cut(run: Run, numbers: list[int], cuts: list[int]) -> None:
    frame = bx1_shape({}).build(b"\x16", words(numbers))
    places = [0, *sorted(cuts), len(frame)]
    pieces = [frame[a:b] for a, b in itertools.pairwise(places)]
    (look,) = run(bx1(), pieces)
    assert isinstance(look, Lights)
    assert [light for hole in look.holes for light in hole.lights] == numbers


@given(st.integers(0, 133), st.integers(1, 255))
def test_no_wrong_byte_gives_another_look(run: Run, place: int, flip: int) -> None:
    frame = bytearray(bx1_shape({}).build(b"\x16", words(list(range(60000, 60064)))))
    frame[place] ^= flip
    assert not [event for event in run(bx1(), [bytes(frame)]) if isinstance(event, Lights)]


@pytest.mark.parametrize("size", [12, 13])
def test_half_a_hole_is_broken(run: Run, size: int) -> None:
    frame = android_shape(b"\xaa", "little", {}).build(b"\x16", bytes(size))
    (broken,) = run(android(), [frame])
    assert isinstance(broken, Broken)
    assert broken.reason == "length"


def test_a_big_endian_unit_is_read_by_its_setting(run: Run) -> None:
    frame = android_shape(b"\xaa", "big", {}).build(b"\x16", words(list(range(16))))
    (look,) = run(android(order="big"), [frame])
    assert [hole.net(3) for hole in look.holes] == [3, 7, 11, 15]


@pytest.mark.parametrize("lenient", [False, True])
def test_a_wrong_check_passes_only_where_it_is_allowed_and_never_on_lights(
    run: Run, *, lenient: bool
) -> None:
    cards, look = (
        bytes.fromhex("7E 21 03 00 01 02 03 00 AA"),
        bytearray(android_shape(b"\xaa", "little", {}).build(b"\x16", bytes(64))),
    )
    look[-2] ^= 0xFF
    found = run(android(lenient=lenient), [cards + bytes(look)])
    assert [event.lenient for event in found if isinstance(event, Colours)] == [True] * lenient
    assert not [event for event in found if isinstance(event, Lights)]
    assert any(isinstance(event, Broken) for event in found)
