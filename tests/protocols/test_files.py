from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.files import _SHAPE, LARGEST, FileCodec, FileShot, encode
from protocols.transcript import cut

Run = Callable[..., list[Any]]
NAMES = st.text("abcß表.csv", min_size=1, max_size=12)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=60)), max_size=3), st.data())
def test_files_come_back_from_any_cut(run: Run, files: list[tuple[str, bytes]], data: st.DataObject) -> None:
    stream = b"".join(encode(name, content) for name, content in files)
    found = run(FileCodec(), cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=6))))
    assert [(one.name, one.data) for one in found] == files


def test_no_wrong_byte_gives_a_file(run: Run) -> None:
    good = encode("a.csv", b"1;2\r\n")
    for place in range(len(good)):
        spoilt = good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :]
        assert not any(isinstance(one, FileShot) for one in run(FileCodec(), [spoilt])), place


def test_what_the_instrument_refuses_is_kept_whole(run: Run) -> None:
    stream = encode("a.csv", b"x")
    (broken,) = run(FileCodec(lambda shot: "too short" if len(shot.data) < 2 else ""), [stream])
    assert (broken.reason, broken.data, broken.detail) == ("content", stream, "a.csv: too short")


def test_a_name_longer_than_the_file_is_broken(run: Run) -> None:
    (broken,) = run(FileCodec(), [_SHAPE.build(b"", b"\x00\x09abc")])
    assert broken.detail == "the name is longer than the file"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ProtocolError):
        encode("n" * 1000, b"")
    with pytest.raises(ProtocolError):
        encode("n", bytes(LARGEST + 1))


def test_it_only_listens_and_gives_up_in_time() -> None:
    codec = FileCodec(timeout=2.0)
    with pytest.raises(ProtocolError):
        codec.ask("now")
    assert codec.to_send() == b""
    codec.receive(b"KJ", 1.0)
    assert not codec.idle
    assert codec.deadline == 3.0
    (broken,) = codec.expire(3.0)
    assert isinstance(broken, Broken)
