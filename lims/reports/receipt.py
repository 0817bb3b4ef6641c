"""The slip on paper of 58 mm: the same frozen content as on A4, one column of dots, the trail left to the A4 form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import segno
from PIL import Image

from lims.errors import Invalid
from lims.evidence.checkpoint import Checkpoint
from lims.reports import codes, glyphs, raster
from lims.reports.content import FORM
from lims.reports.words import Words
from lims.rules import numbering, practice
from lims.text import tongue
from protocols import escpos
from protocols.labels import Picture

Content = Mapping[str, Any]
_SMALL, _BASE, _LARGE, _HUGE = 20, 24, 32, 48
"""Dots to the em: 2.5, 3, 4 and 6 mm."""
_GAP = 6
_RULE = 2
_MODULE = 6
"""Dots of a module of the QR at most: 0.75 mm."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One text in one size, wrapped to the paper; `after` is free below it."""

    text: str
    size: int = _BASE
    after: int = 2


_Part = _Line | Image.Image | None
"""A text, a picture, or a rule across."""


def draw(content: Content, seal: Checkpoint, language: str = "zh_CN") -> Image.Image:
    """Draw a slip, 384 dots wide; a 1 is black. The same content, seal and language give the same dots.

    Args:
        content: a certificate's frozen content of the form `slip-1`.
        seal: the log's head right after the slip was issued; its three lines are the QR.
        language: `zh_CN` or `en`, of the headings and statements; what was entered stays as entered.

    Raises:
        Invalid: the content is of another form.
    """
    if content.get("form") != FORM:
        raise Invalid("paper.form", form=str(content.get("form")), known=FORM)
    glyphs.load()
    words = Words(tongue(language))
    drawn = [_drawn(part) for part in _parts(content, seal, words)]
    whole = Image.new("1", (escpos.WIDE, sum(image.height for image in drawn)), 0)
    top = 0
    for image in drawn:
        whole.paste(image, ((escpos.WIDE - image.width) // 2 if _is_code(image) else 0, top))
        top += image.height
    return whole


def render(image: Image.Image) -> bytes:
    """Return what a receipt printer is sent for a drawn slip."""
    return escpos.paper(Picture(0, 0, image.width, image.height, image.tobytes()))


def _is_code(image: Image.Image) -> bool:
    return image.width == image.height


def _parts(content: Content, seal: Checkpoint, words: Words) -> Iterator[_Part]:
    t = words.tongue.t
    version = t("paper.version", version=content["version"])
    if content["replaces"]:
        version += t("paper.replaces", version=content["replaces"])
    if practice.is_number(content["number"]):
        yield _Line(t("paper.practice", mark=practice.MARK), _LARGE, _GAP)
    yield _Line(content["laboratory"], _BASE)
    yield _Line(t("paper.title"), _LARGE)
    yield _Line(numbering.spell(content["number"]), _LARGE, _GAP)
    yield _Line(t("paper.screening"))
    for text in words.standing(content):
        yield _Line(text, _LARGE)
    for one in content["results"]:
        yield from _result(one, words, _HUGE)
    if not content["results"]:
        yield _Line(t("paper.results.none"))
    if content["first_results"]:
        yield None
        yield _Line(t("paper.first"), _BASE)
        for one in content["first_results"]:
            yield from _result(one, words, _LARGE)
    yield None
    yield from _sample(content, words)
    yield None
    yield _Line(f"{t('paper.issuer')} {content['issued_by']}")
    yield _Line(f"{t('paper.issued', at=content['issued_at'])}   {version}", _SMALL, _GAP)
    yield from _foot(content, seal, words)


def _result(one: Content, words: Words, size: int) -> Iterator[_Part]:
    t = words.tongue.t
    value = " ".join(text for text in (one["value"], one["unit"]) if text)
    yield None
    yield _Line(one["item"])
    yield _Line(words.verdict(one["word"]), size)
    yield _Line(t("paper.value", value=value) if value else t("paper.value.none"))
    band = t("paper.verified" if one["verified"] else "paper.unverified")
    for label, text in (
        ("paper.method", f"{one['method']} {one['standard']}"),
        ("paper.limit", one.get("limit", "")),
        ("paper.source", f"{one['clause']} 〔{band}〕".strip()),
        ("paper.instrument", f"{one['instrument']} {one['serial']}".strip()),
        ("paper.lot", one["lot"]),
        ("paper.control", words.coded("validity", one["control"]) if one["control"] else ""),
        ("paper.override", one.get("override", "")),
        ("paper.doubts", words.each("doubt", one["doubts"])),
        ("paper.tester", f"{one['tester']} {one['tested_at']}".strip()),
        ("paper.reviewer", f"{one['reviewer']} {one['reviewed_at']}".strip()),
    ):
        if text:
            yield _Line(f"{t(label)} {text}", _SMALL)


def _sample(content: Content, words: Words) -> Iterator[_Part]:
    chinese = words.tongue.language == "zh_CN"
    for zh, en, text in content["sample"]:
        if text.strip() not in {"", "/"}:
            yield _Line(f"{zh if chinese else en} {text}", _SMALL)


def _foot(content: Content, seal: Checkpoint, words: Words) -> Iterator[_Part]:
    t = words.tongue.t
    said = [t("paper.statement.screening"), t("paper.statement.retest"), t("paper.receipt.trail")]
    if not all(one["verified"] for one in (*content["results"], *content["first_results"])):
        said.append(t("paper.statement.unverified"))
    for text in said:
        yield _Line(text, _SMALL)
    absent = glyphs.lacking(glyphs.texts(content))
    if absent:
        yield _Line(t("paper.absent", characters=" ".join(glyphs.code(one) for one in absent)), _SMALL)
    yield _square(seal.text())
    yield _Line(f"{t('paper.seal')} {t('paper.seal.size', size=seal.size)}", _SMALL)
    yield _Line(t("paper.seal.root", root=seal.root.hex()[:16]), _SMALL, _GAP)


def _square(text: str) -> Image.Image:
    """Draw a QR with its quiet zone, as large as the paper lets it be."""
    symbol = segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8")
    side = int(symbol.symbol_size(border=codes.QUIET)[0])
    module = min(_MODULE, escpos.WIDE // side)
    image = Image.new("1", (side * module, side * module), 0)
    for down, line in enumerate(symbol.matrix, codes.QUIET):
        for across, dark in enumerate(line, codes.QUIET):
            if dark:
                place = (across * module, down * module)
                image.paste(1, (*place, place[0] + module, place[1] + module))
    return image


def _drawn(part: _Part) -> Image.Image:
    if isinstance(part, Image.Image):
        return part
    if part is None:
        image = Image.new("1", (escpos.WIDE, 2 * _GAP + _RULE), 0)
        image.paste(1, (0, _GAP, escpos.WIDE, _GAP + _RULE))
        return image
    lines = [
        raster.dots(line or " ", part.size, escpos.WIDE)
        for line in glyphs.wrap(part.text, part.size, escpos.WIDE)
    ]
    image = Image.new("1", (escpos.WIDE, sum(line.height for line in lines) + part.after), 0)
    top = 0
    for line in lines:
        image.paste(line, (0, top))
        top += line.height
    return image
