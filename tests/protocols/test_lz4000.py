from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.frames import SUM8
from protocols.lz4000 import Count, Here, Record, day_download
from protocols.sevene import seven_e
from protocols.transcript import cut

TEST = bytes.fromhex("7E 00 02 00 00 00 07 AA")
COUNT = bytes.fromhex("7E 13 05 00 12 03 1F 02 00 2A AA")
NONE = bytes.fromhex("7E 13 05 00 12 03 1F 00 00 F3 AA")
C4 = bytes.fromhex("7E 11 14 00 02 00 01 00 07 00 C7 E0 B2 CB 00 00 12 03 1F 09 05 1E E8 09 8F AA")
C5 = bytes.fromhex("7E 11 14 00 02 00 02 00 08 00 CE F7 BA EC CA C1 12 03 1F 09 05 1E E8 17 6E AA")
DAY = b"\x12\x03\x1f"


def events_of(places: list[int], data: bytes, command: str) -> tuple[list[Any], bytes]:
    host, events, sent = day_download(), [], b""
    host.ask(command)
    for piece in cut(data, places):
        sent += host.to_send()
        events += host.receive(piece, 0.0)
    return events, sent + host.to_send()


@given(st.lists(st.integers(0, 80)))
@settings(max_examples=60)
def test_a_day_is_counted_and_read_however_the_line_cuts_it(places: list[int]) -> None:
    events, sent = events_of(places, b"\x00\xff" + COUNT + C4 + C5, "day:2018-03-31")
    assert events == [
        Broken(0, b"\x00\xff", "noise"), Count(DAY, 2), Record(C4, 2, 1, 13), Record(C5, 2, 2, 39)
    ]  # fmt: skip
    assert sent == bytes.fromhex("7E 12 03 00 12 03 1F 07 AA 7E 10 03 00 12 03 1F A9 AA")


@given(st.integers(0, 25), st.integers(1, 255))
def test_no_wrong_byte_makes_another_record(place: int, flip: int) -> None:
    spoilt = C4[:place] + bytes([C4[place] ^ flip]) + C4[place + 1 :]
    host = day_download()
    events = [*host.receive(spoilt + C5, 0.0), *host.expire(9.0)]
    assert [event for event in events if isinstance(event, Record)] == [Record(C5, 2, 2, 26)]


def test_a_test_and_a_day_without_records() -> None:
    frame = seven_e().build(b"\x01", b"\1\2\3")
    assert events_of([], frame, "test") == ([Here(b"\1\2\3")], TEST)
    events, sent = events_of([], NONE, "day:2018-03-31")
    assert (events, len(sent)) == ([Count(DAY, 0)], 9)


@pytest.mark.parametrize("came", [b"", C4, C4 + C4])
def test_a_short_download_says_how_many_are_missing(came: bytes) -> None:
    host = day_download()
    host.ask("day:2018-03-31")
    host.receive(COUNT + came, 0.0)
    reports = [one for now in (2.0, 4.0, 6.0) for one in host.expire(now)]
    assert [one.detail for one in reports if isinstance(one, Broken)] == [f"{bool(came):d} of 2 records came"]
    assert host.idle


def test_a_silent_instrument_is_asked_twice() -> None:
    host = day_download()
    host.ask("test")
    sent = [(host.expire(now), host.to_send()) for now in (0.0, 2.0, 4.0)]
    assert sent == [([], TEST), ([], TEST), ([Broken(0, b"", "timeout", "no answer within 2 s")], b"")]


def test_more_than_255_records_of_a_day() -> None:
    host = day_download()
    host.ask("day:2018-03-31")
    host.receive(seven_e().build(b"\x13", DAY + (300).to_bytes(2, "little")), 0.0)
    for index in range(1, 301):
        assert not host.idle
        numbers = b"".join(number.to_bytes(2, "little") for number in (300, index))
        assert host.receive(seven_e().build(b"\x11", numbers + C4[8:24]), 0.0)
    assert host.idle


def test_another_check_is_accepted_only_where_it_is_allowed() -> None:
    frame = seven_e(SUM8).build(b"\x11", C4[4:24])
    assert all(isinstance(one, Broken) for one in day_download().receive(frame, 0.0))
    assert day_download((SUM8,)).receive(frame, 0.0) == [Record(frame, 2, 1, 0, lenient=True)]


@pytest.mark.parametrize("command", ["", "all", "day:yesterday"])
def test_what_cannot_be_asked(command: str) -> None:
    with pytest.raises(ProtocolError):
        day_download().ask(command)
