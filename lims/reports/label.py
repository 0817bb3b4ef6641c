"""Sheets of sample labels: bar code, QR and the number in groups, twenty-four on a sheet of A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from lims.errors import Invalid
from lims.reports import codes, glyphs, paper
from lims.reports.paper import MM
from lims.rules import numbering, practice

ACROSS, DOWN = 3, 8
WIDTH, HEIGHT = 70 * MM, 37 * MM
"""Of one label; three by eight fill a sheet of A4 without gaps."""

_EDGE = 4.5 * MM
_QR = 17 * MM


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on one label: the sample's number, its food and the business it was drawn at."""

    number: str
    food: str
    business: str


def sheet(labels: Sequence[Label], skip: int = 0) -> bytes:
    """Return sheets of labels as a PDF; the same labels give the same bytes.

    Code 128 and QR both hold the plain number. A text that is too long for its two lines ends in "…".

    Args:
        labels: in the order of the sheet, line by line.
        skip: places that are left free on the first sheet because their labels are used up.

    Raises:
        Invalid: there is no label, a number cannot be a bar code, or `skip` is not on a sheet.
    """
    most = ACROSS * DOWN - 1
    if not labels:
        raise Invalid("label.none")
    if not 0 <= skip <= most:
        raise Invalid("label.skip", skip=skip, most=most)
    for one in labels:
        codes.check(one.number)
    glyphs.load()
    buffer = BytesIO()
    with paper.drawing:
        canvas = Canvas(
            buffer, pagesize=paper.SIZES["A4"], invariant=1, pageCompression=1, initialFontName=glyphs.NAME
        )
        for number, label in enumerate(labels, start=skip):
            place = number % (ACROSS * DOWN)
            if place == 0 and number > skip:
                canvas.showPage()
            top = paper.SIZES["A4"][1] - 0.5 * MM - place // ACROSS * HEIGHT
            _label(canvas, label, place % ACROSS * WIDTH, top)
        canvas.save()
    return buffer.getvalue()


def _label(canvas: Canvas, label: Label, left: float, top: float) -> None:
    start, room = left + _EDGE, WIDTH - 2 * _EDGE
    canvas.setFillGray(0)
    codes.code128(canvas, label.number, start - 1 * MM, top - 14.5 * MM, (room + 2 * MM, 11 * MM))
    paper.write(canvas, glyphs.shown(numbering.spell(label.number)), start, top - 19 * MM, 10.5, heavy=True)
    codes.qr(canvas, label.number, left + WIDTH - _EDGE - _QR + 2 * MM, top - 16.5 * MM, _QR)
    below = top - 19 * MM - 11
    for text, size, most in ((practice.marked(label.number, label.food), 9, 2), (label.business, 7, 2)):
        for line in lines(text, size, room - _QR + 1 * MM, most):
            paper.write(canvas, line, start, below, size)
            below -= size * 1.18


def lines(text: str, size: float, room: float, most: int) -> list[str]:
    """Break a text into at most so many printable lines; what is left out shows as "…"."""
    found = glyphs.wrap(" ".join(text.split()), size, room)
    if len(found) <= most:
        return found
    return [*found[: most - 1], glyphs.cut("".join(found[most - 1 :]), size, room)]
