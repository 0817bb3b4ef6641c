import pytest

from protocols.codec import Broken, ProtocolError
from protocols.photometer import Ack, Version, bx1

VERSION = bytes.fromhex("7E 02 00 03 06 10 25 40 7E")
TAKEN = bytes.fromhex("7E 12 00 00 12 7E")


def test_an_answer_settles_its_question() -> None:
    board = bx1()
    board.ask("version")
    board.to_send()
    assert board.receive(VERSION, 1.0) == [Version(6, b"\x10\x25")]
    assert board.idle
    assert board.deadline is None


def test_one_question_at_a_time() -> None:
    board = bx1()
    board.ask("version")
    with pytest.raises(ProtocolError, match="awaited"):
        board.ask("lights")


def test_silence_is_reported_once_its_time_is_over() -> None:
    board = bx1()
    board.ask("version")
    assert board.deadline == 0.0
    assert board.expire(10.0) == []
    assert board.deadline == 11.0
    assert board.expire(11.0) == [Broken(0, b"", "timeout", "no answer in time")]
    assert board.idle


def test_a_late_answer_never_becomes_that_of_the_next_question() -> None:
    board = bx1()
    board.ask("version")
    board.expire(0.0)
    board.expire(1.0)
    board.ask("calibrate")
    late, taken = board.receive(VERSION + TAKEN, 1.1)
    assert isinstance(late, Broken)
    assert late.reason == "unasked"
    assert taken == Ack("calibrate")


def test_a_recording_needs_no_questions() -> None:
    assert bx1().receive(TAKEN + VERSION, 0.0) == [Ack("calibrate"), Version(6, b"\x10\x25")]
