from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.exchange import Ask, Exchange, Fault, Script, answer, day_of
from protocols.lines import Line, Lines
from protocols.transcript import cut

Run = Callable[..., list[Any]]


class Dotted(Lines):
    """Lines ended by a dot, with an offset."""

    offset = 7


def meaning(line: Line) -> list[str | Broken | int]:
    text = line.data.decode()
    if text.isdecimal():
        return [int(text)]
    return [text] if text.isalpha() else [Broken(line.offset, line.data, "content")]


def scripts(command: str) -> Script[str | int]:
    if command == "one":
        return one()
    if command == "several":
        return several()
    if command == "nothing":
        return nothing()
    raise ProtocolError(command)


def one() -> Script[str | int]:
    yield Ask(b"?", 1.0, 2)


def several() -> Script[str | int]:
    count = yield from answer(Ask(b"n", 2.0), int)
    if count is None:
        return
    for number in range(count):
        word = yield from answer(Ask(b"%d" % number, 2.0), str)
        if word is None:
            yield Fault("missing", f"{number} of {count} came")
            return


def nothing() -> Script[str | int]:
    yield Fault("content", "nothing to ask")


def line() -> Exchange[Line, str | int]:
    return Exchange(Dotted(b".", timeout=0.5), meaning, scripts)


def test_a_recording_needs_nobody_to_ask(run: Run) -> None:
    assert run(line(), [b"2.abc.-.x"]) == [
        2, "abc", Broken(6, b"-", "content"), Broken(8, b"x", "timeout", "the line did not end")
    ]  # fmt: skip


@given(st.lists(st.integers(0, 12)))
@settings(max_examples=60)
def test_any_cut_gives_the_same_events_and_requests(places: list[int]) -> None:
    host, events, sent = line(), [], b""
    host.ask("several")
    for piece in cut(b"2.abc.-.def.7.", places):
        sent += host.to_send()
        events += host.receive(piece, 0.0)
    assert events == [2, "abc", Broken(6, b"-", "content"), "def", 7]
    assert (sent + host.to_send()) == b"n01"
    assert host.idle
    assert host.deadline is None


def test_what_is_asked_is_sent_once_and_again_when_nothing_comes() -> None:
    host = line()
    host.ask("one")
    seen = [(host.expire(now), host.to_send(), host.to_send(), host.deadline) for now in (10.0, 11.0, 12.0)]
    assert seen == [([], b"?", b"", 11.0), ([], b"?", b"", 12.0), ([], b"", b"", None)]
    assert host.idle


def test_bytes_on_their_way_are_no_silence() -> None:
    host = line()
    host.ask("one")
    host.receive(b"", 0.0)
    assert host.deadline == 1.0
    assert host.receive(b"ab", 0.9) == []
    assert host.deadline == 1.4  # the half line's own
    assert host.receive(b"c.", 1.3) == ["abc"]
    assert host.idle


def test_a_silence_is_reported_and_what_came_till_then_counted() -> None:
    host = line()
    host.ask("several")
    assert host.receive(b"2.abc.", 0.0) == [2, "abc"]
    assert host.expire(2.0) == [
        Broken(7, b"", "timeout", "no answer within 2 s"),
        Broken(7, b"", "missing", "1 of 2 came"),
    ]
    host.ask("several")
    host.receive(b"", 3.0)
    assert host.expire(5.0) == [Broken(7, b"", "timeout", "no answer within 2 s")]
    assert host.idle


def test_one_request_at_a_time_and_none_that_is_unknown() -> None:
    host = line()
    with pytest.raises(ProtocolError):
        host.ask("dance")
    assert host.idle
    host.ask("one")
    with pytest.raises(ProtocolError, match="awaited"):
        host.ask("one")


def test_a_script_may_have_nothing_to_ask() -> None:
    host = line()
    host.ask("nothing")
    assert host.idle
    assert host.expire(0.0) == [Broken(7, b"", "content", "nothing to ask")]


def test_a_day_is_read_from_a_command() -> None:
    assert day_of("day:2019-08-07") == date(2019, 8, 7)
    assert day_of("from:2000-01-01", "from") == date(2000, 1, 1)


@pytest.mark.parametrize(
    "command", ["", "day", "day:", "days:2019-08-07", "day:2019-02-30", "day:1999-12-31", "day:2100-01-01"]
)
def test_what_is_no_day(command: str) -> None:
    with pytest.raises(ProtocolError):
        day_of(command)
