from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.csv_upload import Finished, Row, build, upload
from protocols.transcript import cut

SHAPES = {"R": 5, "B": 8}
K2 = "R,0001,亚硝酸盐,2.35,mg/kg,2011-05-06 10:20:30TRANSFERFINISH".encode("gb2312")
FIELDS = (b"0001", "亚硝酸盐".encode("gb2312"), b"2.35", b"mg/kg", b"2011-05-06 10:20:30")
BOTH = b"\r\nB,1,x,A1A2,0.5,<1,,ppb,2019/8/7 9:05" + K2


def asking(command: str) -> bytes:
    if command != "read":
        raise ProtocolError(command)
    return b"a"


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = upload(SHAPES, asking), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


def test_the_derived_upload() -> None:
    assert found(K2) == [Row("R", FIELDS, 0), Finished()]
    assert build([("R", FIELDS)]) == K2


@given(st.lists(st.integers(0, len(BOTH))))
@settings(max_examples=60)
def test_any_cut_gives_the_same_records(places: list[int]) -> None:
    second = (b"1", b"x", b"A1A2", b"0.5", b"<1", b"", b"ppb", b"2019/8/7 9:05")
    assert found(BOTH, places) == [Row("B", second, 2), Row("R", FIELDS, 38), Finished()]


def test_the_shorter_closing_word() -> None:
    assert found(build([("R", FIELDS)], b"FINISH"))[-1] == Finished()


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"xyz" + K2, ["noise"]),
        (b"R", ["timeout"]),
        (b"RX" + K2, ["noise"]),
        (K2[:30], ["timeout"]),
        (K2[:-14], ["timeout"]),
        (b"R,1,2,3,4,1" + b"0" * 500, ["length", "noise"]),
        (b"R,1" + b"x" * 500, ["length", "noise"]),
    ],
)
def test_what_is_no_record_is_given_up_whole(data: bytes, reasons: list[str]) -> None:
    lost = [event for event in found(data) if isinstance(event, Broken)]
    assert [event.reason for event in lost] == reasons


def test_reading_asks_twice_and_once_where_nothing_comes() -> None:
    host = upload(SHAPES, asking)
    host.ask("read")
    sent = host.to_send()
    host.receive(K2, 0.0)
    sent += host.to_send()
    host.receive(K2, 0.0)
    assert (sent, host.to_send(), host.idle) == (b"aa", b"", True)
    host.ask("read")
    host.expire(1.0)
    assert [type(event) for event in host.expire(11.0)] == [Broken]
    assert host.idle
    with pytest.raises(ProtocolError):
        host.ask("write")
