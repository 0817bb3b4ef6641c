from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.dy5000 import Plate, Well, build, plate_download
from protocols.transcript import cut

J2 = bytes.fromhex(
    "73 00 00 00 04 00 00 08 01 01 6A 00 00 00 03 01 7A 00 08 01 2C 00 7D 75 67 2F 6B 67 00 00 00 00 00 "
    "19 08 07 10 31 44 C2 C8 C3 B9 CB D8 00 00 00 00 00 00 00 00 00 00 00 00 00 00 65"
)
CLOCK = bytes.fromhex("190807103144")
figures = st.integers(0, 255_999).map(lambda number: Decimal(number).scaleb(-3))


def found(data: bytes, places: list[int] | None = None) -> list[Any]:
    host, events = plate_download(), []
    for piece in cut(data, places or []):
        events += host.receive(piece, 0.0)
    while host.deadline is not None:
        events += host.expire(host.deadline)
    return events


def plate(*wells: Well) -> bytes:
    return build(wells, b"ug/kg", CLOCK, "氯霉素".encode("gb2312"))


def test_the_derived_plate() -> None:
    (one,) = found(J2)
    assert one.wells == (
        Well(0, Decimal("0.512"), Decimal("3.250"), bytes(3)),
        Well(8, Decimal("1.234"), Decimal("300.125"), b"\0\0\x08"),
    )
    assert (one.unit.rstrip(b"\0"), one.clock, one.item[:6].decode("gb2312")) == (b"ug/kg", CLOCK, "氯霉素")
    assert build(one.wells, one.unit, one.clock, one.item) == J2


def test_an_end_byte_inside_a_figure_is_no_end() -> None:
    trap = plate(Well(0, Decimal("0.101"), Decimal("0.101"), bytes(3)))
    assert trap.startswith(bytes.fromhex("73 00 00 00 00 65"))
    assert [well.absorbance for one in found(trap) for well in one.wells] == [Decimal("0.101")]


@given(
    st.dictionaries(st.integers(0, 95), st.tuples(figures, figures), max_size=12),
    st.lists(st.integers(0, 160)),
)
@settings(max_examples=60)
def test_any_plate_comes_back_however_it_is_cut(
    wells: dict[int, tuple[Decimal, Decimal]], places: list[int]
) -> None:
    held = [Well(number, *both, b"see") for number, both in wells.items()]
    events = found(b"\xff" + plate(*held) + J2, places)
    assert events[0] == Broken(0, b"\xff", "noise")
    assert [event.wells for event in events[1:]] == [tuple(held), found(J2)[0].wells]


@pytest.mark.parametrize(
    "data",
    [
        plate(Well(96, Decimal(0), Decimal(0), bytes(3))),
        plate(Well(1, Decimal(0), Decimal(0), bytes(3)), Well(1, Decimal(0), Decimal(0), bytes(3))),
        J2[:4] + b"\x07\x7f" + J2[6:],
        J2[:15] + b"\x07\x7f" + J2[17:],
    ],
)
def test_what_cannot_be_on_a_plate_is_broken(data: bytes) -> None:
    assert [event.reason for event in found(data)] == ["content"]


@pytest.mark.parametrize(
    "data",
    [
        J2[:-1],
        J2.replace(b"\x19\x08\x07", b"\x19\x13\x07"),
        J2.replace(b"\xc2\xc8", b"\xc2\x20"),
        b"s" + b"e" * 1200,
    ],
)
def test_what_has_no_end_is_given_up(data: bytes) -> None:
    events = found(data)
    assert events
    assert all(isinstance(event, Broken) for event in events)
    assert b"".join(event.data for event in events) == data


def test_a_day_is_asked_for_twice() -> None:
    host = plate_download()
    host.ask("day:2019-08-07")
    request = b"s190807190807"
    assert host.to_send() == request
    host.receive(J2, 1.0)
    assert host.to_send() == request
    assert [type(event) for event in host.receive(J2, 2.0)] == [Plate]
    assert (host.to_send(), host.idle) == (b"", True)


def test_a_silent_reader_is_asked_once() -> None:
    host = plate_download()
    host.ask("day:2019-08-07")
    assert host.expire(0.0) == []
    assert [event.detail for event in host.expire(15.0) if isinstance(event, Broken)] == [
        "no answer within 15 s"
    ]
    assert host.idle
    with pytest.raises(ProtocolError):
        host.ask("all")
