"""Finds a font that can write Chinese, or brings the bundled one."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QRawFont

import lims

PREFERRED = ("Microsoft YaHei UI", "Noto Sans CJK SC", "WenQuanYi Micro Hei")
BUNDLED = Path(next(iter(lims.__path__))) / "reports" / "fonts" / "wqy-microhei.ttc"
PROBE = "豇豆阴性快检龘"
"""Words of the trade; a family that lacks one of these characters cannot be used."""


def choose(available: Iterable[str]) -> str | None:
    """Return the most preferred family that is installed, or None when there is none of them."""
    installed = set(available)
    return next((family for family in PREFERRED if family in installed), None)


def writes(family: str, text: str = PROBE) -> bool:
    """Say whether the family itself (no substitute) has a glyph for each character."""
    raw = QRawFont.fromFont(QFont(family))
    return raw.isValid() and all(raw.supportsCharacter(ord(character)) for character in text)


def strong(family: str) -> int:
    """Return the weight for what must stand out: 600 where the family has it, else the nearest, 700."""
    weights = {QFontDatabase.weight(family, style) for style in QFontDatabase.styles(family)}
    return 600 if 600 in weights else 700


def blanks(family: str) -> dict[int, str]:
    """Return what to write in place of characters that the family claims to have but draws as nothing.

    WenQuanYi Micro Hei has an empty glyph for ℃ and sixteen others, so a temperature would lose its unit.
    """
    raw = QRawFont.fromFont(QFont(family))
    return {ord(character): plain for character, plain in _PLAIN.items() if _is_blank(raw, character)}


def _is_blank(raw: QRawFont, character: str) -> bool:
    glyphs = raw.glyphIndexesForString(character)
    return raw.supportsCharacter(ord(character)) and bool(glyphs) and raw.pathForGlyph(glyphs[0]).isEmpty()


_PLAIN = {
    "℃": "°C", "℉": "°F", "\u212b": "\u00c5", "Ⅴ": "V", "Ⅹ": "X", "\u223c": "~", "\u203e": "\u00af", "ˊ": "\u00b4",
    "ˋ": "`", "ǎ": "a\u030c", "ǐ": "i\u030c", "ǒ": "o\u030c", "ǔ": "u\u030c", "ǘ": "ü\u0301", "ǚ": "ü\u030c",
    "ǜ": "ü\u0300", "\u3164": " ",
}  # fmt: skip


def family(bundled: Path = BUNDLED) -> str:
    """Return the family to write with: an installed one by name, else the bundled file.

    Never Qt's own default, which may show every Chinese character as a box without any error.

    Raises:
        FileNotFoundError: no installed family can write Chinese and the bundled font cannot be loaded.
    """
    found = choose(QFontDatabase.families())
    if found is not None and writes(found):
        return found
    number = QFontDatabase.addApplicationFont(str(bundled))
    loaded = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    for each in loaded:
        if writes(each):
            return each
    raise FileNotFoundError(f"no font here can write Chinese, and {bundled.name} cannot be loaded")
