from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.six_a import (
    BOTTLE,
    END,
    ERASE,
    HELLO,
    MOISTURE,
    READ,
    Finished,
    Here,
    Layout,
    Record,
    download,
)
from protocols.transcript import cut

M1 = bytes.fromhex("6A 5A A5 69 6A 99 99 99 99 99 99 99 99")
M2 = bytes.fromhex("6A 11 00 EB 00 02 01 12 10 24 15 02 21")
M3 = bytes.fromhex("6A 07 65 01 12 10 24 05 69")
NINES = b"\x6a" + b"\x99" * 6 + bytes.fromhex("12 10 24 15 02 21")


def found(layout: Layout, data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = download(layout), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@given(st.lists(st.integers(0, 70)))
@settings(max_examples=60)
def test_any_cut_gives_the_same_records(places: list[int]) -> None:
    data = b"\0" + M1 + M2 + NINES + END
    assert found(BOTTLE, data, places) == [
        Broken(0, b"\0", "noise"), Here(), Record(M2, 14), Record(NINES, 27), Finished()
    ]  # fmt: skip


def test_moisture_records_are_shorter() -> None:
    assert found(MOISTURE, M3 + M3 + END) == [Record(M3, 0), Record(M3, 9), Finished()]


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (M2[:-1], ["timeout"]),
        (b"\x6a", ["timeout"]),
        (M2[:8] + b"\xff" + M2[9:] + M2, ["content"]),
        (END[:-1], ["timeout"]),
    ],
)
def test_what_is_no_record_is_given_up(data: bytes, reasons: list[str]) -> None:
    assert [event.reason for event in found(BOTTLE, data) if isinstance(event, Broken)] == reasons


def talked(command: str, *answers: bytes) -> tuple[list[bytes], list[str]]:
    """What the host says to each answer, and what it reports when the last one is over."""
    host = download(BOTTLE)
    host.ask(command)
    sent = [host.to_send()]
    for answer in answers:
        host.receive(answer, 0.0)
        sent.append(host.to_send())
    reports = [
        event.detail for now in range(20) for event in host.expire(float(now)) if isinstance(event, Broken)
    ]
    assert host.idle
    return sent, reports


def test_everything_is_fetched_twice() -> None:
    assert talked("read", M1, M2 + END, M1, M2 + END) == ([HELLO, READ, HELLO, READ, b""], [])


def test_silence_is_reported() -> None:
    assert talked("read")[1] == ["no answer within 3 s"]
    assert talked("read", M1, M2)[1] == ["no answer within 3 s", "the closing word did not come"]


def test_erasing_is_an_order_of_its_own() -> None:
    assert talked("erase") == ([ERASE], [])
    with pytest.raises(ProtocolError):
        download(BOTTLE).ask("forget")
