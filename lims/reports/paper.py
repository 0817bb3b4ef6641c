"""Pages of paper: strips that are laid one under another, cut into pages and drawn with their number n / m."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from reportlab.pdfgen.canvas import Canvas

from lims.reports import glyphs

MM = 72 / 25.4
"""Points in a millimetre."""

SIZES = {"A4": (210 * MM, 297 * MM), "A5": (148 * MM, 210 * MM)}
"""Width and height in points."""

_LEADING = 1.36
_ASCENT = 0.92
drawing = Lock()
"""Held while a PDF is drawn: reportlab keeps one state for each font."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of a page that is never cut.

    Attributes:
        height: in points.
        draw: draws it on the canvas at a left edge and a top.
        keep: stays on one page with the strip that follows, as a heading does.
    """

    height: float
    draw: Callable[[Canvas, float, float], None]
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a row: where it starts (points from the left edge), its room, its size, heavy or not."""

    text: str
    x: float
    room: float
    size: float
    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page's measures in points, and the texts at its head (from the second page on) and foot."""

    size: tuple[float, float]
    margin: float
    title: str
    head: str
    foot: Callable[[int, int], str]

    @property
    def room(self) -> float:
        """Width between the margins."""
        return self.size[0] - 2 * self.margin

    @property
    def body(self) -> float:
        """Height of the first page, above its foot; every other page has a head besides."""
        return self.size[1] - 2 * self.margin - _BAND


_BAND = 5 * MM


def write(canvas: Canvas, text: str, x: float, baseline: float, size: float, *, heavy: bool = False) -> None:
    """Write one line that is already printable; heavy is drawn with an outline, for the font has one weight."""
    canvas.saveState()
    line = canvas.beginText(x, baseline)
    line.setFont(glyphs.NAME, size)
    if heavy:
        canvas.setLineWidth(size * (0.025 if size > 13 else 0.013))
        line.setTextRenderMode(2)
    line.textOut(text)
    canvas.drawText(line)
    canvas.restoreState()


def row(cells: Sequence[Cell], *, gap: float = 0, limit: float = 200, keep: bool = False) -> list[Strip]:
    """Lay texts beside each other, wrapped in their rooms; a row higher than `limit` points goes on in strips."""
    wrapped = [glyphs.wrap(cell.text, cell.size, cell.room) for cell in cells]
    strips: list[Strip] = []
    start = [0] * len(cells)
    while any(first < len(lines) for first, lines in zip(start, wrapped, strict=True)):
        part = []
        for place, cell in enumerate(cells):
            count = max(1, int(limit / (cell.size * _LEADING)))
            part.append(wrapped[place][start[place] : start[place] + count])
            start[place] += count
        strips.append(_part(list(zip(cells, part, strict=True)), gap, keep))
    return strips


def _part(parts: list[tuple[Cell, list[str]]], gap: float, keep: bool) -> Strip:
    first = max(cell.size for cell, lines in parts if lines) * _ASCENT
    deepest = max(
        (len(lines) - 1) * cell.size * _LEADING + cell.size * 0.36 for cell, lines in parts if lines
    )

    def draw(canvas: Canvas, left: float, top: float) -> None:
        for cell, lines in parts:
            for number, line in enumerate(lines):
                baseline = top - first - number * cell.size * _LEADING
                write(canvas, line, left + cell.x, baseline, cell.size, heavy=cell.heavy)

    return Strip(first + deepest + gap, draw, keep)


def beside(
    left: Sequence[Strip], right: Sequence[Strip], *, limit: float = 200, keep: bool = False
) -> list[Strip]:
    """Draw two stacks of strips side by side as one strip; one under the other where that were too high a strip."""
    height = max(sum(strip.height for strip in stack) for stack in (left, right))
    if height > limit:
        return [*left, *right]

    def draw(canvas: Canvas, start: float, top: float) -> None:
        for stack in (left, right):
            down = top
            for strip in stack:
                strip.draw(canvas, start, down)
                down -= strip.height

    return [Strip(height, draw, keep)]


def space(height: float, *, keep: bool = False) -> Strip:
    """Leave some points free."""
    return Strip(height, lambda _canvas, _left, _top: None, keep)


def rule(room: float, *, thick: float = 0.4, after: float = 3, keep: bool = True) -> Strip:
    """Draw a line across the page, with some points free below it."""

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(thick)
        canvas.line(left, top - thick / 2, left + room, top - thick / 2)

    return Strip(thick + after, draw, keep)


def pages(strips: Sequence[Strip], first: float, other: float) -> list[list[Strip]]:
    """Cut strips into pages, the first and the others so many points high; what belongs together stays so."""
    found: list[list[Strip]] = [[]]
    used = 0.0
    for group in _groups(strips):
        together = sum(strip.height for strip in group)
        room = first if len(found) == 1 else other
        if found[-1] and used + together > room and together <= other:
            found.append([])
            used = 0.0
        for strip in group:
            room = first if len(found) == 1 else other
            if found[-1] and used + strip.height > room:
                found.append([])
                used = 0.0
            found[-1].append(strip)
            used += strip.height
    return found


def _groups(strips: Sequence[Strip]) -> list[list[Strip]]:
    groups: list[list[Strip]] = [[]]
    for strip in strips:
        groups[-1].append(strip)
        if not strip.keep:
            groups.append([])
    return [group for group in groups if group]


def document(page: Page, strips: Sequence[Strip]) -> bytes:
    """Draw strips as a PDF: the same strips give the same bytes, whenever and wherever it is made."""
    glyphs.load()
    sheets = pages(strips, page.body, page.body - _BAND)
    buffer = BytesIO()
    with drawing:
        canvas = Canvas(
            buffer, pagesize=page.size, invariant=1, pageCompression=1, initialFontName=glyphs.NAME
        )
        canvas.setTitle(page.title)
        canvas.setAuthor("Kuaijian")
        for number, sheet in enumerate(sheets, start=1):
            _sheet(canvas, page, sheet, number, len(sheets))
        canvas.save()
    return buffer.getvalue()


def _sheet(canvas: Canvas, page: Page, strips: list[Strip], number: int, count: int) -> None:
    top = page.size[1] - page.margin
    if number > 1:
        write(canvas, glyphs.cut(page.head, 7.5, page.room), page.margin, top - 7, 7.5)
    top -= _BAND if number > 1 else 0
    for strip in strips:
        strip.draw(canvas, page.margin, top)
        top -= strip.height
    foot = glyphs.shown(page.foot(number, count))
    canvas.setLineWidth(0.3)
    line = page.margin + 9
    canvas.line(page.margin, line, page.margin + page.room, line)
    write(canvas, foot, page.size[0] - page.margin - glyphs.width(foot, 7.5), page.margin - 1, 7.5)
    canvas.showPage()
