from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.stx import Block, StxBlocks, build
from protocols.transcript import cut

Run = Callable[..., list[Any]]
GOOD = build(b"H|1\rR|2\r")
TEXTS = st.binary(max_size=30).filter(lambda text: not set(text) & {2, 3})


def test_a_block_by_hand() -> None:
    assert build(b"A") == bytes.fromhex("02 41 03 44 0D 0A 04")


@pytest.mark.parametrize("text", [b"a\x02", b"\x03"])
def test_its_own_marks_do_not_fit_inside(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        build(text)


@given(st.lists(TEXTS, max_size=4), st.data())
def test_blocks_come_back_from_any_cut(run: Run, texts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(build, texts))
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    assert [one.text for one in run(StxBlocks(), cut(stream, places))] == texts


@given(st.lists(st.one_of(TEXTS.map(build), st.binary(max_size=8)), max_size=5), st.data())
def test_any_stream_is_told_of_byte_by_byte_once_and_alike(
    run: Run, parts: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(parts)
    whole = run(StxBlocks(limit=20), [stream])
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    assert run(StxBlocks(limit=20), cut(stream, places)) == whole
    assert sum(len(build(o.text)) if isinstance(o, Block) else len(o.data) for o in whole) == len(stream)


def test_no_wrong_byte_gives_a_block(run: Run) -> None:
    for place in range(len(GOOD)):
        for flip in range(1, 256):
            spoilt = GOOD[:place] + bytes([GOOD[place] ^ flip]) + GOOD[place + 1 :]
            assert not any(isinstance(one, Block) for one in run(StxBlocks(), [spoilt])), (place, flip)


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (b"\x02ab", "timeout"),
        (b"noise", "noise"),
        (b"\x02ab\x03\x00\r\n\x04", "check"),
        (b"\x02ab\x03\xc6\r\n\x05", "end"),
        (b"\x02" + b"a" * 30, "length"),
    ],
)
def test_why_bytes_are_no_block(run: Run, stream: bytes, reason: str) -> None:
    told = run(StxBlocks(limit=20), [stream])
    assert told[0].reason == reason
    assert b"".join(one.data for one in told) == stream


def test_it_only_listens() -> None:
    codec = StxBlocks()
    assert codec.to_send() == b""
    assert codec.expire(5.0) == []
    with pytest.raises(ProtocolError):
        codec.ask("now")
    codec.receive(b"x", 1.0)
    assert codec.deadline == 3.0
    assert codec.expire(2.0) == []
    assert codec.expire(3.0) == [Broken(0, b"x", "noise", "")]
