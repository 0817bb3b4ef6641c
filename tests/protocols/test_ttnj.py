from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import Broken, ProtocolError
from protocols.transcript import cut
from protocols.ttnj import Finished, Group, ModelCode, TtnjDownload, plausible, slots_in_use
from protocols.words import float32

Run = Callable[..., list[Any]]

LINK = bytes.fromhex("1B 21")
BEGIN = bytes.fromhex("1B C1")
END = bytes.fromhex("1B FE")
H2 = bytes.fromhex("13 35 10 02 07 02 0C 80 10") + bytes(56) + bytes.fromhex("3F F7 53 7E 44 7C BC 7C")
H3 = (
    bytes.fromhex("15 2E 11 02 07 05 0C 40 20")
    + bytes(48)
    + bytes.fromhex("3F F5 4D 04 46 60 A8 1D")
    + bytes(8)
)
H4 = bytes.fromhex("02 37 09 1D 03 01 0B 01 00 3F 18 92 8B 42 0B 32 FB") + bytes(56)
H5 = bytes.fromhex("25 31 10 1E 03 01 0B 01 00 3F 6A 01 8B 3F 11 F6 0F") + bytes(56)
AT_27_SECONDS = b"\x1b" + H3[1:]
BAD_CLOCK = bytes.fromhex("FF FF FF 00 00 02 0C 80 10") + H2[9:]
BAD_MASK = H2[:7] + b"\x01" + H2[8:]


@pytest.mark.parametrize("group", [H2, H3, H4, H5])
def test_the_captured_groups_use_the_masked_slots_least_significant_bit_first(group: bytes) -> None:
    assert len(group) == 73
    assert slots_in_use(group) == group[7]
    assert plausible(group)


def test_the_captured_floats() -> None:
    assert str(float32(H2[65:69]).value)[:5] == "1.932"
    assert str(float32(H2[69:73]).value)[:6] == "1010.9"
    assert str(float32(H3[61:65]).value)[:8] == "14378.02"
    assert str(float32(H4[13:17]).value)[:5] == "34.79"


def test_a_recording(run: Run) -> None:
    download = TtnjDownload()
    assert run(download, [LINK + BEGIN + H2 + H3 + END]) == [
        ModelCode(0x21),
        Group(H2, 0x21, 1, 4),
        Group(H3, 0x21, 2, 77),
        Finished(2),
    ]
    assert download.to_send() == b""
    assert download.idle


@pytest.mark.parametrize("group", [H2, H3, H4, H5, AT_27_SECONDS, BAD_CLOCK, BAD_MASK])
def test_a_bare_group(run: Run, group: bytes) -> None:
    assert run(TtnjDownload(), [group]) == [Group(group, None, 1, 0)]


def test_a_group_at_27_seconds_is_no_control_word(run: Run) -> None:
    stream = LINK + BEGIN + AT_27_SECONDS + AT_27_SECONDS + b"\x1b\xfb"
    events = run(TtnjDownload(), [stream])
    assert [type(event) for event in events] == [ModelCode, Group, Group, Finished]


def test_two_recordings_in_a_row(run: Run) -> None:
    events = run(TtnjDownload(), [LINK + BEGIN + H2 + LINK + BEGIN + H3 + END])
    assert events == [
        ModelCode(0x21),
        Group(H2, 0x21, 1, 4),
        ModelCode(0x21),
        Group(H3, 0x21, 1, 81),
        Finished(1),
    ]


def test_a_live_download_calls_for_each_next_group_after_the_last_was_handed_over() -> None:
    download = TtnjDownload()
    download.ask("link")
    assert download.to_send() == b"\x1b\xbf"
    assert download.deadline == 0.0
    assert download.expire(50.0) == []
    assert download.deadline == 60.0
    assert download.receive(b"\x1b", 51.0) == []
    assert download.deadline == 53.0
    assert download.receive(b"\x05", 51.1) == [ModelCode(5)]
    download.ask("results")
    assert download.to_send() == b"\x1b\xb1"
    assert download.receive(BEGIN + H2[:40], 52.0) == []
    assert download.to_send() == b""
    assert download.receive(H2[40:], 52.5) == [Group(H2, 5, 1, 4)]
    assert download.to_send() == b"\x24"
    assert download.to_send() == b""
    assert download.receive(AT_27_SECONDS, 53.0) == [Group(AT_27_SECONDS, 5, 2, 77)]
    assert download.to_send() == b"\x24"
    assert not download.idle
    assert download.receive(END, 54.0) == [Finished(2)]
    assert download.to_send() == b""
    download.ask("end")
    assert download.to_send() == b"\x1b\xff"
    assert download.deadline is None


def test_clearing_is_an_order_of_its_own() -> None:
    download = TtnjDownload()
    download.ask("clear")
    assert download.to_send() == b"\x1b\xb9"
    assert download.idle
    with pytest.raises(ProtocolError):
        download.ask("erase")


def test_the_model_is_forgotten_when_the_instrument_leaves_its_mode() -> None:
    download = TtnjDownload()
    download.ask("link")
    download.receive(LINK, 0.0)
    assert [(download.expire(now), download.idle) for now in (9.0, 10.0)] == [([], False), ([], True)]
    download.ask("results")
    (group,) = download.receive(BEGIN + H2, 20.0)
    assert isinstance(group, Group)
    assert group.model is None


def test_no_answer_and_a_download_that_stops(run: Run) -> None:
    download = TtnjDownload()
    download.ask("link")
    assert run(download, []) == [Broken(0, b"", "timeout", "no answer within 10 s")]
    download.ask("results")
    events = run(download, [BEGIN + H2 + H3[:30]])
    assert [getattr(event, "reason", type(event)) for event in events] == [Group, "timeout", "timeout"]
    assert events[1] == Broken(75, H3[:30], "timeout", "the group stopped half-way")
    assert download.idle


def test_only_a_control_word_answers_a_link_request(run: Run) -> None:
    download = TtnjDownload()
    download.ask("link")
    events = run(download, [b"\x00\x1b\xe0\x1b\x77" + b"\x09"])
    assert events == [
        Broken(0, b"\x00\x1b\xe0", "noise"),
        ModelCode(0x77),
        Broken(5, b"\x09", "timeout", "the group stopped half-way"),
    ]


@pytest.mark.parametrize("word", [b"\x1b\xff", b"\xb1\xff"])
def test_the_cancel_key_ends_a_download(run: Run, word: bytes) -> None:
    download = TtnjDownload()
    download.ask("results")
    events = run(download, [BEGIN + H2 + word])
    assert events == [Group(H2, None, 1, 2), Broken(75, word, "cancelled", "the instrument ended the link")]


def test_noise_costs_no_group(run: Run) -> None:
    assert run(TtnjDownload(), [b"\x00\x09" + LINK + BEGIN + H2 + END + b"\x77"]) == [
        Broken(0, b"\x00\x09", "noise"),
        ModelCode(0x21),
        Group(H2, 0x21, 1, 6),
        Finished(1),
        Broken(81, b"\x77", "timeout", "the group stopped half-way"),
    ]


def test_what_is_no_group_is_searched_for_one(run: Run) -> None:
    junk = bytes.fromhex("FF FF FF")
    events = run(TtnjDownload(), [BEGIN + junk + H4 + END])
    assert events == [
        Broken(2, junk, "content", "neither the clock nor the mask fits a group"),
        Group(H4, None, 1, 5),
        Finished(1),
    ]
    zeros = run(TtnjDownload(), [bytes(80)])
    assert b"".join(event.data for event in zeros) == bytes(80)


def test_an_empty_group_counts_only_where_one_is_expected(run: Run) -> None:
    empty = H4[:7] + bytes(66)
    assert run(TtnjDownload(), [BEGIN + empty]) == [Group(empty, None, 1, 2)]


def test_a_model_code_followed_by_junk_is_still_one(run: Run) -> None:
    events = run(TtnjDownload(), [LINK + b"\xff" * 90])
    assert events[0] == ModelCode(0x21)
    assert b"".join(event.data for event in events[1:]) == b"\xff" * 90


def test_a_model_code_alone_is_decided_by_silence(run: Run) -> None:
    assert run(TtnjDownload(), [LINK]) == [ModelCode(0x21)]
    assert run(TtnjDownload(), [b"\x1b"]) == [Broken(0, b"\x1b", "timeout", "the group stopped half-way")]


_pieces = st.lists(
    st.sampled_from(
        [
            LINK,
            BEGIN,
            H2,
            H3,
            AT_27_SECONDS,
            BAD_CLOCK,
            END,
            b"\x1b",
            b"\x1b\xfb",
            b"\xb1\xff",
            H4[:40],
            b"\0\xff",
        ]
    ),
    max_size=6,
)


@pytest.mark.parametrize("command", ["", "link", "results"])
@given(_pieces, st.data())
@settings(max_examples=60)
def test_any_cut_gives_the_same_events(
    run: Run, command: str, pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    positions = data.draw(st.lists(st.integers(0, len(stream)), max_size=12))
    outcomes = []
    for one in ([stream], cut(stream, positions), [bytes((byte,)) for byte in stream]):
        download = TtnjDownload()
        if command:
            download.ask(command)
        outcomes.append((run(download, one), download.to_send(), download.idle))
    assert outcomes[1:] == outcomes[:1] * 2
