"""Labels for a label printer, in ZPL or TSPL: the codes by the printer's own commands, all words as dots."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

import segno

from lims.errors import Invalid
from lims.reports import codes, glyphs, raster
from lims.reports.label import Label, lines
from lims.rules import numbering, practice
from protocols import labels
from protocols.codec import ProtocolError
from protocols.labels import Bars, Element, Picture, Square, Stock

_EDGE = 2  # millimetres that stay free around
_NARROW = Decimal("0.19")  # of a bar: what a hand scanner reads from a thermal label
_MODULE = Decimal("0.3")  # of a QR code
_QR = 11  # millimetres it may take
_LOWER = 10  # dots by which ZPL printers set a QR code lower


class Language(StrEnum):
    """What a label printer speaks."""

    ZPL = "zpl"
    TSPL = "tspl"


def render(made: Sequence[Label], stock: Stock, language: Language, copies: int = 1) -> bytes:
    """Return labels in a printer's language, one after another; the same labels give the same bytes.

    Code 128 and QR both hold the plain number, whose last character is its check character.

    Args:
        made: in the order in which they are printed.
        stock: the labels on the roll.
        language: of the printer.
        copies: of each label.

    Raises:
        Invalid: there is no label, a number cannot be a bar code, the label is too small for what stands on it, or
            stock and copies are not what a printer can do.
    """
    if not made:
        raise Invalid("label.none")
    build = labels.zpl if language is Language.ZPL else labels.tspl
    glyphs.load()
    try:
        return b"".join(build(stock, list(elements(one, stock)), copies) for one in made)
    except ProtocolError as fault:
        raise Invalid("label.unprintable", fault=str(fault)) from None


def elements(label: Label, stock: Stock) -> list[Element]:
    """Return what stands on one label and where: bars above, the number below them, then words beside the QR.

    Raises:
        Invalid: the number cannot be a bar code, or the stock is too small for it.
    """
    codes.check(label.number)
    edge, width, height = stock.dots(_EDGE), stock.dots(stock.width), stock.dots(stock.height)
    modules = labels.bar_modules(label.number)
    module = min((width - 2 * edge) // (modules + 8), stock.dots(Decimal("0.5")))
    if module < 1 or module * Decimal("25.4") / stock.dpi < _NARROW:
        raise _small(stock, label)
    tall = max(stock.dots(6), height // 4)
    bars = Bars((width - modules * module) // 2, edge, label.number, tall, module)
    size = stock.dots(3)
    number = _words(numbering.spell(label.number), size, width - 2 * edge, (edge, edge + tall + size // 8))
    top = number.y + number.height
    square, side = _square(label, stock, width - edge, top)
    if top + side > height or number.width + 2 * edge > width:
        raise _small(stock, label)
    return [bars, number, square, *_text(label, stock, square.x - 2 * edge, top)]


def _small(stock: Stock, label: Label) -> Invalid:
    return Invalid("label.small", width=stock.width, height=stock.height, number=label.number)


def _square(label: Label, stock: Stock, right: int, top: int) -> tuple[Square, int]:
    """Return the QR at the right edge below `top`, and the dots it takes downward with what must stay free."""
    modules = int(
        segno.make(label.number, error="m", micro=False, boost_error=False).symbol_size(border=0)[0]
    )
    module = min(stock.dots(_QR) // modules, 10)
    if module < 1 or module * Decimal("25.4") / stock.dpi < _MODULE:
        raise _small(stock, label)
    quiet = 2 * module  # the number above and the edge below are as far again, most readers need no more
    side = modules * module
    return Square(right - side, top + quiet, label.number, module), quiet + side + _LOWER + quiet


def _text(label: Label, stock: Stock, room: int, top: int) -> list[Element]:
    edge, below, found = stock.dots(_EDGE), top, list[Element]()
    for text, tenths in ((practice.marked(label.number, label.food), 28), (label.business, 22)):
        size = stock.dots(Decimal(tenths) / 10)
        for line in lines(text, size, room, 2):
            picture = _words(line, size, room, (edge, below))
            if below + picture.height <= stock.dots(stock.height):
                found.append(picture)
            below += picture.height
    return found


def _words(text: str, size: int, room: int, place: tuple[int, int]) -> Picture:
    drawn = raster.dots(glyphs.shown(text), size, room)
    return Picture(*place, *drawn.size, drawn.tobytes())  # rows are padded with white to whole bytes
