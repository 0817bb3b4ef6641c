"""The page of a shift's end: the log's signed head as text and QR, to be printed, signed and filed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from lims import clock
from lims.reports import codes, paper
from lims.reports.layout import Layout
from lims.reports.paper import MM, Page, Strip
from lims.reports.words import Words
from lims.text import tongue


@dataclass(frozen=True, slots=True)
class Shift:
    """What the page states.

    Attributes:
        laboratory: its name.
        station: the station's code.
        by: who ends the shift.
        at: when.
        size: entries of the log.
        note: the signed head.
        key: the station's key, as C2SP writes it.
        slips: how many slips left since the last such page.
    """

    laboratory: str
    station: str
    by: str
    at: datetime
    size: int
    note: str
    key: str
    slips: int


def render(shift: Shift, language: str = "zh_CN", size: Literal["A4", "A5"] = "A4") -> bytes:
    """Return the page as a PDF; the same shift gives the same bytes."""
    spoken = tongue(language)
    t = spoken.t
    margin = 18 * MM
    page = Page(
        paper.SIZES[size],
        margin,
        t("shift.title"),
        t("shift.title"),
        lambda number, count: t("shift.foot", number=number, count=count),
    )
    sheet = Layout(page.room, 1.0 if size == "A4" else 0.8, Words(spoken))
    pairs = [
        (t("shift.laboratory"), shift.laboratory),
        (t("shift.station"), shift.station),
        (t("shift.by"), shift.by),
        (t("shift.at"), f"{clock.local(shift.at):%Y-%m-%d %H:%M:%S} +08:00"),
        (t("shift.size"), str(shift.size)),
        (t("shift.slips"), str(shift.slips)),
    ]
    return paper.document(page, _strips(sheet, pairs, shift))


def _strips(sheet: Layout, pairs: Sequence[tuple[str, str]], shift: Shift) -> list[Strip]:
    t = sheet.words.tongue.t
    body, _, signature = shift.note.rstrip("\n").partition("\n\n")
    return [
        *sheet.text(t("shift.title"), 17, heavy=True, gap=6),
        *sheet.pairs(pairs),
        paper.space(sheet.pt(8)),
        *sheet.heading(t("shift.head"), ruled=True),
        *(strip for line in body.split("\n") for strip in sheet.text(line, 10, gap=2)),
        *sheet.text(signature, 9, gap=4),
        *_code(sheet, shift.note),
        *sheet.text(t("shift.key", key=shift.key), 8, gap=4),
        *sheet.text(t("shift.how"), 9, gap=18),
        *sheet.pairs([(t("shift.signed"), "________________"), (t("shift.filed"), "________________")]),
    ]


def _code(sheet: Layout, text: str) -> list[Strip]:
    side = min(sheet.room, 62 * MM)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        codes.qr(canvas, text, left, top, side)

    return [Strip(side + sheet.pt(4), draw)]
