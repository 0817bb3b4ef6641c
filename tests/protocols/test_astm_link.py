import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.astm_frames import frame, split
from protocols.astm_link import AstmLink, Delivered, Message, Refused
from protocols.codec import Broken, ProtocolError
from protocols.transcript import cut

Run = Callable[..., list[Any]]

TEXT = b"H|\\^&|||X1\rP|1\rO|1|S-7\rR|1|^^^A|37.4|%\rR|2|^^^B|<2|ug/kg\rL|1|N\r"
OTHER = b"H|\\^&|||X1\rO|1|S-8\rR|1|^^^A|3|%\rL|1|N\r"


def session(*texts: bytes, limit: int = 64_000) -> bytes:
    parts = [part for text in texts for part in split(text, limit)]
    frames = (frame((place + 1) % 8, text, final=final) for place, (text, final) in enumerate(parts))
    return b"\x05" + b"".join(frames) + b"\x04"


ONE = session(TEXT)
LONG = session(TEXT, OTHER, limit=12)


def reasons(events: list[Any]) -> list[Any]:
    return [getattr(event, "reason", type(event)) for event in events]


def test_a_whole_session_in_one_piece() -> None:
    link = AstmLink()
    assert link.receive(ONE, 0.0) == [Message(TEXT, 6, 1)]
    assert link.to_send() == b"\x06" * 7
    assert link.idle
    assert link.deadline is None


def test_a_session_of_two_messages_in_many_frames() -> None:
    link = AstmLink()
    first, second = link.receive(LONG, 0.0)
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert (first.text, second.text) == (TEXT, OTHER)
    assert first.frames + second.frames + 1 == len(link.to_send())


def test_the_acknowledgement_follows_the_frame_byte_by_byte() -> None:
    link = AstmLink()
    answers = []
    for byte in ONE:
        link.receive(bytes((byte,)), 0.0)
        answers.append((byte, link.to_send()))
    assert [byte for byte, answer in answers if answer] == [0x05, *[0x0A] * 6]


def test_a_repeated_frame_is_acknowledged_and_kept_once(run: Run) -> None:
    frames = ONE[1:-1].split(b"\n")[:-1]
    stream = b"\x05" + b"".join(one + b"\n" for one in frames for _ in range(2)) + b"\x04"
    link = AstmLink()
    assert run(link, [stream]) == [Message(TEXT, 6, 1)]
    assert link.to_send() == b"\x06" * 13


@pytest.mark.parametrize("number", [0, 2, 3, 4, 5, 6, 7])
def test_a_frame_out_of_sequence_is_refused(run: Run, number: int) -> None:
    link = AstmLink()
    events = run(link, [b"\x05" + frame(number, b"H|\\^&\r", final=True) + b"\x04"])
    assert reasons(events) == ["sequence", "incomplete"]
    assert link.to_send() == b"\x06\x15"


def test_another_text_under_the_last_number_is_refused(run: Run) -> None:
    link = AstmLink()
    stream = b"\x05" + frame(1, b"H|\\^&\r", final=True) + frame(1, b"P|1\r", final=True) + b"\x04"
    events = run(link, [stream])
    assert reasons(events) == ["sequence", "incomplete"]
    assert events[1].data == frame(1, b"H|\\^&\r", final=True)
    assert link.to_send() == b"\x06\x06\x15"


def test_a_frame_sent_again_after_a_no_makes_the_message_whole(run: Run) -> None:
    frames = [one + b"\n" for one in ONE[1:-1].split(b"\n")[:-1]]
    spoiled = frames[3].replace(b"37.4", b"87.4")
    link = AstmLink()
    events = run(link, [b"\x05", *frames[:3], spoiled, *frames[3:], b"\x04"])
    assert reasons(events) == ["check", Message]
    assert events[1].text == TEXT
    assert link.to_send() == b"\x06\x06\x06\x06\x15\x06\x06\x06"


@pytest.mark.parametrize("missing", [1, 2, 3, 4, 5, 6])
def test_a_message_with_a_frame_missing_is_incomplete(run: Run, missing: int) -> None:
    frames = [one + b"\n" for one in ONE[1:-1].split(b"\n")[:-1]]
    del frames[missing - 1]
    events = run(AstmLink(), [b"\x05" + b"".join(frames) + b"\x04"])
    assert reasons(events)[-1] == "incomplete"
    assert Message not in reasons(events)


def test_a_sender_that_does_not_wait_cannot_be_followed_round_the_numbers(run: Run) -> None:
    frames = [one + b"\n" for one in LONG[1:-1].split(b"\n")[:-1]]
    del frames[2]
    link = AstmLink()
    events = run(link, [b"\x05" + b"".join(frames) + b"\x04"])
    assert set(reasons(events)) == {"sequence", "incomplete"}
    assert link.to_send() == b"\x06" * 3 + b"\x15" * (len(frames) - 2)


def test_a_whole_message_before_a_broken_one_is_kept(run: Run) -> None:
    stream = session(TEXT, OTHER)
    events = run(AstmLink(), [stream[:-20] + b"\x04"])
    assert reasons(events) == ["end", Message, "incomplete"]
    assert events[1].text == TEXT


def test_a_session_that_begins_in_the_middle_gives_no_message(run: Run) -> None:
    middle = OTHER.partition(b"\r")[2]
    (broken, message) = run(AstmLink(), [session(middle, TEXT)])
    assert (broken.reason, broken.detail) == ("incomplete", "the message does not begin with b'H'")
    assert isinstance(message, Message)


def test_where_only_the_session_ends_a_message(run: Run) -> None:
    link = AstmLink(header=b"", terminator=b"")
    text = b"R|1|^^^A|37.4|%\rC|1\r"
    assert run(link, [session(text)]) == [Message(text, 2, 1)]
    assert reasons(run(AstmLink(header=b"", terminator=b""), [session(text)[:-1]])) == ["incomplete"]
    assert reasons(run(AstmLink(), [session(text)])) == ["incomplete"]


def test_an_empty_session_says_nothing(run: Run) -> None:
    assert run(AstmLink(), [b"\x05\x04\x04"]) == []


def test_a_new_session_drops_an_unfinished_message_and_keeps_a_whole_one(run: Run) -> None:
    events = run(AstmLink(), [ONE[:40] + ONE])
    assert reasons(events) == ["end", "incomplete", Message]
    unclosed = run(AstmLink(), [ONE[:-1] + session(OTHER)])
    assert [(event.text, event.ended) for event in unclosed] == [(TEXT, "enq"), (OTHER, "eot")]


def test_an_enquiry_of_noise_before_a_garbled_frame_is_no_acknowledgement_of_it() -> None:
    """Answered at once, it would let the sender go on, and the whole message would be lost."""
    link = AstmLink()
    *before, last = ONE[1:-1].split(b"\x02")[1:]
    link.receive(b"\x05" + b"".join(b"\x02" + one for one in before), 0.0)
    link.to_send()
    assert reasons(link.receive(b"k\x05\x02" + last.replace(b"N", b"M"), 1.0)) == ["noise", "noise", "check"]
    assert link.to_send() == b"\x15"
    assert link.receive(b"\x02" + last, 2.0) == []
    assert link.to_send() == b"\x06"
    assert link.receive(b"\x04", 3.0) == [Message(TEXT, 6, 1)]


def test_an_enquiry_inside_a_session_is_answered_when_the_sender_waits_for_it() -> None:
    link = AstmLink()
    link.receive(ONE[:40], 0.0)
    link.to_send()
    assert reasons(link.receive(b"\x05", 15.0)) == ["end"]
    assert (link.to_send(), link.deadline) == (b"", 15.3)
    assert reasons(link.expire(15.3)) == ["incomplete"]
    assert link.to_send() == b"\x06"
    assert link.receive(ONE[1:], 15.4) == [Message(TEXT, 6, 41)]


def test_thirty_seconds_of_silence_end_a_session() -> None:
    link = AstmLink()
    link.receive(ONE[:25], 100.0)
    assert (link.idle, link.deadline) == (False, 130.0)
    assert link.expire(129.9) == []
    half, rest = link.expire(130.0)
    assert half == Broken(19, ONE[19:25], "timeout", "the frame stopped half-way")
    assert isinstance(rest, Broken)
    assert (rest.offset, rest.data, rest.reason) == (1, ONE[1:19], "incomplete")
    assert link.deadline is None


def test_silence_keeps_a_message_that_was_whole(run: Run) -> None:
    assert run(AstmLink(), [ONE[:-1]]) == [Message(TEXT, 6, 1, "silence")]
    assert reasons(run(AstmLink(), [ONE[:20]])) == ["timeout", "incomplete"]


def test_a_busy_host_refuses_the_line() -> None:
    link = AstmLink()
    link.busy = True
    assert link.receive(b"\x05", 0.0) == []
    assert link.to_send() == b"\x15"
    assert link.idle


def test_noise_is_reported_before_what_follows_or_after_two_seconds() -> None:
    link = AstmLink()
    assert link.receive(b"\x00\xff", 1.0) == []
    assert not link.idle
    assert link.deadline == 3.0
    assert link.expire(3.0) == [Broken(0, b"\x00\xff", "noise")]
    assert link.receive(b"ab" + ONE[:1] + b"c" + ONE[1:-1] + b"d\x04e", 4.0) == [
        Broken(2, b"ab", "noise"),
        Broken(5, b"c", "noise"),
        Broken(5 + len(ONE) - 1, b"d", "noise"),
        Message(TEXT, 6, 6),
    ]
    assert link.expire(9.0) == [Broken(5 + len(ONE) + 1, b"e", "noise")]


def test_a_heart_beat_is_no_noise(run: Run) -> None:
    assert run(AstmLink(heartbeat=b"\x02"), [b"\x02\x02" + ONE + b"\x02"]) == [Message(TEXT, 6, 3)]


def test_endless_noise_is_bounded() -> None:
    link = AstmLink()
    events = link.receive(b"\x55" * 4096, 0.0)
    assert [len(event.data) for event in events if isinstance(event, Broken)] == [4096]
    assert link.idle


def test_this_wire_takes_no_commands() -> None:
    with pytest.raises(ProtocolError):
        AstmLink().ask("results")


# -- both ends of one line --------------------------------------------------------------------------------------


def talk(one: AstmLink, two: AstmLink, now: float = 0.0) -> list[Any]:
    """Carry bytes both ways until both are silent."""
    events: list[Any] = []
    while (there := one.to_send()) or (back := two.to_send()):
        back = two.to_send() if there else back
        events += two.receive(there, now)
        events += one.receive(back, now)
    return events


@given(st.lists(st.sampled_from([TEXT, OTHER]), min_size=1, max_size=3), st.integers(1, 60))
@settings(max_examples=40)
def test_what_one_end_sends_the_other_receives(texts: list[bytes], limit: int) -> None:
    instrument, host = AstmLink(instrument=True, limit=limit), AstmLink()
    for text in texts:
        instrument.send(text, 0.0)
    events, now = talk(instrument, host), 0.0
    while not instrument.idle:
        assert instrument.deadline is not None
        now = instrument.deadline
        events += instrument.expire(now)
        events += talk(instrument, host, now)
    assert [event.text for event in events if isinstance(event, Message)] == texts
    assert [event.text for event in events if isinstance(event, Delivered)] == texts
    assert len(events) == 2 * len(texts)


def test_when_both_begin_at_once_the_instrument_wins() -> None:
    instrument, host = AstmLink(instrument=True), AstmLink()
    instrument.send(TEXT, 0.0)
    host.send(OTHER, 0.0)
    assert talk(instrument, host) == []
    assert (instrument.deadline, host.deadline) == (1.0, 20.0)
    assert host.expire(0.5) == []
    assert instrument.expire(1.0) == []
    assert reasons(talk(instrument, host, 1.0)) == [Delivered, Message]
    assert host.deadline == 2.0
    assert host.expire(2.0) == []
    assert reasons(talk(host, instrument, 2.0)) == [Delivered, Message]
    assert instrument.idle
    assert host.idle


def test_a_message_waits_for_a_session_to_end() -> None:
    host = AstmLink()
    host.receive(ONE[:10], 0.0)
    host.to_send()
    host.send(OTHER, 1.0)
    assert host.to_send() == b""
    assert reasons(host.expire(30.0)) == ["timeout", "incomplete"]
    assert host.to_send() == b""
    host.expire(31.0)
    assert host.to_send() == b"\x05"


def test_a_second_message_waits_its_turn_in_the_back_off() -> None:
    host = AstmLink()
    host.send(TEXT, 0.0)
    host.receive(b"\x05", 0.0)
    host.send(OTHER, 1.0)
    assert host.to_send() == b"\x05"
    assert host.deadline == 20.0


def test_a_frame_is_tried_six_times() -> None:
    link = AstmLink(instrument=True)
    link.send(TEXT, 0.0)
    assert link.to_send() == b"\x05"
    assert link.receive(b"\x06", 0.0) == []
    first = link.to_send()
    for _ in range(5):
        assert link.receive(b"\x15", 0.0) == []
        assert link.to_send() == first
    assert link.receive(b"\x15", 0.0) == [Refused(TEXT, "six attempts")]
    assert link.to_send() == b"\x04"
    assert link.idle


def test_a_busy_receiver_is_asked_again_after_ten_seconds_six_times() -> None:
    link = AstmLink()
    link.send(TEXT, 0.0)
    events: list[Any] = []
    for attempt in range(6):
        assert link.to_send() == b"\x05"
        events += link.receive(b"\x15", 10.0 * attempt)
        events += link.expire(10.0 * attempt + 10.0)
    assert events == [Refused(TEXT, "busy")]
    assert link.to_send() == b"\x04"


@pytest.mark.parametrize("acknowledged", [b"", b"\x06"])
def test_no_answer_within_fifteen_seconds(acknowledged: bytes) -> None:
    link = AstmLink()
    link.send(TEXT, 0.0)
    link.send(OTHER, 0.0)
    link.receive(acknowledged, 0.0)
    link.to_send()
    assert link.deadline == 15.0
    assert link.expire(15.0) == [Refused(TEXT, "no answer")]
    assert link.to_send() == b"\x04"
    assert link.deadline == 16.0
    link.expire(16.0)
    assert link.to_send() == b"\x05"


def test_an_end_from_the_receiver_counts_as_a_yes_and_noise_as_nothing() -> None:
    link = AstmLink()
    link.send(b"L|1", 0.0)
    assert link.receive(b"\x00\x06", 0.0) == [Broken(0, b"\x00", "noise")]
    assert link.receive(b"\x05", 0.0) == []
    assert link.receive(b"\x04", 0.0) == [Broken(2, b"\x05", "noise"), Delivered(b"L|1")]


# -- properties -------------------------------------------------------------------------------------------------

_pieces = st.lists(
    st.sampled_from([ONE, LONG, ONE[:50], ONE[20:], session(OTHER), b"\x05", b"\x04", b"\x02", b"\x06\xff"])
    | st.binary(max_size=4),
    max_size=5,
)


@given(_pieces, st.data())
@settings(max_examples=80)
def test_any_cut_gives_the_same_events_and_answers(
    run: Run, pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    positions = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    outcomes = []
    for one in ([stream], cut(stream, positions), [bytes((byte,)) for byte in stream]):
        link = AstmLink()
        outcomes.append((run(link, one), link.to_send(), link.idle))
    assert outcomes[1:] == outcomes[:1] * 2


@pytest.mark.parametrize(("stream", "step"), [(ONE, 5), (LONG, 45)])
def test_no_single_corrupted_byte_gives_a_wrong_message(run: Run, stream: bytes, step: int) -> None:
    for position, value in itertools.product(range(len(stream)), [*range(32), *range(32, 256, step)]):
        corrupted = stream[:position] + bytes((value,)) + stream[position + 1 :]
        texts = [event.text for event in run(AstmLink(), [corrupted]) if isinstance(event, Message)]
        assert texts in ([], [TEXT], [OTHER], [TEXT, OTHER])
