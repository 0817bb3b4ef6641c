from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.dy2620 import DATA, EXCEPTION, LAST, Last, Records, Refusal, download, request
from protocols.transcript import cut

R3 = bytes.fromhex("01 65 0A 13 08 07 0A 1F 00 06 D9 01 09 C3 08")
END = LAST.build(b"")
RECORD = R3[3:13]


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = download(), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@pytest.mark.parametrize(
    ("number", "frame"), [(0, "01 65 00 00 00 01 8C 02"), (1, "01 65 00 01 00 01 DD C2")]
)
def test_requests_as_published(number: int, frame: str) -> None:
    assert request(number) == bytes.fromhex(frame)


@given(st.lists(st.integers(0, 60)))
@settings(max_examples=40)
def test_any_cut_gives_the_same_answers(places: list[int]) -> None:
    data = b"\x01" + R3 + END + DATA.build(b"", b"\0\0") + EXCEPTION.start + b"\2"
    data += EXCEPTION.check.compute(data[-3:]) if EXCEPTION.check else b""
    assert found(data, places) == [
        Broken(0, b"\x01", "noise"), Records((RECORD,), 1), Last(), Last(), Refusal(2)
    ]  # fmt: skip


@given(st.integers(0, len(R3) - 1), st.integers(1, 255))
def test_no_wrong_byte_makes_another_record(place: int, flip: int) -> None:
    spoilt = R3[:place] + bytes([R3[place] ^ flip]) + R3[place + 1 :]
    assert not [event for event in found(spoilt) if isinstance(event, Records)]


def test_bytes_that_are_no_whole_records() -> None:
    assert [event.reason for event in found(DATA.build(b"", bytes(7)))] == ["length"]


def talked(*answers: bytes) -> tuple[list[bytes], list[str]]:
    host = download()
    host.ask("read")
    sent = [host.to_send()]
    reports: list[str] = []
    for answer in answers:
        reports += [event.detail for event in host.receive(answer, 0.0) if isinstance(event, Broken)]
        sent.append(host.to_send())
    reports += [
        event.detail for now in range(9) for event in host.expire(float(now)) if isinstance(event, Broken)
    ]
    assert host.idle
    return sent, reports


def test_records_are_asked_for_until_there_is_none() -> None:
    assert talked(R3, R3, END) == ([request(0), request(1), request(2), b""], [])


def test_an_exception_ends_it_with_a_reason() -> None:
    refusal = EXCEPTION.start + b"\x02"
    refusal += EXCEPTION.check.compute(refusal) if EXCEPTION.check else b""
    assert talked(R3, refusal)[1] == ["the meter refused record 1 with the exception 2"]


def test_silence_ends_it_with_the_record_that_is_missing() -> None:
    assert talked(R3)[1] == ["no answer for record 1 within 1.5 s"]
    with pytest.raises(ProtocolError):
        download().ask("write")


def test_records_without_end_are_not_asked_for_for_ever() -> None:
    host, reports = download(), []
    host.ask("read")
    while not host.idle:
        reports += [event for event in host.receive(R3, 0.0) if isinstance(event, Broken)]
    assert [event.reason for event in reports] == ["length"]
