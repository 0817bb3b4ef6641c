"""The printed list of a draw: seed, hash, who goes where, who was left out and why, room for the signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lims import clock
from lims.reports import paper
from lims.reports.layout import Layout
from lims.reports.paper import MM, Cell, Page, Strip
from lims.reports.words import Words
from lims.text import tongue


@dataclass(frozen=True, slots=True)
class DrawList:
    """What the list states; `drawn` is (object, people), `excluded` (name, reason), in their order."""

    id: str
    purpose: str
    rule: str
    seed: str
    frozen_hash: str
    witness: str
    by: str
    at: datetime
    drawn: Sequence[tuple[str, Sequence[str]]]
    excluded: Sequence[tuple[str, str]]


def render(found: DrawList, language: str = "zh_CN") -> bytes:
    """Return the list as a PDF; the same draw gives the same bytes."""
    spoken = tongue(language)
    tell = spoken.t
    title = tell("draw.title")
    page = Page(
        paper.SIZES["A4"], 18 * MM, title, f"{title}  {found.id}", lambda n, m: f"{found.id}    {n} / {m}"
    )
    sheet = Layout(page.room, 1.0, Words(spoken))
    pairs = [
        (tell("draw.purpose"), found.purpose),
        (tell("draw.at"), f"{clock.local(found.at):%Y-%m-%d %H:%M:%S} +08:00"),
        (tell("draw.seed"), found.seed),
        (tell("draw.rule"), found.rule),
        (tell("draw.by"), found.by),
        (tell("draw.witness"), found.witness),
        (tell("draw.hash"), found.frozen_hash),
    ]
    strips: list[Strip] = [
        *sheet.text(title, 17, heavy=True, gap=6),
        *sheet.pairs(pairs),
        paper.space(sheet.pt(6)),
        *sheet.heading(tell("draw.drawn"), ruled=True),
    ]
    for place, (name, people) in enumerate(found.drawn, 1):
        strips += _row(sheet, (str(place), name, tell("format.comma").join(people)))
    if found.excluded:
        strips += [paper.space(sheet.pt(6)), *sheet.heading(tell("draw.excluded"), ruled=True)]
        for name, reason in found.excluded:
            strips += _row(sheet, ("", name, reason))
    strips += [
        paper.space(sheet.pt(14)),
        *sheet.text(tell("draw.how"), 8.5, gap=16),
        *sheet.pairs([(tell("draw.signed"), "________________"), (tell("draw.watched"), "________________")]),
    ]
    return paper.document(page, strips)


def _row(sheet: Layout, texts: Sequence[str]) -> Sequence[Strip]:
    cells, left = [], 0.0
    for text, share in zip(texts, (0.08, 0.52, 0.4), strict=True):
        cells.append(Cell(text, left, sheet.room * share - sheet.pt(5), sheet.pt(9.5)))
        left += sheet.room * share
    return paper.row(cells, gap=sheet.pt(3))
