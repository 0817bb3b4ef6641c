"""Codes that a scanner reads, drawn as vectors: QR by segno, Code 128 by reportlab."""

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from lims.errors import Invalid

QUIET = 4
"""Free modules around a QR that its standard asks for."""


def qr(canvas: Canvas, text: str, left: float, top: float, side: float) -> None:
    """Draw a QR of error level M in a square of `side` points, quiet zone included; all modules are one path."""
    symbol = segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8")
    rows = [bytes(line) for line in symbol.matrix]
    module = side / (len(rows) + 2 * QUIET)
    path = canvas.beginPath()
    for down, line in enumerate(rows):
        start = None
        for across, dark in enumerate((*line, 0)):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                path.rect(
                    left + (start + QUIET) * module,
                    top - (down + QUIET + 1) * module,
                    (across - start) * module,
                    module,
                )
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def check(text: str) -> None:
    """Refuse a text that a Code 128 of ours cannot hold.

    Raises:
        Invalid: the text is empty or holds a character that is not printable ASCII.
    """
    if not text or not all(" " <= character <= "~" for character in text):
        raise Invalid("label.number", number=text)


def code128(canvas: Canvas, text: str, left: float, bottom: float, size: tuple[float, float]) -> None:
    """Draw a Code 128 that fills a width, and a height, in points, quiet zones included.

    Raises:
        Invalid: the text is empty or holds a character that is not printable ASCII.
    """
    check(text)
    width, height = size
    plain = Code128(text, barWidth=1, barHeight=height, quiet=0, humanReadable=0)
    bar = width / (plain.width + 20)
    drawn = Code128(text, barWidth=bar, barHeight=height, quiet=0, humanReadable=0)
    drawn.drawOn(canvas, left + 10 * bar, bottom)
