from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.fefe import MARK, FefeRecords, Piece
from protocols.transcript import cut

Run = Callable[..., list[Any]]
SHORT, LONG = bytes(range(3)), bytes(range(5))
STREAMS = st.lists(st.sampled_from([MARK, SHORT, LONG, b"\xfe", b"x", b"y" * 9]), max_size=9).map(b"".join)


def both(**more: Any) -> FefeRecords:
    return FefeRecords(frozenset({3, 5}), **more)


def test_records_stand_between_separators(run: Run) -> None:
    assert run(both(), [MARK + SHORT + MARK + LONG + MARK]) == [Piece(SHORT, 2), Piece(LONG, 7)]


def test_a_cut_record_never_passes_for_a_short_one(run: Run) -> None:
    told = run(both(), [MARK + LONG[:3]])
    assert [one.reason for one in told] == ["timeout"]


def test_with_one_length_silence_ends_a_record(run: Run) -> None:
    assert run(FefeRecords(frozenset({5})), [MARK + LONG]) == [Piece(LONG, 2)]
    assert [one.reason for one in run(FefeRecords(frozenset({5})), [MARK + LONG[:3]])] == ["length"]


@pytest.mark.parametrize(
    ("stream", "reasons"),
    [
        (LONG + MARK, ["noise"]),
        (MARK + b"abcd" + MARK, ["length"]),
        (MARK + b"a" * 40 + MARK + SHORT + MARK, ["length"] * 7 + ["piece"]),
    ],
)
def test_what_is_no_record(run: Run, stream: bytes, reasons: list[str]) -> None:
    told = run(both(), [stream])
    assert [getattr(one, "reason", "piece") for one in told][-1] == reasons[-1]
    assert {getattr(one, "reason", "piece") for one in told} == set(reasons)


def test_characters_stand_for_bytes(run: Run) -> None:
    wire = both(text=True)
    assert run(wire, [b"FEFE000102fefe0001zzFEFE00010FEFE"]) == [
        Piece(SHORT, 4),
        Broken(14, b"0001zz", "content", "these are not hexadecimal characters"),
        Broken(24, b"00010", "content", "these are not hexadecimal characters"),
    ]


@given(STREAMS, st.data())
def test_any_cut_gives_the_same_and_no_byte_vanishes(run: Run, stream: bytes, data: st.DataObject) -> None:
    whole = run(both(), [stream])
    assert run(both(), cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))) == whole
    assert all(stream[one.offset : one.offset + len(one.data)] == one.data for one in whole)


def test_it_only_listens_to_listed_lengths() -> None:
    with pytest.raises(ProtocolError):
        FefeRecords(frozenset())
    codec = both()
    with pytest.raises(ProtocolError):
        codec.ask("now")
    assert codec.to_send() == b""
    assert codec.expire(1.0) == []
    codec.receive(MARK, 1.0)
    assert codec.deadline == 2.0
    assert codec.expire(2.0) == []
    assert codec.idle
