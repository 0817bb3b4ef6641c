from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.dy5800 import SIZE, Result, build, receiver
from protocols.transcript import cut

L1 = (
    bytes.fromhex("50 30 31 00 30 30 30 30 30 31 32 C5 A9 D2 A9 D7 DC B2 D0 C1 F4") + bytes(10)
    + bytes.fromhex("25") + bytes(10)
    + bytes.fromhex("33 37 2E 34 00 30 2E 32 31 33 31 39 30 38 30 37 31 30 33 31 61 64 6D 69 6E 00 00 00 00")
    + bytes.fromhex("B0 D7 B2 CB")
    + bytes(6) + b"X"
)  # fmt: skip


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = receiver(), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


def test_the_derived_frame() -> None:
    assert len(L1) == SIZE
    (one,) = found(L1)
    assert {name: raw.rstrip(b"\0") for name, raw in one.fields.items()} == {
        "hole": b"01", "code": b"0000012", "item": "农药总残留".encode("gb2312"), "unit": b"%", "unknown": b"",
        "value": b"37.4", "absorbance": b"0.213", "date": b"190807", "time": b"1031", "user": b"admin",
        "sample": "白菜".encode("gb2312"),
    }  # fmt: skip
    assert build(one.fields) == L1


@given(st.lists(st.integers(0, 170)))
@settings(max_examples=40)
def test_a_start_in_the_noise_costs_no_result(places: list[int]) -> None:
    events = found(b"xPP" + L1 + L1, places)
    assert [event.offset for event in events if isinstance(event, Result)] == [3, 3 + SIZE]
    assert b"".join(event.data for event in events if isinstance(event, Broken)) == b"xPP"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(L1[:-1], "timeout"), (L1[:-1] + b"Y", "end"), (L1.replace(b"190807", b"19-807"), "content")],
)
def test_what_is_no_frame(data: bytes, reason: str) -> None:
    assert found(data)[0].reason == reason


def test_nothing_can_be_asked() -> None:
    with pytest.raises(ProtocolError, match="talks by itself"):
        receiver().ask("read")
