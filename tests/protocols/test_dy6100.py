from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.dy6100 import Number, Record, What, download
from protocols.transcript import cut

N1 = bytes.fromhex("00 01 00 19 00 0A 00 1E 00 01 02 2C 1F 0A 03 07 08 13 00")
LIKE_A_LETTER = b"n" + N1[1:]
BAD = N1[:11] + b"\xff" * 7 + N1[18:]


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = download(), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@given(st.lists(st.integers(0, 70)))
@settings(max_examples=60)
def test_any_cut_gives_the_same_records(places: list[int]) -> None:
    data = b"g\x67\x12" + b"n\2\0" + LIKE_A_LETTER + N1 + N1
    assert found(data, places) == [
        Number(What.SERIAL, 0x1267),
        Number(What.COUNT, 2),
        Record(LIKE_A_LETTER, 0x1267, 6),
        Record(N1, 0x1267, 25),
        Record(N1, 0x1267, 44),
    ]


@pytest.mark.parametrize(
    ("data", "reasons"),
    [(b"n\1", ["timeout"]), (b"n\1\0" + BAD, ["content"]), (BAD, ["noise"]), (N1[:-1], ["timeout"])],
)
def test_what_is_no_record_is_given_up(data: bytes, reasons: list[str]) -> None:
    lost = [event for event in found(data) if isinstance(event, Broken)]
    assert [event.reason for event in lost][:1] == reasons
    assert (
        b"".join(event.data for event in lost) == data[len(data) - sum(len(event.data) for event in lost) :]
    )


def talked(command: str, *answers: bytes) -> tuple[bytes, list[str]]:
    host = download()
    host.ask(command)
    sent = host.to_send()
    for answer in answers:
        host.receive(answer, 0.0)
        sent += host.to_send()
    reports = [
        event.detail for now in range(20) for event in host.expire(float(now)) if isinstance(event, Broken)
    ]
    assert host.idle
    return sent, reports


def test_everything_is_fetched_twice_and_then_ended() -> None:
    twice = (b"n\1\0", N1) * 2
    assert talked("read", b"g\0\0", *twice) == (b"GNRNREE", [])
    assert talked("read", b"g\0\0", b"n\0\0", b"n\0\0") == (b"GNNEE", [])


def test_silence_and_missing_records_are_reported() -> None:
    assert talked("read")[1] == ["no answer within 2 s"]
    assert talked("read", b"g\0\0")[1] == ["no answer within 2 s"]
    assert talked("read", b"g\0\0", b"n\2\0", N1)[1] == ["1 of 2 records came"]


def test_a_new_download_forgets_what_was_due() -> None:
    host = download()
    host.receive(b"n\5\0", 0.0)
    host.ask("read")
    assert host.receive(b"g\1\0", 0.0) == [Number(What.SERIAL, 1)]


def test_deleting_is_an_order_of_its_own() -> None:
    assert talked("delete") == (b"D", [])
    with pytest.raises(ProtocolError):
        download().ask("forget")
