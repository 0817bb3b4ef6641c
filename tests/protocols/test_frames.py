import itertools
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC8, CRC16, SUM8, XOR8, Frame, FrameReader, FrameShape
from protocols.transcript import cut

TL310 = FrameShape(b"\x7e", CRC8, b"\xaa")
GOOD = bytes.fromhex("7E 02 04 00 FF 02 10 10 F8 AA")
BAD = bytes.fromhex("7E 02 04 00 FF 02 10 11 F8 AA")
ORDERS: tuple[Literal["little", "big"], ...] = ("little", "big")
SHAPES = [
    FrameShape(b"\x7e", check, end, order=order)
    for check, end in itertools.product((CRC8, SUM8), (b"\x7e", b"\xaa"))
    for order in ORDERS
]
ODD = [
    FrameShape(
        b"\x03\xfe", XOR8, b"", "little", length_at=2, width=1, plus=4, head=3, covers_from=0, least=4
    ),
    FrameShape(b"\xaa\xbb", None, b"", width=0, plus=6, head=2, least=6),
    FrameShape(b"\x01", CRC16, b"", width=1, length_at=1, plus=0, head=2, covers_from=0, least=4, most=60),
]


def run(reader: FrameReader, pieces: list[bytes]) -> list[Frame | Broken]:
    events = [event for piece in pieces for event in reader.receive(piece, 0.0)]
    return events + reader.flush()


@pytest.mark.parametrize("shape", [*SHAPES, *ODD])
def test_what_is_built_is_read(shape: FrameShape) -> None:
    command = b"" if shape.head - shape.width == len(shape.start) else b"\x16"
    raw = shape.build(command, b"\x7e\xaa\x00\x01")
    reader = FrameReader(shape)
    (frame,) = reader.receive(raw, 0.0)
    assert isinstance(frame, Frame)
    assert (frame.raw, frame.body, frame.offset, frame.lenient) == (raw, b"\x7e\xaa\x00\x01", 0, False)
    assert reader.idle
    assert reader.deadline is None


def test_a_frame_that_does_not_fit_is_not_built() -> None:
    with pytest.raises(ProtocolError):
        TL310.build(b"\x01", bytes(5000))
    with pytest.raises(ProtocolError):
        TL310.build(b"")
    with pytest.raises(ProtocolError):
        FrameReader()


def test_noise_is_one_loss_reported_before_the_frame() -> None:
    events = run(FrameReader(TL310), [b"\x00\x01\x02" + GOOD + b"\x09"])
    assert events[0] == Broken(0, b"\x00\x01\x02", "noise")
    assert isinstance(events[1], Frame)
    assert events[2] == Broken(13, b"\x09", "noise")


def test_a_bad_check_is_reported_at_once_and_the_next_frame_found() -> None:
    reader = FrameReader(TL310)
    (broken,) = reader.receive(BAD, 0.0)
    assert broken == Broken(0, BAD, "check", "crc8 of the frame is C9, it carries F8")
    (frame,) = reader.receive(GOOD, 0.0)
    assert isinstance(frame, Frame)
    assert frame.offset == 10


def test_noise_before_a_broken_frame_is_its_own_loss() -> None:
    events = run(FrameReader(TL310), [b"\x01\x02" + BAD])
    assert [(e.offset, e.reason) for e in events if isinstance(e, Broken)] == [(0, "noise"), (2, "check")]


def test_a_lost_byte_costs_one_frame_only() -> None:
    events = run(FrameReader(TL310), [GOOD[:5] + GOOD[6:] + GOOD])
    assert [type(event) for event in events] == [Broken, Frame]
    assert events[0].offset == 0
    assert isinstance(events[0], Broken)
    assert events[0].data == GOOD[:5] + GOOD[6:]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("7E 02 04 00 FF 02 10 10 F8 AB", "end"),
        ("7E 02 FF FF FF 02 10 10 F8 AA", "length"),
        ("7E 09 04 00 FF 02 10 10 F8 AA", "command"),
        ("7E 02 03 00 FF 02 10 F8 AA 00", "length"),
        ("7E 02 04 00 FF 02 10 10", "timeout"),
        ("7E", "timeout"),
    ],
)
def test_every_failure_has_its_name(raw: str, reason: str) -> None:
    shape = FrameShape(b"\x7e", CRC8, b"\xaa", kinds={0x02: (4, 4)})
    data = bytes.fromhex(raw)
    events = run(FrameReader(shape), [data])
    assert isinstance(events[0], Broken)
    assert events[0].reason == reason
    assert b"".join(event.data for event in events if isinstance(event, Broken)) == data


def test_a_stalled_frame_is_given_up_in_time_and_searched() -> None:
    reader = FrameReader(TL310, timeout=0.5)
    long_head = bytes.fromhex("7E 16 40 00")
    assert reader.receive(long_head + GOOD, 10.0) == []
    assert not reader.idle
    assert reader.deadline == 10.5
    assert reader.receive(b"", 10.4) == []
    assert reader.deadline == 10.5
    assert reader.expire(10.4) == []
    events = reader.expire(10.5)
    assert [type(event) for event in events] == [Broken, Frame]
    assert events[0] == Broken(0, long_head, "timeout", "the frame stopped half-way")
    assert reader.expire(99.0) == []


def test_endless_noise_is_reported_in_pieces() -> None:
    events = run(FrameReader(TL310), [b"\x01" * 10000])
    assert [len(event.data) for event in events if isinstance(event, Broken)] == [4096, 4096, 1808]


def test_another_check_is_accepted_but_marked() -> None:
    shape = FrameShape(b"\x7e", CRC8, b"\xaa", also=(SUM8,))
    (frame,) = FrameReader(shape).receive(FrameShape(b"\x7e", SUM8, b"\xaa").build(b"\x02", b"\x05"), 0.0)
    assert isinstance(frame, Frame)
    assert (frame.check, frame.lenient) == ("sum8", True)


def test_of_two_shapes_the_first_complete_frame_wins() -> None:
    little = FrameShape(b"\x7e", SUM8, b"\x7e", "little", most=4096)
    big = FrameShape(b"\x7e", SUM8, b"\x7e", "big", most=4096)
    raw = big.build(b"\x14", b"\x01")
    for pieces in ([raw], [bytes((byte,)) for byte in raw], [raw + bytes(300)]):
        frame = run(FrameReader(little, big), pieces)[0]
        assert isinstance(frame, Frame)
        assert frame.shape is big


def _streams() -> st.SearchStrategy[bytes]:
    piece = st.sampled_from([GOOD, BAD, GOOD[:-1], GOOD[3:], b"\x7e", b"\x7e\x16\x08\x00"]) | st.binary(
        max_size=6
    )
    return st.lists(piece, max_size=8).map(b"".join)


@given(_streams(), st.lists(st.integers(0, 90)))
@settings(max_examples=150)
def test_any_cut_gives_the_same_events_and_no_byte_is_dropped(stream: bytes, positions: list[int]) -> None:
    shapes = (TL310, FrameShape(b"\x7e", SUM8, b"\x7e", "big", least=6, most=64))
    whole = run(FrameReader(*shapes), [stream])
    assert run(FrameReader(*shapes), cut(stream, positions)) == whole
    assert run(FrameReader(*shapes), [bytes((byte,)) for byte in stream]) == whole
    parts = [event.raw if isinstance(event, Frame) else event.data for event in whole]
    assert b"".join(parts) == stream
    assert [event.offset for event in whole] == [0, *itertools.accumulate(len(part) for part in parts)][
        : len(whole)
    ]


def test_no_single_corrupted_byte_makes_another_frame() -> None:
    for position, value in itertools.product(range(len(GOOD)), range(256)):
        if GOOD[position] == value:
            continue
        stream = GOOD[:position] + bytes((value,)) + GOOD[position + 1 :]
        frames = [event for event in run(FrameReader(TL310), [stream]) if isinstance(event, Frame)]
        assert frames == []


def test_a_head_and_a_whole_frame_may_have_rules_of_their_own() -> None:
    shape = FrameShape(
        b"\x7e",
        SUM8,
        head_rule=lambda head: ("check", "odd command") if head[1] % 2 else None,
        rule=lambda raw: ("content", "no zero allowed") if 0 in raw[4:-1] else None,
        ends=b"\xaa",
    )
    good = shape.build(b"\x02", b"\x05")
    odd = shape.build(b"\x03", b"\x05" * 40)
    zero = shape.build(b"\x02", b"\x00")
    reader = FrameReader(shape)
    assert [one.reason for one in reader.receive(odd[:5], 0.0) if isinstance(one, Broken)] == ["check"]
    found = FrameReader(shape).receive(good + zero + good, 0.0)
    assert [one.detail if isinstance(one, Broken) else one.body for one in found] == [
        b"\x05",
        "no zero allowed",
        b"\x05",
    ]
