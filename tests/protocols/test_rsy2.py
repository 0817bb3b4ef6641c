from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.rsy2 import READ_ALL, Last, Records, Text, build, download
from protocols.transcript import cut

ONE, TWO = b"\x1e001765 1 19/08/07 ", b"\x1e002801 2 19/08/07 "
LIST = build(b"002" + ONE + TWO)
DATED = build(b"D00177651190807103144")


def found(data: bytes, places: list[int] | None = None, *, lenient: bool = False) -> list[Any]:
    host, events = download(2, lenient=lenient), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@pytest.mark.parametrize(
    ("generation", "command", "sent"),
    [
        (2, "day:2019-08-07", "01 55 61 62 04"),
        (3, "version", "01 56 41 41 04"),
        (3, "set_clock:2019-08-07T10:31:44", "01 53 31 39 30 38 30 37 31 30 33 31 34 34 34 37 04"),
    ],
)
def test_requests_as_published(generation: int, command: str, sent: str) -> None:
    host = download(generation)
    host.ask(command)
    assert host.to_send() == bytes.fromhex(sent)


def test_the_published_check_of_a_range() -> None:
    assert build(b"R190801190831") == bytes.fromhex("01 52 31 39 30 38 30 31 31 39 30 38 33 31 34 35 04")


@given(st.lists(st.integers(0, 100)))
@settings(max_examples=60)
def test_any_cut_gives_the_same_records(places: list[int]) -> None:
    data = b"xy" + LIST + DATED + build(b"E") + b"\x01E\x04" + build(b"V2.0")
    assert found(data, places) == [
        Broken(0, b"xy", "noise"),
        Records(2, (ONE, TWO), checked=True, offset=2),
        Records(3, (DATED[2:22],), checked=True, offset=2 + len(LIST)),
        Last(),
        Last(),
        Text(b"V2.0"),
    ]


@given(st.integers(0, len(LIST) - 1), st.integers(1, 255))
def test_no_wrong_byte_makes_another_record(place: int, flip: int) -> None:
    spoilt = LIST[:place] + bytes([LIST[place] ^ flip]) + LIST[place + 1 :]
    assert [event.raws for event in found(spoilt) if isinstance(event, Records)] in ([], [(ONE, TWO)])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LIST[:-3] + b"00\x04", "check"),
        (build(b"003" + ONE + TWO), "length"),
        (build(b"002" + ONE + TWO[1:] + b"x"), "length"),
        (build(b"D0017"), "length"),
        (b"\x01" + b"1" * 20_000, "length"),
        (b"\x0112\xff", "noise"),
        (LIST[:-1], "timeout"),
    ],
)
def test_what_is_no_answer(data: bytes, reason: str) -> None:
    assert found(data)[0].reason == reason


def test_another_check_is_taken_marked_only_where_it_is_allowed() -> None:
    odd = LIST[:-3] + b"00\x04"
    assert found(odd, lenient=True) == [Records(2, (ONE, TWO), checked=False, offset=0)]
    assert found(build(b"V")[:-3] + b"00\x04", lenient=True)[0].reason == "check"


def test_a_day_is_asked_for_and_ends_with_its_letter() -> None:
    host = download(3)
    host.ask("day:2019-08-07")
    assert host.to_send() == build(b"R190807190807")
    host.receive(DATED, 0.0)
    assert not host.idle
    host.receive(build(b"E"), 0.0)
    assert host.idle


def test_the_clock_is_set_and_nothing_awaited_for_long() -> None:
    host = download(2)
    host.ask("set_clock:2019-08-07T10:31:44")
    assert [event for now in (0.0, 3.0) for event in host.expire(now)] == []
    assert host.idle


@pytest.mark.parametrize("command", ["", "all", "set_clock:now", "day:x"])
def test_what_cannot_be_asked(command: str) -> None:
    with pytest.raises(ProtocolError):
        download(2).ask(command)


def test_there_are_two_generations() -> None:
    assert READ_ALL[1:2] == b"U"
    with pytest.raises(ProtocolError):
        download(4)
