"""What the shape of an unknown wire may be, guessed from what was heard; a person decides, no reading is made of it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Literal

from protocols.frames import CRC8, CRC16, SUM8, XOR8, Check, Frame, FrameReader, FrameShape

ENDS = (b"\r\n", b"\n", b"\r")
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("ascii", "gb18030", "utf-8")
MOSTLY = 0.9
"""Share of characters that must be legible for bytes to be text, and of lines that must agree on a separator."""
CHECKS: tuple[Check, ...] = (CRC16, SUM8, XOR8, CRC8)
_WIDTHS: tuple[tuple[int, Literal["little", "big"]], ...] = ((1, "little"), (2, "little"), (2, "big"))
_LEAST, _PLUS, _MOST = 3, 64, 4096
_SEVERAL, _HALF = 2, 0.5
_FIGURE = re.compile(r"[<>]?[+-]?\d+\.\d+")
_WHOLE = re.compile(r"\d{1,3}")
_TIMES = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"), "%Y/%m/%d %H:%M:%S"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"), "%Y-%m-%dT%H:%M:%S"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "%Y-%m-%d %H:%M"),
    (re.compile(r"\d{14}"), "%Y%m%d%H%M%S"),
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a stretch of bytes looks like.

    Attributes:
        shape: `delimited`, `lines`, `fixed` or `framed`.
        encoding: of its text.
        end: what ends a line; for `fixed` empty.
        separator: between fields, empty where none was found.
        rows: the fields of each line, or each block in hex.
        start: for `fixed` and `framed`, the bytes that begin a block.
        length: for `fixed`, bytes of a block.
        frame: for `framed`, where the length stands, what it counts, the check and the end; for `fixed` where a check
            fits all blocks.
        passes: how lines begin that hold no result, such as headings; they are left out of `rows`.
    """

    shape: str
    encoding: str
    end: bytes
    separator: str
    rows: tuple[tuple[str, ...], ...]
    start: bytes = b""
    length: int = 0
    frame: FrameShape | None = None
    passes: tuple[str, ...] = ()


def legible(data: bytes) -> float:
    """Return the share of bytes that are letters, digits, signs or line ends: near 1 at the right speed of a text."""
    if not data:
        return 0.0
    good = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in data)
    return good / len(data)


def guess(data: bytes) -> Guess | None:
    """Return the likely shape of what was heard, or None where nothing repeats."""
    encoding = _encoding(data)
    end = max(ENDS, key=lambda one: (data.count(one), len(one)))
    if encoding and end in data:
        return _lines(data, encoding, end)
    return _frames(data) or _blocks(data)


def _encoding(data: bytes) -> str:
    for name in ENCODINGS:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        good = sum(char.isprintable() or char in "\r\n\t" for char in text)
        if text and good / len(text) >= MOSTLY:
            return name
    return ""


def _lines(data: bytes, encoding: str, end: bytes) -> Guess:
    whole, _, _ = data.rpartition(end)
    lines = [line.decode(encoding, "replace") for line in whole.split(end) if line.strip()]
    found = max(SEPARATORS, key=lambda one: _agreed(lines, one))
    if count := _agreed(lines, found):
        kept = [line for line in lines if line.count(found) == count and _told(line)]
        rows = tuple(tuple(line.split(found)) for line in kept)
        return Guess("delimited", encoding, end, found, rows, passes=_passes(lines, kept))
    usual = Counter(map(len, filter(_told, lines))).most_common(1)
    kept = [line for line in lines if len(line) == usual[0][0] and _told(line)] if usual else []
    kept = kept if _enough(len(kept), len(lines)) else lines
    return Guess("lines", encoding, end, "", tuple((line,) for line in kept), passes=_passes(lines, kept))


def _agreed(lines: Sequence[str], separator: str) -> int:
    """Return how many separators most lines have, 0 where they do not agree."""
    counts = Counter(line.count(separator) for line in lines)
    if not counts:
        return 0
    count, often = counts.most_common(1)[0]
    several = count >= _SEVERAL and _enough(often, len(lines))
    return count if several or often >= MOSTLY * len(lines) else 0


def _enough(often: int, of: int) -> bool:
    """Tell whether lines of one form are the results, so that the others are headings and the like."""
    return often >= _LEAST and often >= _HALF * of


def _told(line: str) -> bool:
    """Tell whether a line may hold a result: one without a digit holds none."""
    return any(char.isdecimal() for char in line)


def _passes(lines: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    """Return how the other lines begin, as far as their first digit, where no result begins so."""
    begins = dict.fromkeys(re.split(r"\d", line, maxsplit=1)[0] for line in lines if line not in kept)
    return tuple(one for one in begins if one.strip() and not any(line.startswith(one) for line in kept))


def _blocks(data: bytes) -> Guess | None:
    """Blocks that begin alike and are equally long, with the check that fits all of them."""
    found = _period(data)
    if found is None:
        return None
    first, start, length = found
    whole = [data[at : at + length] for at in range(first, len(data) - length + 1, length)]
    sealed = _sealed(data[first:], fixed(start, length)) if len(set(whole)) >= _LEAST else None
    rows = tuple((one.hex(" ").upper(),) for one in whole)
    return Guess("fixed", "ascii", b"", "", rows, start, length, sealed if sealed and sealed.check else None)


def _period(data: bytes) -> tuple[int, bytes, int] | None:
    """Return where blocks of one length begin, their first bytes and the length, or None where nothing recurs so.

    A device is mostly heard from the first byte of a block on, so that blocks begin there where they can.
    """
    pairs = Counter(data[at : at + 2] for at in range(len(data) - 1))
    for start, often in pairs.most_common(8):
        places = _places(data, start)
        gaps = {after - before for before, after in pairwise(places)}
        if often >= _LEAST and len(gaps) == 1 and (length := gaps.pop()) > 3:
            begins = [data[at : at + 2] for at in range(0, len(data) - length + 1, length)]
            alike = 2 if len(set(begins)) == 1 else 1
            if len({one[:alike] for one in begins}) == 1:
                return 0, data[:alike], length
            return places[0], start, length
    return None


def fixed(start: bytes, length: int) -> FrameShape:
    """Return the shape of blocks that begin alike and are equally long, without a check."""
    return FrameShape(
        start, None, width=0, plus=length, head=len(start), covers_from=0, least=length, most=length
    )


def _frames(data: bytes) -> Guess | None:
    """Frames that begin alike and say their own length; the check is found where one fits all of them."""
    pairs = Counter(data[at : at + 2] for at in range(len(data) - 1))
    for start in (one for one, often in pairs.most_common(8) if often >= _LEAST):
        places = _places(data, start)
        for at, (width, order) in product(range(2, 6), _WIDTHS):
            if (plus := _counted(data, places, at, width, order)) is not None:
                return framed(data, _sealed(data, FrameShape(
                    start, None, order=order, width=width, length_at=at, plus=plus, head=at + width,
                    covers_from=0, least=at + width, most=_MOST,
                )))  # fmt: skip
    return None


def framed(data: bytes, shape: FrameShape) -> Guess:
    """Return what a stretch of bytes holds in frames of a shape, whoever described it."""
    reader = FrameReader(shape)
    found = [one.raw for one in reader.receive(data, 0.0) if isinstance(one, Frame)]
    rows = tuple((one.hex(" ").upper(),) for one in found)
    named = "framed" if shape.width else "fixed"
    return Guess(named, "ascii", b"", "", rows, shape.start, min(map(len, found), default=0), shape)


def _places(data: bytes, start: bytes) -> list[int]:
    """Return where bytes begin, also where two of them overlap."""
    return [one.start() for one in re.finditer(b"(?=" + re.escape(start) + b")", data)]


def _counted(
    data: bytes, places: Sequence[int], at: int, width: int, order: Literal["little", "big"]
) -> int | None:
    """Return what must be added to a length at this place so that frame follows on frame, None where none does."""
    first = places[0]
    start = data[first : first + 2]
    for second in places[1:4]:
        plus = second - first - int.from_bytes(data[first + at : first + at + width], order)
        ends, here = [], first
        while 0 <= plus <= _PLUS and here + at + width <= len(data) and data[here : here + 2] == start:
            ends.append(int.from_bytes(data[here + at : here + at + width], order) + plus)
            if ends[-1] < at + width:
                break
            here += ends[-1]
        if len(set(ends)) > 1 and len(ends) >= _LEAST and here >= len(data) - max(ends) and here > places[-1]:
            return plus
    return None


def _sealed(data: bytes, shape: FrameShape) -> FrameShape:
    """Return the shape with the check and the end that all frames of it agree on."""
    raws = [bytes.fromhex(row[0]) for row in framed(data, shape).rows]
    last = {one[-1:] for one in raws}
    for ends in (*([last.pop()] if len(last) == 1 else []), b""):
        for check, first in product(CHECKS, range(shape.head)):
            tried = replace(shape, check=check, ends=ends, covers_from=first)
            split = [len(one) - tried.tail for one in raws]
            if all(
                cut > first and check.compute(one[first:cut]) == one[cut : cut + check.width]
                for one, cut in zip(raws, split, strict=True)
            ):
                return replace(tried, least=_least(tried))
        if ends:
            shape = replace(shape, ends=ends)
            shape = replace(shape, least=_least(shape))
            break
    return shape


def _least(shape: FrameShape) -> int:
    """Return the bytes of the shortest whole frame."""
    return shape.head + shape.tail if shape.width else shape.plus


def segments(lines: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return first byte and count of each column of lines without a separator: what no blank column cuts."""
    wide = max((len(line) for line in lines), default=0)
    blank = [all(line[at : at + 1] in (b" ", b"\t", b"") for line in lines) for at in range(wide)]
    starts = [at for at in range(wide) if not blank[at] and (at == 0 or blank[at - 1])]
    return [(at, next((end for end in range(at, wide) if blank[end]), wide) - at) for at in starts]


def roles(rows: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Return for each column what it may be: `time` with its form, `value`, `position`, or nothing, with ""."""
    wide = Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 0
    columns = [[row[at].strip() for row in rows if len(row) == wide] for at in range(wide)]
    found: list[tuple[str, str]] = []
    for cells in columns:
        name, form = _role(cells)
        found.append((name, form) if name not in {one for one, _ in found} else ("", ""))
    return found


def _role(cells: Sequence[str]) -> tuple[str, str]:
    for pattern, form in _TIMES:
        if all(pattern.fullmatch(cell) for cell in cells):
            return "time", form
    if all(_FIGURE.fullmatch(cell) for cell in cells):
        return "value", ""
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return "position", ""
    return "", ""
