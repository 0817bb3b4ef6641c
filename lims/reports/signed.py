"""Electronic signatures on paper: when, meaning, who, with which key, over which entry, and what they do not prove."""

from collections.abc import Sequence

from lims import clock
from lims.evidence.signing import Signed
from lims.reports.layout import Layout
from lims.reports.paper import Strip, space


def strips(sheet: Layout, signed: Sequence[Signed]) -> list[Strip]:
    """Return heading, a row a signature, and what someone who controls the computer could do."""
    t = sheet.words.tongue.t
    head = sheet.heading(t("life.signatures"), ruled=True)
    if not signed:
        return [*head, *sheet.text(t("life.signatures.none"), 9, gap=5)]
    rows = [
        (
            f"{clock.local(one.at):%Y-%m-%d %H:%M:%S}",
            one.meaning,
            one.name,
            one.key,
            t("life.holds" if one.holds else "life.broken", seq=one.seq),
        )
        for one in signed
    ]
    heads = [t(name) for name in ("paper.at", "life.meaning", "paper.who", "life.key", "life.entry")]
    return [*head, *sheet.table(heads, rows), space(sheet.pt(5)), *sheet.text(t("life.control"), 8, gap=5)]


def lines(sheet: Layout, signed: Sequence[Signed]) -> list[Strip]:
    """Return the same in a line each, for a paper that must stay on one page."""
    t = sheet.words.tongue.t
    told = [
        f"{t('life.signatures')}   {one.meaning}   {one.name}   {clock.local(one.at):%Y-%m-%d %H:%M:%S}   "
        f"{t('life.key')} {one.key}   {t('life.holds' if one.holds else 'life.broken', seq=one.seq)}"
        for one in signed
    ]
    said = [strip for text in told for strip in sheet.text(text, 7.5, gap=0.5, keep=True)]
    return [*said, *sheet.text(t("life.control"), 6.5, gap=2, keep=True)]
