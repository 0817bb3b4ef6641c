from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.transcript import cut
from protocols.twice import TRIES, Answer, Twice

Run = Callable[..., list[Any]]


def judge(line: bytes) -> str:
    return "" if line.isdigit() else "content"


def wire(**more: Any) -> Twice:
    return Twice({"weigh": (b"W\n", b"AGAIN\n")}, judge, delimiter=b"\n", **more)


def test_two_equal_answers_are_one(run: Run) -> None:
    assert run(wire(), [b"12\n12\n"]) == [Answer(b"12", 0, confirmed=True)]


def test_what_was_asked_is_asked_again_until_two_neighbours_agree() -> None:
    codec = wire()
    codec.ask("weigh")
    assert codec.to_send() == b"W\n"
    assert codec.receive(b"1\n", 1.0) == []
    assert codec.to_send() == b"AGAIN\n"
    assert codec.receive(b"2\n", 2.0) == [Broken(0, b"1", "differs", "the next answer is not the same")]
    assert codec.to_send() == b"AGAIN\n"
    assert codec.receive(b"2\n", 3.0) == [Answer(b"2", 2, confirmed=True)]
    assert codec.to_send() == b""
    assert codec.idle
    assert codec.deadline is None


def test_a_figure_that_never_stands_still_is_given_up() -> None:
    codec = wire()
    codec.ask("weigh")
    asked = 0
    for number in range(20):
        asked += bool(codec.to_send())
        codec.receive(b"%d\n" % number, float(number))
    assert asked == TRIES
    assert [event.reason for event in codec.expire(99.0) if isinstance(event, Broken)] == ["unconfirmed"]
    assert codec.idle


def test_an_answer_without_a_figure_ends_the_request() -> None:
    codec = wire()
    codec.ask("weigh")
    codec.to_send()
    assert [one.data for one in codec.receive(b"7\nno\n", 1.0) if isinstance(one, Broken)] == [b"7", b"no"]
    assert codec.idle
    codec.ask("weigh")


def test_silence_is_an_error_only_where_somebody_asked() -> None:
    codec = wire(patience=3.0)
    assert codec.expire(9.0) == []
    codec.ask("weigh")
    assert codec.deadline == 0.0
    assert codec.expire(10.0) == []
    assert codec.deadline == 13.0
    assert codec.expire(13.0) == [Broken(0, b"", "timeout", "no answer within 3 s")]


def test_a_line_that_does_not_end_is_given_up_while_an_answer_is_awaited() -> None:
    codec = wire()
    codec.receive(b"12", 0.0)
    assert codec.expire(2.0) == [Broken(0, b"12", "timeout", "the line did not end")]


def test_where_each_answer_stands_alone_none_is_confirmed(run: Run) -> None:
    assert run(wire(confirm=False), [b"12\n12\n"]) == [
        Answer(b"12", 0, confirmed=False),
        Answer(b"12", 3, confirmed=False),
    ]


def test_only_known_requests_and_one_at_a_time() -> None:
    codec = wire()
    with pytest.raises(ProtocolError, match="weigh"):
        codec.ask("erase")
    codec.ask("weigh")
    with pytest.raises(ProtocolError, match="awaited"):
        codec.ask("weigh")


@given(st.lists(st.sampled_from([b"1\n", b"1\n", b"22\n", b"x\n"]), max_size=12), st.data())
def test_any_cut_gives_the_same(run: Run, lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(lines)
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    assert run(wire(), cut(stream, places)) == run(wire(), [stream])


@given(st.lists(st.sampled_from([b"1\n", b"22\n", b"x\n", b"3"]), max_size=12))
def test_every_byte_is_told_of_once(run: Run, lines: list[bytes]) -> None:
    stream = b"".join(lines)
    told = run(wire(), [stream])
    size = sum(2 * len(one.text) if isinstance(one, Answer) else len(one.data) for one in told)
    assert size == len(stream.replace(b"\n", b""))
