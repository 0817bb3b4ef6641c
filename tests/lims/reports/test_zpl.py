"""Labels for a label printer: scanned and compared dot by dot on what a printer of the tests prints."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageFont

from lims.errors import Invalid
from lims.reports import glyphs, zpl
from lims.reports.label import Label
from lims.reports.zpl import Language
from protocols.labels import Picture, Stock
from tests.protocols.printers import Paper, print_tspl, print_zpl

ROLL = Stock(Decimal(50), Decimal(30), Decimal(2))
FINE = Stock(Decimal(60), Decimal(40), Decimal(2), dpi=300)
LABEL = Label("LJ012611230001K", "上海青（小白菜）", "连江县凤城镇兴旺蔬菜批发部 A-17")
LONG = Label("LJ012611230002I", "鲜活海产品：缢蛏、花蛤及其他双壳贝类混合样品" * 3, "𩽾鱼行" * 20)


def printed(label: Label, stock: Stock, language: Language, below: int = 0) -> Paper:
    made = zpl.render([label], stock, language)
    (paper,) = print_zpl(made, below) if language is Language.ZPL else print_tspl(made, stock.dpi)
    return paper


def scanned(image: Image.Image) -> list[tuple[str, str]]:
    room = Image.new("L", (image.width + 60, image.height + 60), 255)
    room.paste(image, (30, 30))
    return sorted((code.format.name, code.text) for code in zxingcpp.read_barcodes(room))


@pytest.mark.parametrize("label", [LABEL, LONG])
@pytest.mark.parametrize("stock", [ROLL, FINE])
@pytest.mark.parametrize(("language", "below"), [(Language.ZPL, 0), (Language.ZPL, 10), (Language.TSPL, 0)])
def test_both_codes_are_read_from_the_printed_label(
    label: Label, stock: Stock, language: Language, below: int
) -> None:
    paper = printed(label, stock, language, below)
    assert scanned(paper.image) == [("Code128", label.number), ("QRCode", label.number)]


@pytest.mark.parametrize("degrees", [-3, 2])
def test_a_label_that_was_stuck_on_askew_and_blurred_is_read(degrees: int) -> None:
    image = printed(LABEL, FINE, Language.ZPL).image
    askew = image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    small = askew.resize((askew.width * 2 // 3, askew.height * 2 // 3), Image.Resampling.BILINEAR)
    assert scanned(small) == [("Code128", LABEL.number), ("QRCode", LABEL.number)]


def character(letter: str, size: int) -> set[tuple[int, int]]:
    """The dots of one character as the font file itself gives them, by its own raster."""
    font = ImageFont.truetype(glyphs.FILE, size, index=0, layout_engine=ImageFont.Layout.BASIC)
    mask, (left, top) = font.getmask2(letter, mode="1")
    wide, high = mask.size
    return {(x + int(left), y + int(top)) for x in range(wide) for y in range(high) if mask.getpixel((x, y))}


@pytest.mark.parametrize("language", list(Language))
def test_every_chinese_character_is_the_fonts_own_shape(language: Language) -> None:
    paper = printed(LABEL, ROLL, language)
    size = ROLL.dots(Decimal("2.8"))
    food = next(e for e in zpl.elements(LABEL, ROLL) if isinstance(e, Picture) and e.y > 100)
    for place, letter in enumerate(LABEL.food):
        own = character(letter, size)
        box = [(x, y) for x in range(size) for y in range(food.height)]
        found = {(x, y) for x, y in box if paper.image.getpixel((food.x + place * size + x, food.y + y)) == 0}
        assert found == own, letter
        assert own


def test_nothing_vanishes_and_what_is_cut_says_so() -> None:
    pictures = [e for e in zpl.elements(LONG, ROLL) if isinstance(e, Picture)]
    assert len(pictures) == 5
    assert all(e.y + e.height <= ROLL.dots(ROLL.height) for e in pictures)


def test_several_labels_are_printed_one_after_another() -> None:
    made = zpl.render([LABEL, LONG], ROLL, Language.ZPL, copies=2)
    assert [(paper.copies, scanned(paper.image)[0][1]) for paper in print_zpl(made)] == [
        (2, LABEL.number),
        (2, LONG.number),
    ]


def test_what_is_written_in_a_name_is_never_a_command() -> None:
    evil = Label(LABEL.number, '^XZ^XA~JA"\r\nPRINT 9', "~DG^FS\x1b!R")
    assert len(print_zpl(zpl.render([evil], ROLL, Language.ZPL))) == 1
    (paper,) = print_tspl(zpl.render([evil], ROLL, Language.TSPL))
    assert paper.copies == 1


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: zpl.render([], ROLL, Language.ZPL), "label.none"),
        (lambda: zpl.render([Label("样品", "a", "b")], ROLL, Language.ZPL), "label.number"),
        (lambda: zpl.render([Label("A" * 40, "a", "b")], ROLL, Language.ZPL), "label.small"),
        (lambda: printed(LABEL, Stock(Decimal(30), Decimal(30), Decimal(2)), Language.ZPL), "label.small"),
        (lambda: printed(LABEL, Stock(Decimal(50), Decimal(15), Decimal(2)), Language.TSPL), "label.small"),
        (lambda: zpl.render([LABEL], ROLL, Language.ZPL, copies=0), "label.unprintable"),
        (lambda: zpl.render([Label('A"B', "a", "b")], ROLL, Language.TSPL), "label.unprintable"),
    ],
)
def test_what_cannot_be_a_label_says_why(call: Callable[[], Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        call()
    assert caught.value.code == code
