import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.frames import CRC8, SUM8
from protocols.sevene import Finished, Result, ResultDownload, Version, seven_e
from protocols.transcript import cut

Run = Callable[..., list[Any]]

VERSION = bytes.fromhex("7E 02 04 00 FF 02 10 10 F8 AA")
B3 = bytes.fromhex("7E 16 15 00 FF 02 00 01 00 03 00 13 08 07 0A 1F 2C 00 0C 00 00 76 01 02 00 C6 AA")
B4 = bytes.fromhex("7E 16 15 00 FF 02 00 02 00 04 01 13 08 07 0A 1F 2C 00 0D 00 00 C8 02 01 00 58 AA")
B5 = bytes.fromhex("7E 16 15 00 FF 01 00 01 00 05 00 13 08 07 0A 1F 2C 00 0E 00 00 FE 7F 00 00 CC AA")
PASSIVE = VERSION + B3 + B4 + B5


@pytest.mark.parametrize(
    ("command", "request_bytes"),
    [
        ("version", "7E 01 01 00 FF 71 AA"),
        ("last", "7E 15 04 00 FF 00 00 00 2B AA"),
        ("all", "7E 15 04 00 FF FF FF FF 4D AA"),
        ("date:2019-08-07", "7E 15 04 00 FF 13 08 07 E5 AA"),
    ],
)
def test_requests_as_published(command: str, request_bytes: str) -> None:
    download = ResultDownload()
    download.ask(command)
    assert download.to_send() == bytes.fromhex(request_bytes)
    assert download.to_send() == b""


@pytest.mark.parametrize(
    "command", ["", "first", "date:", "date:2019-02-30", "date:1999-12-31", "date:2256-01-01"]
)
def test_what_cannot_be_asked(command: str) -> None:
    with pytest.raises(ProtocolError):
        ResultDownload().ask(command)


def test_published_answers(run: Run) -> None:
    events = run(ResultDownload(), [PASSIVE])
    assert events == [
        Version(b"\x02\x10\x10", VERSION),
        Result(B3, 2, 1, 10),
        Result(B4, 2, 2, 37),
        Finished(2, 2),
        Result(B5, 1, 1, 64),
        Finished(1, 1),
    ]


def state(download: ResultDownload) -> tuple[float | None, bool]:
    return download.deadline, download.idle


def test_a_download_that_was_asked_for() -> None:
    download = ResultDownload()
    download.ask("all")
    assert state(download) == (0.0, False)
    with pytest.raises(ProtocolError):
        download.ask("last")
    assert download.expire(100.0) == []
    assert download.deadline == 105.0
    assert download.receive(B3, 103.0) == [Result(B3, 2, 1, 0)]
    assert download.deadline == 105.0
    assert download.receive(B4, 104.0) == [Result(B4, 2, 2, 27), Finished(2, 2)]
    assert state(download) == (None, True)


def test_a_short_download_is_missing_results() -> None:
    download = ResultDownload()
    download.ask("all")
    download.receive(B3, 1.0)
    assert download.expire(2.9) == []
    assert download.expire(3.0) == [Broken(27, b"", "missing", "1 of 2 results came")]
    assert download.idle


def test_no_answer_at_all() -> None:
    download = ResultDownload()
    download.ask("version")
    assert download.expire(0.0) == []
    assert download.expire(5.0) == [Broken(0, b"", "timeout", "no answer within 5 s")]


def test_a_garbled_result_is_missing_too(run: Run) -> None:
    download = ResultDownload()
    download.ask("last")
    events = run(download, [B3[:-2] + b"\x00\xaa" + B4])
    assert [getattr(event, "reason", type(event)) for event in events] == ["check", Result, "missing"]


def test_a_repeated_frame_is_marked_and_counted_once(run: Run) -> None:
    assert run(ResultDownload(), [B3 + B3 + B4 + B4]) == [
        Result(B3, 2, 1, 0),
        Result(B3, 2, 1, 27, repeat=True),
        Result(B4, 2, 2, 54),
        Finished(2, 2),
        Result(B4, 2, 2, 81, repeat=True),
    ]


def test_asking_again_begins_a_new_download() -> None:
    download = ResultDownload()
    for _ in range(2):
        download.ask("last")
        assert [type(event) for event in download.receive(B3 + B4, 0.0)] == [Result, Result, Finished]


def test_another_total_is_another_download(run: Run) -> None:
    download = ResultDownload()
    download.ask("last")
    events = run(download, [B3 + B5])
    assert [getattr(event, "reason", type(event)) for event in events] == [
        Result,
        "missing",
        Result,
        Finished,
    ]
    assert [type(event) for event in run(ResultDownload(), [B3 + B5])] == [Result, Result, Finished]


def test_a_result_under_another_check_is_marked(run: Run) -> None:
    raw = seven_e(SUM8, 0xAA).build(b"\x16", B5[4:-2])
    (result, _) = run(ResultDownload(lenient=(SUM8,)), [raw])
    assert result == Result(raw, 1, 1, 0, lenient=True)
    assert [event.reason for event in run(ResultDownload(), [raw])] == ["check"]


def test_another_shape_of_the_family(run: Run) -> None:
    shape = seven_e(SUM8, 0x7E, "big")
    download = ResultDownload(shape)
    download.ask("version")
    assert download.to_send() == bytes.fromhex("7E 01 00 01 FF 01 7E")
    assert [type(event) for event in run(download, [shape.build(b"\x16", B5[4:-2])])] == [Result, Finished]


@given(st.lists(st.sampled_from([VERSION, B3, B4, B5, B3[:20], b"\x7e", b"\x00\xaa"]), max_size=6), st.data())
@settings(max_examples=80)
def test_any_cut_gives_the_same_events(run: Run, pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    positions = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    whole = run(ResultDownload(), [stream])
    assert run(ResultDownload(), cut(stream, positions)) == whole
    assert run(ResultDownload(), [bytes((byte,)) for byte in stream]) == whole


def test_no_single_corrupted_byte_gives_a_wrong_result() -> None:
    truth = {VERSION, B3, B4, B5}
    for position, value in itertools.product(range(len(PASSIVE)), range(256)):
        stream = PASSIVE[:position] + bytes((value,)) + PASSIVE[position + 1 :]
        if stream == PASSIVE:
            continue
        events = ResultDownload().receive(stream, 0.0)
        assert {event.raw for event in events if isinstance(event, Result | Version)} < truth


def test_the_usual_shape_is_the_tl310s() -> None:
    assert (seven_e().check, seven_e().ends, seven_e().order) == (CRC8, b"\xaa", "little")
