from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.lines import Line, Lines
from protocols.transcript import cut

Run = Callable[..., list[Any]]


def test_lines_keep_their_bytes(run: Run) -> None:
    gbk = "青菜,37.4".encode("gb18030")
    assert run(Lines(b"\r\n"), [gbk + b"\r\n\r\nx\r\n"]) == [Line(gbk, 0), Line(b"", 11), Line(b"x", 13)]


def test_an_endless_line_is_reported_in_pieces(run: Run) -> None:
    events = run(Lines(b"\n", limit=4), [b"abcdefghij\nok\n"])
    assert [(event.offset, event.data) for event in events] == [
        (0, b"abcd"),
        (4, b"efghij\n"[:4]),
        (8, b"ij\n"),
        (11, b"ok"),
    ]
    assert [getattr(event, "reason", "") for event in events] == ["length", "length", "length", ""]


def test_a_line_of_just_the_limit_is_whole(run: Run) -> None:
    assert run(Lines(b"\r\n", limit=4), [b"abcd\r\n"]) == [Line(b"abcd", 0)]


def test_a_rest_is_given_up_in_time() -> None:
    lines = Lines(b"\n", limit=4, timeout=1.0)
    assert lines.expire(9.0) == []
    assert lines.receive(b"ab", 0.5) == []
    assert not lines.idle
    assert lines.deadline == 1.5
    assert lines.expire(1.4) == []
    assert lines.expire(1.5) == [Broken(0, b"ab", "timeout", "the line did not end")]
    assert lines.receive(b"abcde", 2.0) == [Broken(2, b"abcd", "length", "no line end within 4 bytes")]
    assert lines.flush() == [Broken(6, b"e", "timeout", "the line did not end")]
    assert lines.receive(b"", 3.0) == []
    assert lines.idle


def test_without_a_time_out_nothing_is_given_up() -> None:
    lines = Lines()
    lines.receive(b"ab", 0.0)
    assert lines.deadline is None
    assert lines.expire(1e9) == []
    assert lines.flush() == [Broken(0, b"ab", "timeout", "the line did not end")]
    assert lines.flush() == []


def test_asking_sends_a_line() -> None:
    lines = Lines(b"\r")
    lines.ask("READ")
    assert lines.to_send() == b"READ\r"
    assert lines.to_send() == b""


@pytest.mark.parametrize(("delimiter", "limit"), [(b"", 1), (b"\n", 0)])
def test_lines_without_an_end_are_refused(delimiter: bytes, limit: int) -> None:
    with pytest.raises(ProtocolError):
        Lines(delimiter, limit)


@given(st.text("a\r\n", max_size=30).map(str.encode), st.lists(st.integers(0, 30)), st.integers(1, 6))
def test_any_cut_gives_the_same_events(run: Run, stream: bytes, positions: list[int], limit: int) -> None:
    whole = run(Lines(b"\r\n", limit, timeout=1.0), [stream])
    assert run(Lines(b"\r\n", limit, timeout=1.0), cut(stream, positions)) == whole
    assert run(Lines(b"\r\n", limit, timeout=1.0), [bytes((byte,)) for byte in stream]) == whole
