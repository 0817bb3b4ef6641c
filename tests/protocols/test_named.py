from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.named import Fields, NamedRecords
from protocols.transcript import cut

Run = Callable[..., list[Any]]
WORDS = st.text("abcXYZ 19", max_size=6)


def wire(**more: Any) -> NamedRecords:
    return NamedRecords(b"\n\n", b"\n", b"=", **more)


def test_a_record_keeps_names_and_bytes(run: Run) -> None:
    assert run(wire(), [b"A = 1\nB=x=y\n\n"]) == [Fields({"A": b"1", "B": b"x=y"}, 0)]


@pytest.mark.parametrize("text", [b"A=1\nA=2", b"A", b"=1", b"A=1\n\x00", b""])
def test_what_is_no_record_is_broken_whole(run: Run, text: bytes) -> None:
    (broken,) = run(wire(), [text + b"\n\n"])
    assert (broken.reason, broken.data) == ("content", text + b"\n\n")


@given(
    st.lists(st.dictionaries(WORDS.map(lambda w: f"n{w.strip()}"), WORDS, min_size=1, max_size=4)), st.data()
)
def test_records_come_back_from_any_cut(run: Run, records: list[dict[str, str]], data: st.DataObject) -> None:
    texts = ["\n".join(f"{name}={text}" for name, text in one.items()) + "\n\n" for one in records]
    stream = "".join(texts).encode()
    found = run(wire(), cut(stream, data.draw(st.lists(st.integers(0, len(stream)), max_size=5))))
    assert [one.values for one in found] == [
        {name: text.strip().encode() for name, text in one.items()} for one in records
    ]


def test_it_only_listens_and_gives_up_in_time() -> None:
    with pytest.raises(ProtocolError):
        NamedRecords(b"\n", b"")
    codec = wire(timeout=3.0)
    with pytest.raises(ProtocolError):
        codec.ask("now")
    assert codec.to_send() == b""
    codec.receive(b"A=1", 1.0)
    assert not codec.idle
    assert codec.deadline == 4.0
    assert codec.expire(4.0) == [Broken(0, b"A=1", "timeout", "the line did not end")]
