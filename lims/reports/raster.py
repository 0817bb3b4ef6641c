"""Words as dots for a label printer: the paper's own font, one bit a dot, no grey."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from lims.reports import glyphs


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the paper's font with `size` dots to the em."""
    return ImageFont.truetype(glyphs.FILE, size, index=0, layout_engine=ImageFont.Layout.BASIC)


def dots(line: str, size: int, room: int) -> Image.Image:
    """Draw one line of printable text, `size` dots to the em and at most `room` wide; a 1 is black.

    Each character stands where the paper's own widths put it, so a line breaks as it does there.
    """
    drawn = font(size)
    rise, fall = drawn.getmetrics()
    wide = min(room, max(1, round(glyphs.width(line, size))))
    image = Image.new("1", (wide, rise + fall), 0)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"  # dots or none: a thermal head knows no grey
    for place, character in enumerate(line):
        pen.text((round(glyphs.width(line[:place], size)), 0), character, fill=1, font=drawn)
    return image
