"""One sample from its form to its end on paper: facts, gaps, readings with their curve and bytes, signatures, seal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from lims import clock
from lims.errors import Problem
from lims.evidence.signing import Signed
from lims.reports import codes, paper, signed
from lims.reports.layout import Layout
from lims.reports.paper import MM, Page, Strip
from lims.reports.words import Words
from lims.rules import numbering, practice
from lims.text import tongue

_WIRE_LINES = 12
_CURVE = 22 * MM


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: when, a code for what, who, where, particulars by name."""

    at: datetime
    what: str
    who: str
    where: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap of custody: from when to when (None: still open), the reason, and the portion it concerns."""

    start: datetime
    end: datetime | None
    reason: Problem
    portion: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One verdict with what stands behind it.

    Attributes:
        title: item, value and word, as (item, value with unit, word's code).
        pairs: (code of the name, text) of rule, threshold, instrument, lot, people.
        curve: points of a strip's scan, empty where there is none.
        wire: the transcript of the raw bytes, empty where it is not on this computer.
        digest: SHA-256 of the transcript.
    """

    title: tuple[str, str, str]
    pairs: Sequence[tuple[str, str]]
    curve: Sequence[float]
    wire: str
    digest: str


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that the paper says of one sample.

    Attributes:
        laboratory: its name.
        number: of the sample.
        food: what it is.
        form: (Chinese, English, text) of the form's fields.
        events: the facts, the earliest first.
        gaps: what is missing in its custody.
        measured: its verdicts.
        signatures: over the entries about it.
        entries: places in the log, as text.
        head: three lines of the log's head.
        at: when the paper was made.
        by: by whom.
        titles: of its methods by their ids, (Chinese, English).
    """

    laboratory: str
    number: str
    food: str
    form: Sequence[tuple[str, str, str]]
    events: Sequence[Event]
    gaps: Sequence[Missing]
    measured: Sequence[Measured]
    signatures: Sequence[Signed]
    entries: str
    head: str
    at: datetime
    by: str
    titles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def render(life: Life, language: str = "zh_CN", size: Literal["A4", "A5"] = "A4") -> bytes:
    """Return the paper as a PDF; the same content gives the same bytes."""
    spoken = tongue(language)
    t = spoken.t
    name = practice.marked(life.number, f"{t('life.title')} {life.number}")
    page = Page(
        paper.SIZES[size],
        13 * MM,
        name,
        f"{name}   {life.laboratory}",
        lambda number, count: f"{name}   {t('paper.page', number=number, count=count)}",
    )
    sheet = Layout(page.room, 1.0 if size == "A4" else 0.84, Words(spoken, life.titles))
    strips = [
        *sheet.text(t("life.title"), 19, heavy=True, gap=3),
        *sheet.text(f"{numbering.spell(life.number)}   {life.food}", 13, heavy=True, gap=2),
        *sheet.text(t("life.made", laboratory=life.laboratory, by=life.by, at=_moment(life.at)), 9, gap=5),
        *_form(sheet, life),
        *_events(sheet, life),
        *_gaps(sheet, life),
        *(strip for one in life.measured for strip in _measured(sheet, one)),
        *signed.strips(sheet, life.signatures),
        *_head(sheet, life),
    ]
    return paper.document(page, strips)


def _moment(at: datetime) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}"


def _form(sheet: Layout, life: Life) -> list[Strip]:
    chinese = sheet.words.tongue.language == "zh_CN"
    rows = [(zh if chinese else en, text) for zh, en, text in life.form if text not in {"", "/"}]
    return [*sheet.heading(sheet.words.tongue.t("paper.sample"), ruled=True), *sheet.pairs(rows)]


def _table(sheet: Layout, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Strip]:
    return [*sheet.table([sheet.words.tongue.t(head) for head in heads], rows), paper.space(sheet.pt(5))]


def _events(sheet: Layout, life: Life) -> list[Strip]:
    words = sheet.words
    rows = [
        (
            _moment(one.at),
            words.coded("fact", one.what),
            one.who,
            one.where,
            words.detail([[name, text] for name, text in one.detail.items()]),
        )
        for one in life.events
    ]
    heads = ("paper.at", "paper.what", "paper.who", "paper.where", "paper.detail")
    return [*sheet.heading(words.tongue.t("paper.trail"), ruled=True), *_table(sheet, heads, rows)]


def _gaps(sheet: Layout, life: Life) -> list[Strip]:
    t = sheet.words.tongue.t
    strips = sheet.heading(t("life.gaps"), ruled=True)
    if not life.gaps:
        return [*strips, *sheet.text(t("life.gaps.none"), 9, gap=5)]
    rows = [
        (
            _moment(one.start),
            _moment(one.end) if one.end else t("life.open"),
            one.portion,
            "",
            sheet.words.tongue.sentence(one.reason),
        )
        for one in life.gaps
    ]
    return [*strips, *_table(sheet, ("life.from", "life.to", "life.portion", "life.blank", "life.why"), rows)]


def _measured(sheet: Layout, one: Measured) -> list[Strip]:
    words, t = sheet.words, sheet.words.tongue.t
    item, value, word = one.title
    title = f"{item}   {value}   {words.verdict(word)}".strip()
    strips = [*sheet.heading(title, ruled=True)]
    told = [(name, words.exact(text) if name == "method" else text) for name, text in one.pairs if text]
    strips += sheet.pairs([(t(f"life.{name}"), text) for name, text in told])
    strips += _curve(sheet, one.curve) if one.curve else []
    if one.wire:
        lines = one.wire.splitlines()
        shown = [*lines[:_WIRE_LINES], *(["…"] if len(lines) > _WIRE_LINES else [])]
        strips += sheet.text(t("life.wire", digest=one.digest), 8, heavy=True, gap=2, keep=True)
        strips += [strip for line in shown for strip in sheet.text(line or " ", 7, gap=0.5)]
    return [*strips, paper.space(sheet.pt(5))]


def _curve(sheet: Layout, points: Sequence[float]) -> list[Strip]:
    low, high = min(points), max(points)
    width, height = sheet.room * 0.7, _CURVE - 8

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(0.3)
        canvas.rect(left, top - 4 - height, width, height)
        path = canvas.beginPath()
        for place, point in enumerate(points):
            across = left + width * place / max(1, len(points) - 1)
            up = top - 4 - height + height * (point - low) / ((high - low) or 1)
            path.lineTo(across, up) if place else path.moveTo(across, up)
        canvas.setLineWidth(0.7)
        canvas.drawPath(path)

    return [Strip(_CURVE, draw)]


def _head(sheet: Layout, life: Life) -> list[Strip]:
    t = sheet.words.tongue.t
    side = 27 * MM
    strips = sheet.heading(t("life.log"), ruled=True)
    strips += sheet.text(t("life.entries", entries=life.entries), 8, gap=3)
    strips += [strip for line in life.head.splitlines() for strip in sheet.text(line, 8, gap=1)]

    def draw(canvas: Canvas, left: float, top: float) -> None:
        codes.qr(canvas, life.head, left, top, side)

    return [*strips, Strip(side, draw)]
