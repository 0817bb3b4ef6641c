from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.codec import Broken
from protocols.plate_lines import BioRadLines, BioTekAnswers, Plate, Ready, Status, well
from protocols.transcript import cut

Feed = Callable[[Any, list[bytes]], list[Any]]


def feed(reader: Any, pieces: list[bytes]) -> list[Any]:
    events = [event for piece in pieces for event in reader.receive(piece, 0.0)]
    while reader.deadline is not None:
        events += reader.expire(reader.deadline)
    return events


def block(first: str = "0.100", ends: int = 0x0D) -> bytes:
    rows = [(" " + " ".join([first] * 12)).encode() for _ in range(8)]
    check = (sum(map(sum, rows)) + 8 * ends) % 256
    return b". begin\r" + b"\r".join(rows) + b"\r%d\r. end\r" % check


HEAD = b"BIO-RAD MODEL 550 READER\rMes. filter: 1\r"
DUAL = HEAD + b"Ref. filter: 2\r"


@pytest.mark.parametrize("ends", [0, 0x0D])
def test_line_ends_may_count_in_the_check_or_not(ends: int) -> None:
    (plate,) = feed(BioRadLines(), [b"ERE 000 " + HEAD + block("0.250", ends)])
    assert (len(plate.wells), plate.wells["A1"], plate.wells["H12"]) == (96, "0.250", "0.250")
    assert not plate.reference


def test_an_answer_at_two_wavelengths_holds_two_blocks() -> None:
    (plate,) = feed(BioRadLines(), [b"ERE 000 " + DUAL + block("1.000") + block("0.050")])
    assert (plate.wells["C4"], plate.reference["C4"], dict(plate.told)) == ("1.000", "0.050", {})


def test_what_the_reader_sends_by_itself_is_the_difference() -> None:
    (plate,) = feed(BioRadLines(), [DUAL + block("***")])
    assert (plate.wells["A1"], "difference" in plate.told, dict(plate.reference)) == ("*", True, {})


@pytest.mark.parametrize(
    ("stream", "reasons"),
    [
        (b"hello\r\r", ["noise"]),
        (b"ERE x\r", ["content"]),
        (b"ERE 001 " + HEAD, ["content", "noise"]),
        (HEAD + b"what\r", ["content"]),
        (HEAD + block().replace(b"0.100 0.100\r", b"0.100\r", 1), ["content"] + ["noise"] * 9),
        (HEAD + block().replace(b"0.100", b"0.101", 1), ["check", "noise"]),
        (HEAD + block()[:-6] + b"nonsense\r", ["end"]),
        (HEAD + HEAD + block(), ["end", "Plate"]),
        (b"ERE 000 " + DUAL + block(), ["timeout"]),
        (HEAD + b"a" * 600, ["content", "length", "timeout"]),
        (HEAD + b". beg", ["content", "timeout"]),
    ],
)
def test_why_bytes_are_no_plate(stream: bytes, reasons: list[str]) -> None:
    told = feed(BioRadLines(), [stream])
    assert [one.reason if isinstance(one, Broken) else "Plate" for one in told] == reasons


def test_an_error_is_a_status() -> None:
    assert feed(BioRadLines(), [b"ERE 012\rERE 000 0550\r"]) == [
        Status(0, "012", ""),
        Status(8, "000", "0550"),
    ]


@given(
    st.lists(st.sampled_from([HEAD, DUAL, block(), b"ERE 000 ", b"ERE 000\r", b"x\r", b"\n"]), max_size=6),
    st.data(),
)
def test_any_cut_gives_the_same_plates(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    assert feed(BioRadLines(), cut(stream, places)) == feed(BioRadLines(), [stream])


# BioTek


BODY = b"0" * 22 + b"01,01,+0.1000,01,02,-0.0100\r\n,08,12,******\r\n000"


def test_a_biotek_answer() -> None:
    ready, status, plate = feed(BioTekAnswers(), [b"\x060000\x03" + BODY + b"\x03"])
    assert (ready, status) == (Ready(0), Status(1, "0000", ""))
    assert dict(plate.wells) == {"A1": "0.1000", "A2": "-0.0100", "H12": "*"}


@pytest.mark.parametrize(
    ("stream", "kinds"),
    [
        (BODY.replace(b"01,02", b"01,01") + b"\x03", ["content"]),
        (BODY.replace(b"08,12", b"09,12") + b"\x03", ["content"]),
        (BODY.replace(b"+0.1000", b"+0.1x00") + b"\x03", ["Status"]),
        (b"01,01", ["timeout"]),
        (b"a" * 101, ["length"]),
    ],
)
def test_why_an_answer_is_no_plate(stream: bytes, kinds: list[str]) -> None:
    told = feed(BioTekAnswers(limit=100), [stream])
    assert [getattr(one, "reason", type(one).__name__) for one in told] == kinds


@given(st.lists(st.sampled_from([BODY, b"\x06", b"\x03", b"0000", b"x"]), max_size=6), st.data())
def test_any_cut_gives_the_same_answers_and_no_byte_vanishes(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    whole = feed(BioTekAnswers(), [stream])
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=6))
    assert feed(BioTekAnswers(), cut(stream, places)) == whole
    assert BioTekAnswers().expire(9.0) == []


def test_wells_are_named_by_letter_and_number() -> None:
    assert [well(0, 0), well(7, 11), Plate(0, {}).told] == ["A1", "H12", {}]
