"""Labels in ZPL and TSPL: printed by printers of our own reading, both codes scanned, no text becomes a command."""

import re
from decimal import Decimal

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from protocols import labels
from protocols.codec import ProtocolError
from protocols.labels import Bars, Element, Picture, Square, Stock
from tests.protocols.printers import Paper, print_tspl, print_zpl

STOCK = Stock(Decimal(60), Decimal(40), Decimal(2))
NUMBER = "LJ012611230001K"
LABEL = (Bars(30, 20, NUMBER, 80, 2), Square(80, 140, NUMBER, 4))
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=16)
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\~'), min_size=1)


def read(paper: Paper) -> dict[str, str]:
    room = Image.new("L", (paper.image.width + 80, paper.image.height + 80), 255)
    room.paste(paper.image, (40, 40))
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(room)}


def codes(text: str) -> list[Element]:
    return [Bars(30, 20, text, 80, 1), Square(80, 140, text, 4)]


def both(text: str) -> dict[str, str]:
    return {"Code128": text, "QRCode": text}


@pytest.mark.parametrize("below", [0, 10])
def test_a_zpl_label_carries_both_codes(below: int) -> None:
    (paper,) = print_zpl(labels.zpl(STOCK, LABEL), below)
    assert read(paper) == both(NUMBER)


def test_a_tspl_label_carries_both_codes() -> None:
    (paper,) = print_tspl(labels.tspl(STOCK, LABEL))
    assert read(paper) == both(NUMBER)


@settings(max_examples=60, deadline=None)
@given(PRINTABLE)
def test_any_printable_text_stays_text_in_zpl(text: str) -> None:
    made = labels.zpl(STOCK, codes(text))
    (paper,) = print_zpl(made)
    assert re.findall(rb"\^(?:BC|BQ|XA|XZ)", made) == [b"^XA", b"^BC", b"^BQ", b"^XZ"]
    assert read(paper)["Code128"] == text


@settings(max_examples=60, deadline=None)
@given(PLAIN.map(lambda text: text[:16]))
def test_any_text_that_tspl_takes_stays_text(text: str) -> None:
    (paper,) = print_tspl(labels.tspl(STOCK, codes(text)))
    assert read(paper)["Code128"] == text


@pytest.mark.parametrize(
    "text", ["A^XZ^XA", "~JA", "^FS^FD", "A_5EB", ">9>:", "AB1234CD", "A>5>6B", "~DG,R:", "a^b~c_d>e"]
)
def test_commands_in_a_text_are_printed_as_text(text: str) -> None:
    (paper,) = print_zpl(labels.zpl(STOCK, codes(text)))
    assert read(paper) == both(text)


@pytest.mark.parametrize(
    "text", ['A"\r\nPRINT 9', 'A"', "\\[R]", "~!D", "A\nB", "样品", "", "A\x1b!R", "\x7f"]
)
def test_what_could_be_a_command_of_tspl_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        labels.tspl(STOCK, [Bars(0, 0, text, 80, 1)])
    with pytest.raises(ProtocolError):
        labels.tspl(STOCK, [Square(0, 0, text, 1)])


@pytest.mark.parametrize("text", ["A\nB", "A\x00", "样品", "", "é"])
def test_what_no_code_can_hold_is_refused_in_zpl(text: str) -> None:
    with pytest.raises(ProtocolError):
        labels.zpl(STOCK, [Square(0, 0, text, 1)])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_picture_is_printed_dot_by_dot(width: int, height: int, random: object) -> None:
    row = (width + 7) // 8
    keep = (1 << (row * 8)) - (1 << (row * 8 - width))  # bits beyond the width stay white
    rows = [random.getrandbits(row * 8) & keep for _ in range(height)]  # type: ignore[attr-defined] # a Random
    picture = Picture(7, 5, width, height, b"".join(one.to_bytes(row, "big") for one in rows))
    for (paper,) in (
        print_zpl(labels.zpl(STOCK, [picture])),
        print_tspl(labels.tspl(STOCK, [picture])),
    ):
        black = {
            (x, y) for x in range(paper.image.width) for y in range(60) if paper.image.getpixel((x, y)) == 0
        }
        assert black == {
            (7 + x, 5 + y) for y, one in enumerate(rows) for x in range(width) if one >> (row * 8 - 1 - x) & 1
        }


def test_size_gap_density_and_copies_reach_the_printer() -> None:
    stock = Stock(Decimal("50.5"), Decimal(30), Decimal(2), dpi=300, darkness=9, speed=3)
    (zpl,) = print_zpl(labels.zpl(stock, [], 4))
    (tspl,) = print_tspl(labels.tspl(stock, [], 4), dpi=300)
    wanted = {"~SD": "18", "^PW": "596", "^LL": "354", "^MN": "Y", "^PR": "3"}
    assert wanted.items() <= zpl.settings.items()
    assert tspl.settings["size"] == "50.5 30"
    assert (tspl.settings["gap"], tspl.settings["density"], tspl.settings["speed"]) == ("2", "9", "3")
    assert (zpl.copies, tspl.copies) == (4, 4)
    assert zpl.image.size == tspl.image.size == (596, 354)


def test_what_is_not_said_is_left_to_the_printer() -> None:
    stock = Stock(Decimal(50), Decimal(30), Decimal(0))
    assert not {"~SD", "^PR"} & print_zpl(labels.zpl(stock, []))[0].settings.keys()
    assert print_zpl(labels.zpl(stock, []))[0].settings["^MN"] == "N"
    assert print_tspl(labels.tspl(stock, []))[0].settings.keys() & {"density", "speed"} == set()


@pytest.mark.parametrize(
    ("stock", "element", "copies"),
    [
        (STOCK, Bars(300, 0, NUMBER, 80, 2), 1),
        (STOCK, Bars(0, 300, NUMBER, 80, 2), 1),
        (STOCK, Square(-1, 0, NUMBER, 2), 1),
        (STOCK, Square(0, 0, NUMBER, 11), 1),
        (STOCK, Square(0, 400, NUMBER, 1), 1),
        (STOCK, Picture(0, 0, 9, 1, b"\0"), 1),
        (STOCK, Picture(475, 0, 8, 1, b"\0"), 1),
        (STOCK, Picture(0, 0, 0, 0, b""), 1),
        (STOCK, Square(0, 0, NUMBER, 2), 0),
        (STOCK, Square(0, 0, NUMBER, 2), 1000),
        (Stock(Decimal(0), Decimal(30), Decimal(2)), Square(0, 0, NUMBER, 2), 1),
        (Stock(Decimal(30), Decimal(30), Decimal(-1)), Square(0, 0, NUMBER, 2), 1),
        (Stock(Decimal(30), Decimal(30), Decimal(2), darkness=16), Square(0, 0, NUMBER, 2), 1),
        (Stock(Decimal(30), Decimal(30), Decimal(2), speed=0), Square(0, 0, NUMBER, 2), 1),
    ],
)
def test_what_cannot_be_printed_is_refused(stock: Stock, element: Element, copies: int) -> None:
    for build in (labels.zpl, labels.tspl):
        with pytest.raises(ProtocolError):
            build(stock, [element], copies)


@settings(max_examples=200)
@given(PRINTABLE)
def test_runs_lose_nothing_and_pairs_are_digits(text: str) -> None:
    parts = labels.runs(text)
    assert "".join(part for _, part in parts) == text
    assert all(re.fullmatch("([0-9]{2})+", part) for kind, part in parts if kind == "C")


def test_a_sample_number_is_narrow() -> None:
    assert labels.runs(NUMBER) == [("B", "LJ"), ("C", "012611230001"), ("B", "K")]
    assert labels.bar_modules(NUMBER) == 156
