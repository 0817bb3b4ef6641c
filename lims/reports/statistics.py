"""Statistics in sheets and on paper: every figure with its formula, batches and items never mixed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lims.reports import paper, workbook
from lims.reports.layout import Layout
from lims.reports.paper import MM, Cell, Page, Strip
from lims.reports.words import Words
from lims.reports.workbook import Column, Sheet
from lims.text import t, tongue

Said = Callable[[str, str], str]
"""Turns a dimension and its code into words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its key in words, batches, items, invalid, first positives, rate."""

    key: tuple[str, ...]
    batches: int
    items: int
    invalid: int
    positives: int
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Content:
    """What a report of a period says.

    Attributes:
        laboratory: its name.
        period: first and last day in words.
        heads: of the dimensions, in words.
        rows: by key.
        total: the last line.
        figures: (name of the figure, value or "/", formula), the rates and counts of the whole.
    """

    laboratory: str
    period: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row
    figures: tuple[tuple[str, str, str], ...]


def write(path: Path, content: Content) -> None:
    """Write a period's statistics as .xlsx: lines, a pivot over the first two dimensions, figures with formulas.

    Raises:
        Invalid: the file cannot be written.
    """
    numbers = [Column(t(head), "number", 10) for head in ("Batches", "Items", "Invalid", "First positives")]
    columns = [*(Column(head, width=18) for head in content.heads), *numbers, Column(t("Rate"), "number", 10)]
    lines = [(*one.key, one.batches, one.items, one.invalid, one.positives, one.rate) for one in content.rows]
    sheets = [Sheet(t("Lines"), columns, lines)]
    if len(content.heads) > 1:
        sheets.append(_pivot(content))
    figures = [Column(t("Figure"), width=24), Column(t("Value"), width=14), Column(t("Formula"), width=60)]
    workbook.write(path, [*sheets, Sheet(t("Figures"), figures, content.figures)])


def _pivot(content: Content) -> Sheet:
    """Return items by the first two dimensions, summed over the rest, with sums at the edges."""
    import pandas as pd  # noqa: PLC0415 - a large library that only a pivot needs

    first, second = content.heads[:2]
    frame = pd.DataFrame(
        [(one.key[0], one.key[1], one.items) for one in content.rows], columns=[first, second, "n"]
    )
    sum_ = t("Sum")
    table = frame.pivot_table(
        index=first, columns=second, values="n", aggfunc="sum", fill_value=0, margins=bool(content.rows),
        margins_name=sum_,
    )  # fmt: skip
    columns = [Column(first, width=18), *(Column(str(name), "number", 12) for name in table.columns)]
    rows = [
        (str(name), *(int(value) for value in row))
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return Sheet(t("Pivot of items"), columns, rows)


def render(content: Content, language: str = "zh_CN") -> bytes:
    """Return a period's report as a PDF; the same content gives the same bytes."""
    spoken = tongue(language)
    tell = spoken.t
    title = tell("statistics.title")
    page = Page(
        paper.SIZES["A4"],
        18 * MM,
        title,
        f"{title}  {content.period}",
        lambda number, count: tell("statistics.foot", number=number, count=count),
    )
    sheet = Layout(page.room, 1.0, Words(spoken))
    pairs = [(name, value) for name, value, _ in content.figures]
    strips: list[Strip] = [
        *sheet.text(title, 17, heavy=True, gap=6),
        *sheet.text(f"{content.laboratory}  {content.period}", 10.5, gap=4),
        *sheet.text(tell("statistics.screening"), 9, gap=8),
        *sheet.heading(tell("statistics.figures"), ruled=True),
        *sheet.pairs(pairs),
        paper.space(sheet.pt(8)),
        *sheet.heading(tell("statistics.lines"), ruled=True),
        *_table(sheet, content, tell),
        paper.space(sheet.pt(8)),
        *sheet.heading(tell("statistics.formulas"), ruled=True),
        *(strip for _, _, formula in content.figures if formula for strip in sheet.text(formula, 8.5, gap=2)),
    ]
    return paper.document(page, strips)


def _table(sheet: Layout, content: Content, tell: Callable[[str], str]) -> Sequence[Strip]:
    heads = [
        *content.heads,
        *(tell(f"statistics.{name}") for name in ("batches", "items", "invalid", "positives", "rate")),
    ]
    share = 0.5 / len(content.heads)
    shares = [*[share] * len(content.heads), *[0.1] * 5]
    strips = [*_row(sheet, heads, shares, heavy=True), paper.rule(sheet.room, after=sheet.pt(2))]
    for one in (*content.rows, content.total):
        cells = [
            *one.key,
            *(str(n) for n in (one.batches, one.items, one.invalid, one.positives)),
            percent(one.rate),
        ]
        strips += _row(sheet, cells, shares, heavy=one is content.total)
    return strips


def percent(rate: Decimal | None) -> str:
    """Write a share in per cent with two decimals; "/" where nothing can be said."""
    return "/" if rate is None else f"{rate * 100:.2f} %"


def _row(
    sheet: Layout, texts: Sequence[str], shares: Sequence[float], *, heavy: bool = False
) -> Sequence[Strip]:
    cells, left = [], 0.0
    for text, share in zip(texts, shares, strict=True):
        room = sheet.room * share
        cells.append(Cell(text, left, room - sheet.pt(4), sheet.pt(8.5), heavy))
        left += room
    return paper.row(cells, gap=sheet.pt(2))
