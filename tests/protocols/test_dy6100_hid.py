from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.checks import sum8
from protocols.codec import Broken, ProtocolError
from protocols.dy6100_hid import (
    OPEN,
    REPORT,
    STORE,
    Count,
    Opened,
    Page,
    download,
    page_request,
    reply,
    request,
)
from protocols.transcript import cut

FIRST = bytes.fromhex("01 00 01 05 00 13 08 07 0A 1F 00 00 00 00 00 1E 0A 2C")
SECOND = bytes.fromhex("02 01 00 05 00 13 08 07 0A 20 00 00 00 00 01 2C 0A 01")
PAGE = bytes.fromhex("FF 3C 31 00") + FIRST + SECOND + bytes(24)
FULL = reply(STORE, 0, FIRST * 3)


def summed(said: bytes) -> bytes:
    return said[:58] + bytes((sum8(said[1:58]), 0xFE)) + said[60:]


def found(data: bytes, places: list[int] | None = None, *, check: bool = False) -> list[Any]:
    host, events = download(summed=check), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


@pytest.mark.parametrize(
    ("made", "frame"),
    [
        (request(OPEN, 0, 0, 0), "FF 08 30 00 00 00 38 FE"),
        (request(STORE, 1, 0, 0), "FF 08 31 01 00 00 3A FE"),
        (page_request(0), "FF 08 31 00 00 00 39 FE"),
        (page_request(3), "FF 08 31 00 00 03 3C FE"),
        (page_request(60), "FF 08 31 00 00 3C 75 FE"),
    ],
)
def test_requests_as_published(made: bytes, frame: str) -> None:
    assert made == bytes.fromhex(frame)


@given(st.lists(st.integers(0, 200)))
@settings(max_examples=40)
def test_any_cut_gives_the_same_pages(places: list[int]) -> None:
    data = b"\0" + PAGE + reply(STORE, 1, b"\0\2") + reply(OPEN, 0, b"")
    assert len(PAGE) == REPORT
    assert found(data, places) == [
        Broken(0, b"\0", "noise"), Page((FIRST, SECOND), full=False, checked=False, offset=1), Count(2), Opened()
    ]  # fmt: skip


def test_an_answer_that_this_meter_has_not_is_broken() -> None:
    assert found(reply(0x77, 0, b""))[0].reason == "command"
    assert found(reply(STORE, 9, b""))[0].reason == "command"


@given(st.integers(0, REPORT - 1), st.integers(1, 255))
def test_where_reports_are_summed_no_wrong_byte_makes_another_page(place: int, flip: int) -> None:
    good = summed(PAGE)
    pages = found(good, check=True)
    assert pages == [Page((FIRST, SECOND), full=False, checked=True, offset=0)]
    spoilt = good[:place] + bytes([good[place] ^ flip]) + good[place + 1 :]
    assert [event for event in found(spoilt, check=True) if isinstance(event, Page)] in ([], pages)


@pytest.mark.parametrize(
    "spoilt", [PAGE, summed(PAGE)[:1] + b"\5" + summed(PAGE)[2:], summed(reply(0x77, 0, b""))]
)
def test_where_reports_are_summed_nothing_else_is_taken(spoilt: bytes) -> None:
    assert all(isinstance(event, Broken) for event in found(spoilt, check=True))


def talked(*answers: bytes, check: bool = False) -> tuple[list[bytes], list[str]]:
    host = download(summed=check)
    host.ask("read")
    sent = [host.to_send()]
    for answer in answers:
        host.receive(answer, 0.0)
        sent.append(host.to_send())
    reports = [
        event.detail for now in range(20) for event in host.expire(float(now)) if isinstance(event, Broken)
    ]
    assert host.idle
    return sent, reports


def test_pages_are_asked_for_until_a_place_is_empty_and_twice_without_a_sum() -> None:
    one = (reply(STORE, 1, b"\0\5"), FULL, PAGE)
    asked = [request(STORE, 1, 0, 0), page_request(0), page_request(3)]
    assert talked(reply(OPEN, 0, b""), *one, *one) == ([request(OPEN, 0, 0, 0), *asked, *asked, b""], [])
    once = [summed(answer) for answer in (reply(OPEN, 0, b""), *one)]
    assert talked(*once, check=True) == ([request(OPEN, 0, 0, 0), *asked, b""], [])


def test_a_count_that_differs_is_reported() -> None:
    one = (reply(STORE, 1, b"\0\7"), PAGE)
    assert talked(reply(OPEN, 0, b""), *one, *one)[1] == []
    last = download(summed=False)
    last.ask("read")
    said = [event for answer in (reply(OPEN, 0, b""), *one) for event in last.receive(answer, 0.0)]
    assert [event.detail for event in said if isinstance(event, Broken)] == [
        "the meter counts 7 records, 2 came"
    ]


def test_a_meter_that_does_not_answer_the_opening_is_asked_all_the_same_and_silence_ends_it() -> None:
    assert talked()[1] == ["no answer within 1 s"]
    assert talked(reply(OPEN, 0, b""), reply(STORE, 1, b"\0\1"))[1] == ["no answer within 1 s"]
    with pytest.raises(ProtocolError):
        download(summed=False).ask("open")


def test_a_store_without_end_is_not_read_for_ever() -> None:
    host = download(summed=True)
    host.ask("read")
    host.receive(summed(reply(OPEN, 0, b"")) + summed(reply(STORE, 1, b"\0\0")), 0.0)
    for _page in range(2000):
        assert not host.idle
        host.receive(summed(FULL), 0.0)
    assert host.idle
