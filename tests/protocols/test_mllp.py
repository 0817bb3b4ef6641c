from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.mllp import Envelope, Mllp, build
from protocols.transcript import cut

Run = Callable[..., list[Any]]
TEXTS = st.binary(max_size=20).filter(lambda text: not set(text) & {0x0B, 0x1C})
PIECES = st.lists(
    st.one_of(TEXTS.map(build), st.binary(max_size=6), st.sampled_from([b"\x0b", b"\x1c", b"\x1c\r"])),
    max_size=6,
)


def wire(**more: Any) -> Mllp:
    return Mllp(lambda text: (b"ok " + text, None), **more)


def test_a_message_is_answered_after_it_was_taken() -> None:
    codec = wire()
    assert codec.receive(b"\x0bMSH\x1c", 0.0) == []
    assert codec.to_send() == b""
    assert codec.receive(b"\r", 0.0) == [Envelope(b"MSH", 0)]
    assert codec.to_send() == b"\x0bok MSH\x1c\r"
    assert codec.to_send() == b""


def test_what_cannot_be_taken_is_kept_whole_and_refused() -> None:
    codec = Mllp(lambda _: (b"no", ("content", "nonsense")))
    assert codec.receive(build(b"abc"), 0.0) == [Broken(0, build(b"abc"), "content", "nonsense")]
    assert codec.to_send() == build(b"no")


def test_an_answer_may_be_none() -> None:
    codec = Mllp(lambda _: (b"", None))
    codec.receive(build(b"abc"), 0.0)
    assert codec.to_send() == b""


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (b"\x0bab", "timeout"),
        (b"noise", "noise"),
        (b"\x0bab\x1cx", "end"),
        (b"\x0bab" + build(b"c"), "end"),
        (b"\x0b" + b"a" * 30, "length"),
    ],
)
def test_why_bytes_are_no_message(run: Run, stream: bytes, reason: str) -> None:
    assert run(wire(limit=20), [stream])[0].reason == reason


@given(PIECES, st.data())
def test_any_cut_gives_the_same_and_no_byte_vanishes(
    run: Run, parts: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(parts)
    whole = run(wire(limit=30), [stream])
    assert (
        run(wire(limit=30), cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=6))))
        == whole
    )
    assert sum(len(build(o.text)) if isinstance(o, Envelope) else len(o.data) for o in whole) == len(stream)


@pytest.mark.parametrize("text", [b"a\x0b", b"\x1c"])
def test_its_own_marks_do_not_fit_inside(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        build(text)


def test_it_only_listens() -> None:
    codec = wire(timeout=5.0)
    with pytest.raises(ProtocolError):
        codec.ask("now")
    assert codec.expire(9.0) == []
    codec.receive(b"\x0bx", 1.0)
    assert codec.deadline == 6.0
    assert codec.expire(5.9) == []
    assert codec.expire(6.0) == [Broken(0, b"\x0bx", "timeout", "the message stopped half-way")]
