"""The Chinese font of every paper: what it can draw, how wide a text is, where a line may break."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

NAME = "KuaijianHei"
"""Name of the font in reportlab; `load` makes it known."""

FILE = Path(__file__).parent / "fonts" / "wqy-microhei.ttc"
"""WenQuanYi Micro Hei: TrueType outlines, which reportlab embeds as a subset (it refuses Noto CJK)."""

_NOT_FIRST = frozenset("，。、；：？！）〕】》」』”’…％℃·,.;:?!)]}%")
_NOT_LAST = frozenset("（〔【《「『“‘([{")
_loading = Lock()


@cache
def _font() -> TTFont:
    font = TTFont(NAME, str(FILE), subfontIndex=0)
    pdfmetrics.registerFont(font)
    return font


def load() -> TTFont:
    """Make the font known to reportlab, once (a quarter of a second)."""
    with _loading:
        return _font()


def texts(value: object) -> Iterator[str]:
    """Yield every text of a content, however deep it stands in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


@cache
def drawable(character: str) -> bool:
    """Tell whether the font has a visible shape for a character; a blank only where a blank is meant.

    The font lists ℃, Ⅴ, ǎ and others with an empty outline: its table of characters alone would let them vanish.
    """
    face = load().face
    glyph = face.charToGlyph.get(ord(character), 0)
    if not glyph:
        return False
    drawn = face.glyphPos[glyph] != face.glyphPos[glyph + 1]
    return drawn or unicodedata.category(character) == "Zs"


@cache
def _respelled(character: str) -> str | None:
    """Return a character's own other spelling (℃ is °C, Ⅴ is V), never one that changes a number (⁵ is not 5)."""
    parts = unicodedata.decomposition(character).split()
    if not parts or (parts[0].startswith("<") and parts[0] != "<compat>"):
        return None
    other = "".join(chr(int(part, 16)) for part in parts if not part.startswith("<"))
    return other if all(drawable(one) for one in other) else None


@cache
def code(character: str) -> str:
    """Return what stands on paper for a character without a shape: 〔U+29F7E〕."""
    return f"〔U+{ord(character):04X}〕"


def shown(text: str) -> str:
    """Return a text as it can be printed: nothing vanishes, a character without a shape becomes its code.

    Line ends stay, a tab becomes blanks.
    """
    return "".join(_shown(character) for character in text.replace("\t", "    "))


def _shown(character: str) -> str:
    if character == "\n" or drawable(character):
        return character
    return _respelled(character) or code(character)


def lacking(texts: Iterable[str]) -> list[str]:
    """Return the characters of some texts that can only be printed as their code, in the order they appear."""
    found: dict[str, None] = {}
    for text in texts:
        for character in text:
            if character not in "\n\t" and not drawable(character) and _respelled(character) is None:
                found[character] = None
    return list(found)


def width(text: str, size: float) -> float:
    """Return the width in points of a printable text."""
    return float(load().stringWidth(text, size))


def cut(text: str, size: float, room: float) -> str:
    """Return a text as one printable line of at most `room` points; what is left out shows as "…"."""
    line = shown(" ".join(text.split()))
    if width(line, size) <= room:
        return line
    while line and width(line + "…", size) > room:
        line = line[:-1]
    return line + "…"


def wrap(text: str, size: float, room: float) -> list[str]:
    """Break a text into lines of at most `room` points, as `shown` prints it; an empty text has no line.

    Words of letters and digits stay whole where they fit, closing marks start no line, opening marks end none.
    """
    if not text:
        return []
    lines: list[str] = []
    for paragraph in shown(text).split("\n"):
        lines += _lines(paragraph, size, room)
    return lines


def _lines(paragraph: str, size: float, room: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for unit in _units(paragraph, size, room):
        needed = width(unit, size)
        if line and used + width(unit.rstrip(" "), size) > room:
            lines.append(line.rstrip(" "))
            line, used = "", 0.0
            unit = unit.lstrip(" ")  # noqa: PLW2901 - a blank at a line's start is nobody's text
            needed = width(unit, size)
        line, used = line + unit, used + needed
    return [*lines, line.rstrip(" ")]


def _units(paragraph: str, size: float, room: float) -> Iterator[str]:
    """Yield what must not be broken; a unit wider than the room is given character by character."""
    unit = ""
    for character in paragraph:
        if unit and _breaks(unit[-1], character):
            yield from [unit] if width(unit.rstrip(" "), size) <= room else unit
            unit = ""
        unit += character
    yield from [unit] if width(unit.rstrip(" "), size) <= room else unit


def _breaks(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or after == " ":
        return False
    return before == " " or not (before.isascii() and after.isascii()) or before == "-"
