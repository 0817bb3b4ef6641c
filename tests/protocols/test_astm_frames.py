import pytest

from protocols.astm_frames import BadFrame, FrameParts, GoodFrame, frame, split
from protocols.codec import ProtocolError

R = b"R|1|^^^A|37.4|%\r"


def collect(data: bytes, limit: int = 64_000) -> list[GoodFrame | BadFrame]:
    parts = FrameParts(limit)
    outcomes = (parts.take(byte, offset) for offset, byte in enumerate(data))
    return [outcome for outcome in outcomes if outcome is not None]


def test_a_frame_as_the_standard_sums_it() -> None:
    assert frame(1, b"H|\\^&\r", final=True) == b"\x021H|\\^&\r\x03E5\r\n"
    assert frame(0, b"x", final=False) == b"\x020x\x17BF\r\n"


def test_a_good_frame() -> None:
    raw = frame(3, R, final=True)
    (good,) = collect(b"\x00" + raw)
    assert good == GoodFrame(1, raw, 3, R, final=True)


def test_a_lower_case_sum_is_accepted() -> None:
    raw = frame(1, b"H|\\^&\r", final=True)
    (good,) = collect(raw.replace(b"E5", b"e5"))
    assert isinstance(good, GoodFrame)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x021H|\\^&\r\x03E6\r\n", "check"),
        (b"\x021H|\\^&\r\x03E5\n\r", "end"),
        (b"\x021H|\\^&\rE5\r\n", "end"),
        (frame(8, R, final=True), "content"),
        (b"\x02\x0303\r\n", "content"),
        (frame(1, b"R|\x11\r", final=True), "content"),
        (frame(1, b"R|\x06\x15\r", final=True), "content"),
    ],
)
def test_a_frame_that_cannot_be_taken_awaits_a_no(raw: bytes, reason: str) -> None:
    (bad,) = collect(raw)
    assert isinstance(bad, BadFrame)
    assert (bad.reason, bad.raw, bad.answer) == (reason, raw, True)


def test_a_frame_number_alone_is_an_empty_text() -> None:
    (good,) = collect(frame(1, b"", final=True))
    assert isinstance(good, GoodFrame)
    assert good.text == b""


@pytest.mark.parametrize("byte", [0x02, 0x04, 0x05])
def test_a_frame_is_broken_off(byte: int) -> None:
    (bad,) = collect(b"\x021H|" + bytes((byte,)))
    assert bad == BadFrame(0, b"\x021H|", "end", f"the frame was broken off by {byte:02X}", answer=False)


def test_a_frame_may_have_just_the_limit() -> None:
    (good,) = collect(frame(1, b"x" * 240, final=True), limit=240)
    assert isinstance(good, GoodFrame)
    (bad,) = collect(frame(1, b"x" * 241, final=True), limit=240)
    assert isinstance(bad, BadFrame)
    assert (bad.reason, len(bad.raw)) == ("length", 243)


def test_a_message_is_split_by_record_and_by_limit() -> None:
    assert list(split(b"H|1\rR|22\r", 4)) == [(b"H|1\r", True), (b"R|22", False), (b"\r", True)]
    assert list(split(b"L", 240)) == [(b"L\r", True)]


@pytest.mark.parametrize("text", [b"", b"R|\x02\r", b"H\r\nL\r"])
def test_what_cannot_be_sent(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        split(text, 240)
