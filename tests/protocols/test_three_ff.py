from datetime import date, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.three_ff import (
    ITEM_SIZE,
    Cleared,
    Count,
    Here,
    Items,
    Rates,
    Record,
    build,
    download,
    listener,
    packed,
    unpacked,
)
from protocols.transcript import cut

A5 = bytes.fromhex("03 FE 43 00 00 00 00 00 0C 00 B2 09 00 00 07 27 FF FF 09 27 0A 00 0D 00")
A6 = bytes.fromhex(
    "03 FE 45 00 0A 00 00 00 24 00 96 B1 01 00 00 00 F6 53 07 27 01 80 00 00 76 01 00 00 02 C0 00 00 00 02 00 00 "
    "03 80 00 00 FF 7F 00 00 00 00 00 00"
)
A7 = bytes.fromhex("03 FE 65 00 00 00 00 00 09 00 91 E3 01 02 A0 70 07 27 11 00 01")
A8 = bytes.fromhex("03 FE 43 00 00 00 00 00 0C 00 B2 0D 00 00 07 27 FF FF 09 27 00 00 03 00")
ENTRY = b"ABC".ljust(ITEM_SIZE, b"\0")
FULL = build(0xFE, 0x42, 0, ENTRY + bytes(ITEM_SIZE))
END = build(0xFE, 0x42, 1 << 8)
NONE = build(0xFE, 0x43, 0, bytes(12))


def host(*kinds: str, text: bool = False) -> Any:
    return download(kinds or ("wet",), text=text)


@pytest.mark.parametrize(
    ("command", "parameter", "data", "frame"),
    [
        (0x20, 0, b"DEVICE??", "03 FF 20 00 00 00 00 00 08 00 D4 18 44 45 56 49 43 45 3F 3F"),
        (0x43, 0, "00 00 07 27 FF FF 09 27", "03 FF 43 00 00 00 00 00 08 00 B7 0E 00 00 07 27 FF FF 09 27"),
        (0x45, 5, b"", "03 FF 45 00 05 00 00 00 00 00 BC 00"),
        (0x45, 300, b"", "03 FF 45 00 2C 01 00 00 00 00 94 00"),
        (0x45, 1, b"", "03 FF 45 00 01 00 00 00 00 00 B8 00"),
        (0x42, 3 << 8, b"", "03 FF 42 00 00 03 00 00 00 00 BD 00"),
    ],
)
def test_requests_as_published(command: int, parameter: int, data: bytes | str, frame: str) -> None:
    body = bytes.fromhex(data) if isinstance(data, str) else data
    assert build(0xFF, command, parameter, body) == bytes.fromhex(frame)


@pytest.mark.parametrize(("command", "check"), [(0x63, 0x97), (0x73, 0x87)])
def test_the_literal_checks_of_the_other_counts(command: int, check: int) -> None:
    assert build(0xFF, command, 0, bytes(8))[10] == check


def test_published_replies() -> None:
    assert host().receive(A5 + A6 + A7 + A8, 0.0) == [
        Count("wet", 10, 13),
        Record("wet", 10, A6[12:], None, 24),
        Record("strip", 0, A7[12:], None, 72),
        Count("wet", 0, 3),
    ]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.times())
def test_the_clock_is_packed_to_two_seconds(day: date, at: time) -> None:
    found = unpacked(packed(day, at.hour, at.minute, at.second))
    assert found == (day.year, day.month, day.day, at.hour, at.minute, at.second & ~1)


@given(st.lists(st.integers(0, 420)))
@settings(max_examples=40)
def test_a_day_is_fetched_list_first_however_the_line_cuts_it(places: list[int]) -> None:
    one, events, sent = host(), [], b""
    one.ask("day:2019-08-07")
    count = build(0xFE, 0x43, 0, bytes(8) + b"\x0a\0\x0b\0")
    for piece in cut(FULL + END + count + A6, places):
        sent += one.to_send()
        events += one.receive(piece, 0.0)
    assert events == [
        Items("wet", 0, (ENTRY, bytes(ITEM_SIZE))),
        Items("wet", 1, ()),
        Count("wet", 10, 11),
        Record("wet", 10, A6[12:], ENTRY, len(FULL + END + count)),
    ]
    days = bytes.fromhex("00 00 07 27 FF FF 07 27")
    sent += one.to_send()
    assert sent == build(0xFF, 0x42) + build(0xFF, 0x42, 1 << 8) + build(0xFF, 0x43, 0, days) + build(
        0xFF, 0x45, 10
    )
    assert one.idle


@given(st.integers(0, len(A6) - 1), st.integers(1, 255))
def test_no_wrong_byte_makes_another_record(place: int, flip: int) -> None:
    spoilt = A6[:place] + bytes([A6[place] ^ flip]) + A6[place + 1 :]
    one = host()
    events = [*one.receive(spoilt + A7, 0.0), *one.expire(9.0)]
    assert [event.kind for event in events if isinstance(event, Record)] == ["strip"]
    assert any(isinstance(event, Broken) for event in events)


def test_a_new_list_replaces_the_old_one() -> None:
    one = host()
    one.receive(build(0xFE, 0x42, 1 << 8, ENTRY), 0.0)
    record = build(0xFE, 0x45, 1, b"\1\2\0\0")
    assert one.receive(record, 0.0)[0].item == ENTRY
    one.receive(build(0xFE, 0x42), 0.0)
    assert one.receive(record, 0.0)[0].item is None
    assert one.receive(build(0xFE, 0x45, 1, b"\0"), 0.0)[0].item is None


def test_a_list_that_answers_for_another_place_ends_that_kind_alone() -> None:
    one = host("wet", "dry")
    one.ask("day:2019-08-07")
    one.receive(FULL, 0.0)
    events = one.receive(FULL, 0.0)
    assert [event.reason for event in events if isinstance(event, Broken)] == ["sequence"]
    assert one.to_send().endswith(build(0xFF, 0x72))


def test_a_list_never_longer_than_its_byte() -> None:
    one = host()
    one.ask("day:2019-08-07")
    for index in range(256):
        one.receive(build(0xFE, 0x42, index << 8, ENTRY * 2), 0.0)
    assert one.to_send()[-20:-18] == b"\x03\xff"
    assert one.receive(NONE, 0.0) == [Count("wet", 0, 0)]
    assert one.idle


def silent(one: Any) -> list[str]:
    reports = [event.detail for now in range(0, 40, 2) for event in one.expire(float(now))]
    assert one.idle
    return reports


def test_silence_is_reported_for_each_kind_and_ends_it() -> None:
    one = host("wet", "strip")
    one.ask("day:2019-08-07")
    assert silent(one) == ["no answer within 2 s"] * 2
    one.ask("day:2019-08-07")
    one.receive(build(0xFE, 0x42), 50.0)
    assert one.expire(52.0) == one.expire(52.0) == []
    assert [event.detail for event in one.expire(54.0)] == ["no answer within 2 s"]


def test_records_that_do_not_come_are_counted() -> None:
    one = host()
    one.ask("day:2019-08-07")
    one.receive(build(0xFE, 0x42) + A5 + A6, 0.0)
    assert silent(one) == ["no answer within 2 s", "1 of 3 wet records came"]


@pytest.mark.parametrize(("came", "reports"), [(3, []), (1, ["1 of 3 wet records came"])])
def test_a_dy7200_sends_all_after_one_request(came: int, reports: list[str]) -> None:
    one = host(text=True)
    one.ask("day:2019-08-07")
    one.receive(A8, 0.0)
    assert one.to_send().endswith(bytes.fromhex("03 FF 45 00 01 00 00 00 00 00 B8 00"))
    one.receive(A5 + build(0xFE, 0x45, 0, b"\1\0\0abc") * came, 0.0)
    assert silent(one) == reports


def test_a_dy7200_without_records_is_asked_for_none() -> None:
    one = host(text=True)
    one.ask("day:2019-08-07")
    one.receive(NONE, 0.0)
    assert one.idle


@pytest.mark.parametrize(
    ("command", "reply", "event"), [("test", 0x20, Here(b"x")), ("clear", 0x46, Cleared())]
)
def test_single_requests(command: str, reply: int, event: object) -> None:
    one = host()
    one.ask(command)
    assert one.to_send()[2] == reply
    assert one.receive(build(0xFE, reply, 0, b"x"), 0.0) == [event]
    assert one.idle


@pytest.mark.parametrize("command", ["", "all", "day:2019-13-01"])
def test_what_cannot_be_asked(command: str) -> None:
    with pytest.raises(ProtocolError):
        host().ask(command)
    with pytest.raises(ProtocolError):
        listener().ask(command)


def test_a_kind_that_is_none() -> None:
    with pytest.raises(ProtocolError, match="wet, strip, dry"):
        host("damp")


def test_the_older_dialect() -> None:
    one = listener()
    record = bytes.fromhex("01 00 00 13 08 07 0A 1F D2 04")
    assert one.receive(bytes.fromhex("81 04 00 00 01 81"), 0.0) == [Rates((), 1, 0)]
    assert one.receive(b"\x81\x04\x0a\0" + record + b"\x5a\x81", 0.0) == [Rates((record,), 0x5A, 6)]
    odd = one.receive(b"\x81\x04\x03\0abc\x01\x81", 0.0) + one.expire(5.0)
    assert [event.reason for event in odd if isinstance(event, Broken)] == ["length"]


def test_a_packed_day_has_no_time() -> None:
    assert packed(date(2019, 8, 7)).to_bytes(4, "little") == bytes.fromhex("00 00 07 27")
