"""The recurring shapes of a paper: heading, running text, labelled values in two columns, rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from lims.reports import glyphs, paper
from lims.reports.paper import Cell, Strip
from lims.reports.words import Words

_SHARES = (0.15, 0.16, 0.24)
"""The most that what, who and where may take of the width that the time leaves; particulars have the rest."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's width in points, the scale of its letters (A5 has smaller ones) and its words."""

    room: float
    scale: float
    words: Words

    def pt(self, size: float) -> float:
        """Return a measure of A4 in the points of this paper."""
        return size * self.scale

    def text(
        self, text: str, size: float, *, heavy: bool = False, gap: float = 1, keep: bool = False
    ) -> list[Strip]:
        """Lay a text over the whole width."""
        cell = Cell(text, 0, self.room, self.pt(size), heavy)
        return paper.row([cell], gap=self.pt(gap), keep=keep)

    def heading(self, text: str, *, ruled: bool = False) -> list[Strip]:
        """Head a part of the page; it stays with what follows."""
        over = [paper.rule(self.room, after=self.pt(3))] if ruled else []
        return [*over, *self.text(text, 10.5, heavy=True, gap=3, keep=True)]

    def pairs(self, rows: Sequence[tuple[str, str]]) -> list[Strip]:
        """Lay labelled values in two columns; one that needs more than two lines there takes the whole width."""
        label, half = self._label(rows), self.room / 2
        size = self.pt(9)
        strips: list[Strip] = []
        waiting: list[tuple[str, str]] = []
        for row in rows:
            long = len(glyphs.wrap(row[1], size, half - label - self.pt(8))) > 2
            if long or len(waiting) == 2:
                strips += self._beside(waiting, label)
                waiting = []
            if long:
                strips += self._beside([row], label, whole=True)
            else:
                waiting.append(row)
        return strips + self._beside(waiting, label)

    def _label(self, rows: Sequence[tuple[str, str]]) -> float:
        widest = max((glyphs.width(glyphs.shown(name), self.pt(8)) for name, _ in rows), default=0.0)
        return min(widest + self.pt(7), self.room * 0.2)

    def _beside(self, rows: Sequence[tuple[str, str]], label: float, *, whole: bool = False) -> list[Strip]:
        share = self.room if whole else self.room / 2
        cells = []
        for place, (name, value) in enumerate(rows):
            left = place * share
            cells.append(Cell(name, left, label - self.pt(4), self.pt(8)))
            cells.append(Cell(value, left + label, share - label - self.pt(8), self.pt(9)))
        return paper.row(cells, gap=self.pt(1.1))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Strip]:
        """Lay rows whose first column is a time, which is as wide as it needs; the head stays with the first row."""
        texts = [glyphs.shown(row[0]) for row in rows]
        time = max((glyphs.width(text, self.pt(8)) for text in texts), default=0.0) + self.pt(6)
        time = min(time, self.room * 0.3)
        needs = [
            max(self._need(text) for text in column) for column in list(zip(head, *rows, strict=True))[1:4]
        ]
        between = [min(need, (self.room - time) * share) for need, share in zip(needs, _SHARES, strict=True)]
        widths = [time, *between, self.room - time - sum(between)]
        strips = self._columns(head, widths, heavy=True, keep=True)
        for row in rows:
            strips += self._columns(row, widths)
        return strips

    def _need(self, text: str) -> float:
        return glyphs.width(glyphs.shown(text), self.pt(8)) + self.pt(8)

    def _columns(
        self, texts: Sequence[str], widths: Sequence[float], *, heavy: bool = False, keep: bool = False
    ) -> list[Strip]:
        cells, left = [], 0.0
        for text, room in zip(texts, widths, strict=True):
            cells.append(Cell(text, left, room - self.pt(5), self.pt(8), heavy))
            left += room
        return paper.row(cells, gap=self.pt(1.5), keep=keep)
