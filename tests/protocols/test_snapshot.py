import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC16, FrameShape
from protocols.snapshot import Block, Snapshot, SnapshotCodec, Table, decode, encode
from protocols.transcript import cut

Run = Callable[..., list[Any]]

POLL = Snapshot(
    (Block(Table.HOLDING, 0x100, (1, 2, 0xFFFF)), Block(Table.COIL, 0, (0, 1)), Block(Table.INPUT, 7, ()))
)
OTHER = Snapshot((Block(Table.INPUT, 5, (0x4B4A, 0x5253)),))
_words = st.lists(st.integers(0, 65535), max_size=5).map(tuple)
_snapshots = st.lists(
    st.builds(Block, st.sampled_from(Table), st.integers(0, 65535), _words), max_size=4
).map(lambda blocks: Snapshot(tuple(blocks)))


@given(_snapshots)
def test_decode_undoes_encode(snapshot: Snapshot) -> None:
    assert decode(encode(snapshot)) == snapshot


def test_words_are_found_by_table_and_address() -> None:
    assert POLL.words(Table.HOLDING, 0x101, 2) == (2, 0xFFFF)
    assert POLL.words(Table.HOLDING, 0x102, 2) is None
    assert POLL.words(Table.HOLDING, 0xFF) is None
    assert POLL.words(Table.COIL, 1) == (1,)
    assert POLL.words(Table.DISCRETE, 1) is None


@pytest.mark.parametrize("data", [b"", encode(POLL)[:-1], encode(POLL) + encode(POLL), b"\0" + encode(POLL)])
def test_only_one_whole_snapshot_is_decoded(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(data)


@pytest.mark.parametrize(
    "block", [Block(Table.COIL, 70000, ()), Block(Table.COIL, 0, (70000,)), Block(Table.COIL, -1, ())]
)
def test_what_does_not_fit_is_not_encoded(block: Block) -> None:
    with pytest.raises(ProtocolError):
        encode(Snapshot((block,)))


@pytest.mark.parametrize("body", ["03", "03 00 00 00 02 00 01", "09 00 00 00 00"])
def test_a_checked_frame_with_a_wrong_block_is_broken(run: Run, body: str) -> None:
    shape = FrameShape(
        b"KJRS", CRC16, b"", "big", width=4, length_at=4, plus=10, head=8, covers_from=0, least=10
    )
    raw = shape.build(b"", bytes.fromhex(body))
    (broken,) = run(SnapshotCodec(), [raw])
    assert broken == Broken(0, raw, "content", "a block is cut short or of an unknown table")


def test_a_stalled_snapshot_is_given_up() -> None:
    codec = SnapshotCodec(timeout=2.0)
    assert codec.receive(encode(POLL)[:9], 1.0) == []
    assert not codec.idle
    assert codec.deadline == 3.0
    (broken,) = codec.expire(3.0)
    assert isinstance(broken, Broken)
    assert broken.reason == "timeout"


def test_a_poll_is_asked_by_its_name() -> None:
    codec = SnapshotCodec()
    codec.ask("poll")
    assert codec.to_send() == b"poll\n"
    assert codec.to_send() == b""


@given(
    st.lists(st.sampled_from([encode(POLL), encode(OTHER), encode(POLL)[:11], b"KJ", b"\0"]), max_size=5),
    st.data(),
)
@settings(max_examples=60)
def test_any_cut_gives_the_same_events(run: Run, pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    positions = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    whole = run(SnapshotCodec(), [stream])
    assert run(SnapshotCodec(), cut(stream, positions)) == whole
    assert run(SnapshotCodec(), [bytes((byte,)) for byte in stream]) == whole


def test_no_single_corrupted_byte_gives_a_wrong_snapshot(run: Run) -> None:
    stream = encode(POLL) + encode(OTHER)
    for position, value in itertools.product(range(len(stream)), range(256)):
        corrupted = stream[:position] + bytes((value,)) + stream[position + 1 :]
        if corrupted != stream:
            good = [event for event in run(SnapshotCodec(), [corrupted]) if isinstance(event, Snapshot)]
            assert len(good) == 1
            assert good[0] in (POLL, OTHER)
