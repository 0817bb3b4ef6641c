"""Texts and figures in the bytes of a device: decoded exactly, or kept as their bytes where they cannot be."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from drivers.reading import Call, Flag

CALLS: Mapping[str, Call] = MappingProxyType(
    {
        "阴性": Call.NEGATIVE,
        "合格": Call.NEGATIVE,
        "不携带": Call.NEGATIVE,
        "通过": Call.NEGATIVE,
        "pass": Call.NEGATIVE,
        "-": Call.NEGATIVE,
        "阳性": Call.POSITIVE,
        "不合格": Call.POSITIVE,
        "超标": Call.POSITIVE,
        "携带": Call.POSITIVE,
        "fail": Call.POSITIVE,
        "+": Call.POSITIVE,
        "可疑": Call.SUSPECT,
        "疑似": Call.SUSPECT,
        "无效": Call.INVALID,
        "无效值": Call.INVALID,
        "检测无效": Call.INVALID,
        "invalid": Call.INVALID,
        "NA": Call.NOT_APPLICABLE,
    }
)
"""Words that Chinese rapid analysers conclude with; any other word is kept as text and concludes nothing."""
_NUMBER = re.compile(r"([<>]?)\s*([+-]?\d+(?:\.\d+)?)")


def text_of(raw: bytes, encoding: str = "gb18030") -> str:
    """A text up to its first NUL, outer blanks removed; a byte that is none of this encoding stands escaped."""
    return raw.partition(b"\0")[0].decode(encoding, "backslashreplace").strip()


def padded(text: str, size: int, encoding: str = "gb18030") -> bytes:
    """The bytes of a text in a field of `size` bytes, NUL behind it, as `text_of` reads it back."""
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), text.encode(encoding))
    return raw[:size].ljust(size, b"\0")


def figure(text: str) -> tuple[Decimal | None, tuple[Flag, ...]]:
    """The number in a text, with the doubt that its sign tells: `<2` is below range, a word is no number."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None, (Flag.NOT_A_NUMBER,)
    doubts = {"": (), "<": (Flag.BELOW_RANGE,), ">": (Flag.ABOVE_RANGE,)}
    return Decimal(match[2]), doubts[match[1]]


def rate_doubts(value: Decimal | None) -> tuple[Flag, ...]:
    """What speaks against a rate in percent: none, below 0, above 100."""
    if value is None:
        return (Flag.NOT_A_NUMBER,)
    if value < 0:
        return (Flag.BELOW_RANGE,)
    return (Flag.ABOVE_RANGE,) if value > 100 else ()


def hex_of(raw: bytes) -> str:
    """Bytes as people write them: `7E 01`."""
    return raw.hex(" ").upper()
