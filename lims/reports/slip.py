"""The slip of a sample on paper: a screening result in black on white, drawn from its frozen content."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from reportlab.pdfgen.canvas import Canvas

from lims.errors import Invalid
from lims.evidence.checkpoint import Checkpoint
from lims.evidence.signing import Signed
from lims.reports import codes, glyphs, paper
from lims.reports import signed as signatures
from lims.reports.content import FORM
from lims.reports.layout import Layout
from lims.reports.paper import MM, Cell, Page, Strip
from lims.reports.words import MARKS, Words
from lims.rules import numbering, practice
from lims.text import tongue

Content = Mapping[str, Any]


def render(
    content: Content,
    seal: Checkpoint,
    language: str = "zh_CN",
    size: Literal["A4", "A5"] = "A4",
    *,
    signed: Sequence[Signed] = (),
) -> bytes:
    """Return the slip as a PDF; the same content, seal, language, size and signatures give the same bytes.

    Args:
        content: a certificate's frozen content of the form `slip-1`.
        seal: the log's head right after the slip was issued; its three lines are the QR.
        language: `zh_CN` or `en`, of the headings and statements; what was entered stays as entered.
        size: of the paper.
        signed: electronic signatures over the entries about the sample up to this slip.

    Raises:
        Invalid: the content is of another form.
    """
    if content.get("form") != FORM:
        raise Invalid("paper.form", form=str(content.get("form")), known=FORM)
    words = Words(tongue(language), content.get("titles", {}))
    page = _page(content, words, size)
    sheet = Layout(page.room, 1.0 if size == "A4" else 0.84, words)
    strips = [
        *_head(sheet, content),
        *_results(sheet, content),
        *_sample(sheet, content),
        *_trail(sheet, content),
        *_statements(sheet, content),
        *_signatures(sheet, content, 18 if signed else 26),
        *(signatures.lines(sheet, signed) if signed else []),
        *_seal(sheet, seal),
        *_notice(sheet, [*glyphs.texts(content), seal.origin]),
    ]
    return paper.document(page, strips)


def missing(content: Content) -> list[str]:
    """Return the characters of a content that the font cannot draw: each is printed as 〔U+29F7E〕."""
    return glyphs.lacking(glyphs.texts(content))


def _page(content: Content, words: Words, size: str) -> Page:
    t = words.tongue.t
    name = practice.marked(content["number"], f"{t('paper.title')} {content['number']}")
    version = t("paper.version", version=content["version"])

    def foot(number: int, count: int) -> str:
        return f"{name}   {version}   {t('paper.page', number=number, count=count)}"

    margin = (13 if size == "A4" else 10) * MM
    return Page(paper.SIZES[size], margin, name, f"{name}   {content['laboratory']}", foot)


def _early(content: Content) -> bool:
    """Tell whether nobody reviewed the result yet."""
    return bool(content.get("preliminary"))


def _head(sheet: Layout, content: Content) -> list[Strip]:
    t = sheet.words.tongue.t
    version = t("paper.version", version=content["version"])
    if content["replaces"]:
        version += t("paper.replaces", version=content["replaces"])
    right = sheet.room * 0.6
    room = sheet.room - right
    issued = t("paper.issued", at=content["issued_at"])

    def line(texts: tuple[str, str], sizes: tuple[float, float], gap: float, *, heavy: bool) -> list[Strip]:
        cells = [
            Cell(texts[0], 0, right - 4, sheet.pt(sizes[0]), heavy),
            Cell(texts[1], right, room, sheet.pt(sizes[1]), heavy),
        ]
        return paper.row(cells, gap=sheet.pt(gap), keep=True)

    unreal = practice.is_number(content["number"])
    return [
        *(
            sheet.text(t("paper.practice", mark=practice.MARK), 17, heavy=True, gap=5, keep=True)
            if unreal
            else []
        ),
        *line((content["laboratory"], version), (10, 9), 2, heavy=False),
        *line((t("paper.title"), numbering.spell(content["number"])), (21, 14), 1, heavy=True),
        *line((t("paper.title.other"), issued), (9, 9), 5, heavy=False),
        paper.rule(sheet.room, thick=1.2, after=sheet.pt(4)),
        *sheet.text(t("paper.screening"), 9.5, heavy=True, gap=5, keep=True),
        *(
            strip
            for text in sheet.words.standing(content)
            for strip in sheet.text(text, 15, heavy=True, gap=5, keep=True)
        ),
    ]


def _results(sheet: Layout, content: Content) -> list[Strip]:
    t = sheet.words.tongue.t
    strips: list[Strip] = []
    for one in content["results"]:
        strips += _result(sheet, one, 24, early=_early(content))
    if not content["results"]:
        strips += sheet.text(t("paper.results.none"), 11, gap=6)
    if content["first_results"]:
        strips += sheet.heading(t("paper.first"))
        strips += sheet.text(t("paper.first.note"), 8, gap=2, keep=True)
        for one in content["first_results"]:
            strips += _result(sheet, one, 15)
    return strips


def _result(sheet: Layout, one: Content, size: float, *, early: bool = False) -> list[Strip]:
    words, t = sheet.words, sheet.words.tongue.t
    left = sheet.room * 0.34
    band = t("paper.verified" if one["verified"] else "paper.unverified")
    spoken = words.verdict(one["word"])
    spoken = f"{spoken}\n{t('paper.preliminary.short')}" if not one["reviewer"] and early else spoken
    value = " ".join(text for text in (one["value"], one["unit"]) if text)
    figure = t("paper.value", value=value) if value else t("paper.value.none")
    limit = f"{one['clause']}   〔{band}〕" if one["clause"] else f"〔{band}〕"
    told = [(one["item"], size / 2 + 2, True), (figure, size / 4 + 5.5, False), (limit, 9, False)]
    word = paper.row([Cell(spoken, 0, left - 4, sheet.pt(size), heavy=True)], keep=True)
    right = [
        strip
        for text, points, heavy in told
        for strip in paper.row([Cell(text, left, sheet.room - left, sheet.pt(points), heavy)], gap=1.5)
    ]
    return [
        paper.rule(sheet.room, after=sheet.pt(4)),
        *paper.beside(word, right, keep=True),
        paper.space(sheet.pt(4), keep=True),
        *sheet.pairs(_particulars(words, one)),
        paper.space(sheet.pt(4)),
    ]


def _particulars(words: Words, one: Content) -> list[tuple[str, str]]:
    t = words.tongue.t
    rows = [
        (t("paper.method"), one["method"]),
        (t("paper.standard"), one["standard"]),
        (t("paper.source"), one["source"]),
        (t("paper.instrument"), one["instrument"]),
        (t("paper.serial"), one["serial"]),
        (t("paper.evidence"), words.rung(one["evidence"])),
        (t("paper.lot"), one["lot"]),
        (t("paper.limit"), one.get("limit", "")),
        (t("paper.override"), one.get("override", "")),
        (t("paper.control"), words.coded("validity", one["control"]) if one["control"] else ""),
        (t("paper.call"), words.call(one["device_call"])),
        (t("paper.flags"), words.each("flag", one["flags"])),
        (t("paper.doubts"), words.each("doubt", one["doubts"])),
        (t("paper.tester"), f"{one['tester']}   {one['tested_at']}".strip()),
        (t("paper.reviewer"), f"{one['reviewer']}   {one['reviewed_at']}".strip()),
        (t("paper.display"), one["display"]),
        (t("paper.reading"), one["reading"]),
    ]
    return [(label, text) for label, text in rows if text]


def _sample(sheet: Layout, content: Content) -> list[Strip]:
    t = sheet.words.tongue.t
    chinese = sheet.words.tongue.language == "zh_CN"
    rows = [(zh if chinese else en, value) for zh, en, value in content["sample"]]
    return [*sheet.heading(t("paper.sample"), ruled=True), *sheet.pairs(rows), paper.space(sheet.pt(5))]


def _trail(sheet: Layout, content: Content) -> list[Strip]:
    words, t = sheet.words, sheet.words.tongue.t
    if not content["trail"]:
        return []
    head = ("paper.at", "paper.what", "paper.who", "paper.where", "paper.detail")
    strips = sheet.heading(t("paper.trail"), ruled=True)
    rows = [
        (
            fact["at"],
            words.coded("fact", fact["what"]),
            fact["who"],
            fact["where"],
            words.detail(fact["detail"]),
        )
        for fact in content["trail"]
    ]
    strips += sheet.table([t(key) for key in head], rows)
    return [*strips, paper.space(sheet.pt(5))]


def _statements(sheet: Layout, content: Content) -> list[Strip]:
    t = sheet.words.tongue.t
    legend = "   ".join(sheet.words.verdict(code) for code in MARKS)
    said = [t("paper.statement.screening"), t("paper.statement.retest")]
    if not all(one["verified"] for one in (*content["results"], *content["first_results"])):
        said.append(t("paper.statement.unverified"))
    strips = sheet.heading(t("paper.statements"), ruled=True)
    for number, text in enumerate([*said, t("paper.statement.marks", marks=legend)], start=1):
        strips += sheet.text(f"{number}. {text}", 8.5, gap=1.5)
    return [*strips, paper.space(sheet.pt(5))]


def _signatures(sheet: Layout, content: Content, blank: float) -> list[Strip]:
    """Return who answers for it, with `blank` points for signatures by hand."""
    t = sheet.words.tongue.t
    results = content["results"]
    columns = [
        (t("paper.tester"), _signed(results, "tester", "tested_at")),
        (t("paper.reviewer"), _signed(results, "reviewer", "reviewed_at")),
        (t("paper.issuer"), f"{content['issued_by']}\n{content['issued_at']}"),
        (t("paper.recipient"), t("paper.received")),
    ]
    quarter = sheet.room / len(columns)
    room = quarter - sheet.pt(8)

    def lines(canvas: Canvas, left: float, top: float) -> None:
        canvas.setLineWidth(0.5)
        for place in range(len(columns)):
            start = left + place * quarter
            canvas.line(start, top - sheet.pt(blank), start + room, top - sheet.pt(blank))

    def row(part: int, size: float) -> list[Strip]:
        cells = [
            Cell(texts[part], place * quarter, room, sheet.pt(size)) for place, texts in enumerate(columns)
        ]
        return paper.row(cells, keep=True)

    sign = [*row(0, 8.5), *row(1, 8), Strip(sheet.pt(blank), lines, keep=True)]
    return [paper.rule(sheet.room, after=sheet.pt(3)), *sign, paper.space(sheet.pt(6), keep=True)]


def _signed(results: Sequence[Content], who: str, when: str) -> str:
    """Return each person once with each minute, on lines of their own."""
    return "\n".join(dict.fromkeys(f"{one[who]}\n{one[when]}" for one in results if one[who]))


def _seal(sheet: Layout, seal: Checkpoint) -> list[Strip]:
    t = sheet.words.tongue.t
    side = 27 * MM
    left = side + sheet.pt(4)
    texts = [
        (t("paper.seal"), 9.5, True),
        (t("paper.seal.origin", origin=seal.origin), 8, False),
        (t("paper.seal.size", size=seal.size), 8, False),
        (t("paper.seal.root", root=seal.root.hex()[:16]), 8, False),
        (t("paper.seal.proves"), 8, False),
    ]
    right = [
        strip
        for text, size, heavy in texts
        for strip in paper.row([Cell(text, left, sheet.room - left, sheet.pt(size), heavy)], gap=1.5)
    ]

    def draw(canvas: Canvas, start: float, top: float) -> None:
        codes.qr(canvas, seal.text(), start, top, side)

    return paper.beside([Strip(side, draw)], [paper.space(2 * MM), *right], limit=400)


def _notice(sheet: Layout, texts: Sequence[str]) -> list[Strip]:
    absent = glyphs.lacking(texts)
    if not absent:
        return []
    named = " ".join(glyphs.code(character) for character in absent)
    return [
        paper.rule(sheet.room, after=sheet.pt(3)),
        *sheet.text(sheet.words.tongue.t("paper.absent", characters=named), 8.5, heavy=True),
    ]
