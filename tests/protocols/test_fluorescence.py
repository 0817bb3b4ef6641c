from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.fluorescence import Ack, Result, analyser, reply, request

Feed = Callable[..., list[Any]]


def heard(code: int, *, error: str = "0") -> bytes:
    return reply({"Code": str(code), "Type": "1", "State": "1" if error == "0" else "2", "Error": error})


def said(code: int, **data: Any) -> bytes:
    return reply({"Code": str(code), "Type": "2", "State": "1", "Error": "0", "Data": data})


@pytest.mark.parametrize(
    ("code", "arguments", "wire"),
    [
        (21, "", b"21 D504\n"),
        (2, "", b"2 3E95\n"),
        (1, "0", b"1 0 39DB\n"),
        (0, "21", b"0 21 DA5A\n"),
        (12, "3 4", b"12 3 4 DE26\n"),
    ],
)
def test_requests_as_published(code: int, arguments: str, wire: bytes) -> None:
    assert request(code, arguments) == wire


def test_the_published_acknowledgement(run: Feed) -> None:
    wire = b'{"Code":"21","Type":"1","State":"1","Error":"0"}4F75\n'
    assert heard(21) == wire
    assert run(analyser(), [wire]) == [Ack(21, accepted=True, error="0")]


def test_a_request_is_heard_answered_and_the_answer_acknowledged() -> None:
    board = analyser()
    board.ask("version")
    assert board.to_send() == b"21 D504\n"
    assert board.receive(heard(21), 1.0) == [Ack(21, accepted=True, error="0")]
    assert board.to_send() == b""
    (result,) = board.receive(said(21, Version="1.0"), 2.0)
    assert isinstance(result, Result)
    assert result.data == {"Version": "1.0"}
    assert board.to_send() == b"0 21 DA5A\n"
    assert board.expire(3.0) == []
    assert board.idle


def test_an_answer_that_comes_again_is_marked_and_acknowledged_again() -> None:
    board = analyser()
    board.ask("test")
    board.receive(heard(13) + said(13, T="1", C="2"), 0.0)
    board.to_send()
    (again,) = board.receive(said(13, T="1", C="2"), 0.5)
    assert isinstance(again, Result)
    assert again.repeat
    assert board.to_send() == request(0, "13")


def test_equal_answers_to_two_requests_are_two(run: Feed) -> None:
    _, first, _, second = run(analyser(), [(heard(13) + said(13, T="1", C="2")) * 2])
    assert not first.repeat
    assert not second.repeat


def test_a_request_that_is_not_heard_is_sent_three_times() -> None:
    board = analyser()
    board.ask("state")
    sent = [board.to_send()]
    now = 0.0
    events: list[Any] = []
    while (due := board.deadline) is not None:
        now = max(now, due)
        events += board.expire(now)
        sent.append(board.to_send())
    assert sent.count(b"2 3E95\n") == 3
    assert [event.reason for event in events] == ["timeout"]


def test_a_refusal_is_reported_with_its_number() -> None:
    board = analyser()
    board.ask("card")
    ack, broken = board.receive(heard(11, error="7"), 0.0)
    assert ack == Ack(11, accepted=False, error="7")
    assert isinstance(broken, Broken)
    assert "error 7" in broken.detail
    assert board.idle


def test_measure_pushes_a_card_in_and_reads_it() -> None:
    board = analyser()
    board.ask("measure")
    assert board.to_send() == request(11)
    board.receive(heard(11) + said(11, Success="1", QrCode="FOB2"), 0.0)
    board.expire(2.0)
    assert board.to_send() == request(0, "11") + request(13)
    *_, result = board.receive(heard(13) + said(13, T="1", C="2"), 3.0)
    assert isinstance(result, Result)
    assert result.card == "FOB2"


def test_where_no_card_came_nothing_is_read() -> None:
    board = analyser()
    board.ask("measure")
    board.receive(heard(11) + said(11, Success="0", QrCode=""), 0.0)
    (broken,) = board.expire(2.0)
    assert isinstance(broken, Broken)
    assert (broken.reason, broken.detail) == ("missing", "no card came")
    assert request(13) not in board.to_send()


@pytest.mark.parametrize("command", ["", "erase", "test:x", "card:1;2"])
def test_what_it_does_not_know_is_refused(command: str) -> None:
    with pytest.raises(ProtocolError):
        analyser().ask(command)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello\n", "content"),
        (b'{"Code":"21"}0000\n', "check"),
        (reply({"Code": "x", "Type": "1", "State": "1"}), "content"),
        (reply({"Type": "2"}), "content"),
        (b'{"Code":', "timeout"),
    ],
)
def test_what_is_no_line_of_this_wire_is_reported(run: Feed, line: bytes, reason: str) -> None:
    (broken,) = run(analyser(), [line])
    assert isinstance(broken, Broken)
    assert (broken.reason, broken.data) == (reason, line)


@given(st.text(max_size=30), st.integers(0, 200), st.integers(1, 255))
def test_texts_come_back_and_no_wrong_byte_passes(run: Feed, text: str, place: int, flip: int) -> None:
    printable = text.encode("gb18030", "ignore").decode("gb18030")
    wire = said(11, QrCode=printable)
    (result,) = run(analyser(), [wire])
    assert result.data["QrCode"] == printable
    spoilt = bytearray(wire)
    spoilt[place % (len(wire) - 1)] ^= flip
    found = [event for event in run(analyser(), [bytes(spoilt)]) if isinstance(event, Result)]
    assert [one for one in found if one.data != result.data] == []
