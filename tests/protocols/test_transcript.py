import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.codec import ProtocolError
from protocols.transcript import Entry, Transcript, cut, read, received, recut, write

TEXT = """# kuaijian wire 1
instrument: dayuan_tl310
source: DOCUMENT, made up
encoding: gb18030

0.000 > 7E 01 01 00 FF 71 AA
0.120 < 7E 02 04 00 FF 02  ; cut by the bridge
0.130 < 10 10 F8 AA
61.005 > 1B
"""

_words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1).filter(
    lambda text: text.strip() == text
)
_entries = st.lists(
    st.builds(
        Entry,
        st.integers(0, 10**9),
        st.sampled_from("<>"),
        st.binary(min_size=1, max_size=40),
        st.just("") | _words,
    ),
    max_size=8,
).map(lambda entries: tuple(sorted(entries, key=lambda entry: entry.milliseconds)))
_transcripts = st.builds(
    Transcript,
    _words,
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_.-]{0,9}", fullmatch=True).filter(lambda key: key != "instrument"),
        _words,
        max_size=3,
    ),
    _entries,
)


def test_a_text_is_read() -> None:
    transcript = read(TEXT)
    assert transcript.instrument == "dayuan_tl310"
    assert transcript.header == {"source": "DOCUMENT, made up", "encoding": "gb18030"}
    assert transcript.entries[1] == Entry(120, "<", bytes.fromhex("7E020400FF02"), "cut by the bridge")
    assert transcript.entries[3].seconds == 61.005
    assert received(transcript) == bytes.fromhex("7E 02 04 00 FF 02 10 10 F8 AA")


def test_write_undoes_read() -> None:
    assert write(read(TEXT)) == TEXT


@given(_transcripts)
@settings(max_examples=60)
def test_read_undoes_write(transcript: Transcript) -> None:
    assert read(write(transcript)) == transcript


def test_a_header_alone_is_a_transcript() -> None:
    assert read("# kuaijian wire 1\ninstrument: x\n") == Transcript("x")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "line 1"),
        ("# kuaijian wire 2\ninstrument: x\n", "line 1"),
        ("# kuaijian wire 1\ninstrument: x", "line 2"),
        ("# kuaijian wire 1\n\n", "line 2"),
        ("# kuaijian wire 1\ninstrument x\n", "line 2"),
        ("# kuaijian wire 1\ninstrument: x\ninstrument: y\n", "line 3"),
        ("# kuaijian wire 1\ninstrument: x\n\n0.000 ? 00\n", "line 4"),
        ("# kuaijian wire 1\ninstrument: x\n\n0.000 < 0\n", "line 4"),
        ("# kuaijian wire 1\ninstrument: x\n\n0.00 < 00\n", "line 4"),
        ("# kuaijian wire 1\ninstrument: x\n\n0.000 <\n", "line 4"),
        ("# kuaijian wire 1\ninstrument: x\n\n1.000 < 00\n0.999 < 00\n", "line 5"),
        ("# kuaijian wire 1\ninstrument: x\n\n1.000 < 00\n1.000 < 00", "line 5"),
    ],
)
def test_an_error_names_its_line(text: str, line: str) -> None:
    with pytest.raises(ProtocolError, match=line):
        read(text)


@pytest.mark.parametrize(
    "transcript",
    [
        Transcript("x", {"instrument": "y"}),
        Transcript("x", {"note": " padded"}),
        Transcript("x", {}, (Entry(0, "<", b"\0", "two  ; remarks "),)),
    ],
)
def test_what_cannot_be_read_back_is_not_written(transcript: Transcript) -> None:
    with pytest.raises(ProtocolError):
        write(transcript)


def test_pieces_are_never_empty() -> None:
    assert cut(b"abcdef", [0, 2, 2, 4, 6, 99, -1]) == [b"ab", b"cd", b"ef"]
    assert cut(b"", [1]) == []


@given(_transcripts, st.lists(st.integers(0, 80)))
@settings(max_examples=60)
def test_recut_keeps_what_was_said_and_in_which_order(transcript: Transcript, positions: list[int]) -> None:
    again = recut(transcript, positions)
    assert received(again) == received(transcript)
    assert _turns(again) == _turns(transcript)
    assert [e for e in again.entries if e.direction == ">"] == [
        e for e in transcript.entries if e.direction == ">"
    ]


def _turns(transcript: Transcript) -> list[tuple[str, bytes]]:
    turns: list[tuple[str, bytes]] = []
    for entry in transcript.entries:
        if turns and turns[-1][0] == entry.direction:
            turns[-1] = (entry.direction, turns[-1][1] + entry.data)
        else:
            turns.append((entry.direction, entry.data))
    return turns


def test_recut_cuts_at_the_positions() -> None:
    again = recut(read(TEXT), [3, 9])
    assert [entry.data.hex() for entry in again.entries if entry.direction == "<"] == [
        "7e0204",
        "00ff02101 0f8".replace(" ", ""),
        "aa",
    ]
