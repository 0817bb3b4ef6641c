"""Draws a paper from its template and what it says: the same filling gives the same bytes."""

from collections.abc import Callable, Mapping, Sequence

from reportlab.pdfgen.canvas import Canvas

from lims.reports import codes, paper
from lims.reports.layout import Layout
from lims.reports.paper import MM, Cell, Page, Strip
from lims.reports.words import Words
from lims.rules import practice, template
from lims.rules.template import Block, Template
from lims.text import tongue

_QR = 22 * MM


def render(
    found: Template,
    fields: Mapping[str, str],
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    language: str = "zh_CN",
) -> bytes:
    """Return a paper as a PDF, each copy on pages of its own.

    Args:
        found: the template, already checked.
        fields: what its fields say; one without an entry prints "/".
        tables: the rows of its tables; a table without rows says so by one line of "/".
        language: of the page numbers; the template has its own words.
    """
    spoken = tongue(language)
    size = paper.SIZES[found.size]
    number = fields.get("number", "")
    page = Page(
        size,
        (16 if found.size == "A4" else 12) * MM,
        found.title,
        f"{found.title}  {number}",
        lambda at, count: f"{practice.marked(number, number)}    {at} / {count}",
    )
    sheet = Layout(page.room, 1.0 if found.size == "A4" else 0.85, Words(spoken))
    copies = found.copies or ("",)
    strips: list[Strip] = []
    for place, copy in enumerate(copies):
        if place:
            strips.append(_turn(page, strips))
        if copy:
            strips += sheet.text(copy, 8, gap=4, keep=True)
        for block in found.blocks:
            strips += _BLOCKS[block.kind](sheet, block, fields, tables)
    return paper.document(page, strips)


def _turn(page: Page, before: Sequence[Strip]) -> Strip:
    """Fill the rest of a page, so that the next copy begins on a fresh one."""
    body = page.body
    sheets = paper.pages(before, body, body - 5 * MM)
    room = body if len(sheets) == 1 else body - 5 * MM
    return paper.space(max(0.0, room - sum(strip.height for strip in sheets[-1]) - 0.01))


Draws = Callable[
    [Layout, Block, Mapping[str, str], Mapping[str, Sequence[Mapping[str, str]]]], Sequence[Strip]
]


def _text(size: float, *, heavy: bool = False, gap: float = 4) -> Draws:
    def draws(
        sheet: Layout,
        block: Block,
        fields: Mapping[str, str],
        _tables: Mapping[str, Sequence[Mapping[str, str]]],
    ) -> Sequence[Strip]:
        return sheet.text(template.filled(block.said["text"], fields), size, heavy=heavy, gap=gap)

    return draws


def _title(sheet: Layout, block: Block, fields: Mapping[str, str], _tables: object) -> Sequence[Strip]:
    return sheet.text(template.filled(block.said["text"], fields), 17, heavy=True, gap=6, keep=True)


def _heading(sheet: Layout, block: Block, fields: Mapping[str, str], _tables: object) -> Sequence[Strip]:
    return sheet.heading(template.filled(block.said["text"], fields), ruled=True)


def _pairs(sheet: Layout, block: Block, fields: Mapping[str, str], _tables: object) -> Sequence[Strip]:
    rows = [(label, template.filled(text, fields)) for label, text in block.said["rows"]]
    return [*sheet.pairs(rows), paper.space(sheet.pt(4))]


def _table(
    sheet: Layout,
    block: Block,
    _fields: object,
    tables: Mapping[str, Sequence[Mapping[str, str]]],
) -> Sequence[Strip]:
    said = block.said
    shares = [share / sum(said["shares"]) for share in said["shares"]]
    rows = template.rows(tables.get(said["of"], ()), said["columns"])
    rows = rows or [[template.NOTHING] * len(shares)]
    strips = [paper.rule(sheet.room, after=sheet.pt(2)), *_row(sheet, said["head"], shares, heavy=True)]
    strips.append(paper.rule(sheet.room, after=sheet.pt(2)))
    for row in rows:
        strips += _row(sheet, row, shares)
    return [*strips, paper.rule(sheet.room, after=sheet.pt(6), keep=False)]


def _row(
    sheet: Layout, texts: Sequence[str], shares: Sequence[float], *, heavy: bool = False
) -> Sequence[Strip]:
    cells, left = [], 0.0
    for text, share in zip(texts, shares, strict=True):
        room = sheet.room * share
        cells.append(Cell(text.strip() or template.NOTHING, left, room - sheet.pt(5), sheet.pt(8.5), heavy))
        left += room
    return paper.row(cells, gap=sheet.pt(2), keep=heavy)


def _signature(sheet: Layout, block: Block, _fields: object, _tables: object) -> Sequence[Strip]:
    labels = block.said["labels"]
    share = sheet.room / len(labels)
    size, height = sheet.pt(9), sheet.pt(34)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        for place, label in enumerate(labels):
            start = left + place * share
            paper.write(canvas, label, start, top - size, size)
            canvas.setLineWidth(0.4)
            canvas.line(
                start, top - height + sheet.pt(4), start + share - sheet.pt(10), top - height + sheet.pt(4)
            )

    return [Strip(height + sheet.pt(6), draw)]


def _qr(sheet: Layout, block: Block, fields: Mapping[str, str], _tables: object) -> Sequence[Strip]:
    text = template.filled(block.said["text"], fields)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        codes.qr(canvas, text, left, top, _QR)

    return [Strip(_QR + sheet.pt(4), draw)]


def _line(sheet: Layout, _block: object, _fields: object, _tables: object) -> Sequence[Strip]:
    return [paper.rule(sheet.room, after=sheet.pt(6), keep=False)]


def _space(sheet: Layout, block: Block, _fields: object, _tables: object) -> Sequence[Strip]:
    return [paper.space(block.said["mm"] * MM * sheet.scale)]


_BLOCKS: Mapping[str, Draws] = {
    "title": _title,
    "heading": _heading,
    "text": _text(10.5, gap=6),
    "small": _text(8.5, gap=5),
    "pairs": _pairs,
    "table": _table,
    "signature": _signature,
    "qr": _qr,
    "line": _line,
    "space": _space,
}
