"""Registers to numbers: word order, byte swap, kind and scale, as exact decimals or a reason why not."""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from protocols.codec import ProtocolError


@dataclass(frozen=True, slots=True)
class Number:
    """An exact value, or None and the reason: `nan`, `infinite` or `bcd`."""

    value: Decimal | None
    reason: str = ""


def _bcd(raw: bytes) -> Number:
    digits = raw.hex()
    return Number(Decimal(digits)) if digits.isdecimal() else Number(None, "bcd")


def float32(raw: bytes) -> Number:
    """Read four bytes, big-endian, as the shortest decimal that is this float again."""
    (value,) = struct.unpack(">f", raw)
    if math.isnan(value):
        return Number(None, "nan")
    if math.isinf(value):
        return Number(None, "infinite")
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    shortest = next(text for text in texts if _is_float32(text, raw))
    return Number(Decimal(format(Decimal(shortest), "f")) + 0)


def _is_float32(text: str, raw: bytes) -> bool:
    try:
        return struct.pack(">f", float(text)) == raw
    except OverflowError:  # rounding up at the very end of the range leaves it
        return False


def _integer(*, signed: bool) -> Callable[[bytes], Number]:
    return lambda raw: Number(Decimal(int.from_bytes(raw, "big", signed=signed)))


KINDS: Mapping[str, tuple[int, Callable[[bytes], Number]]] = MappingProxyType(
    {
        "uint16": (1, _integer(signed=False)),
        "int16": (1, _integer(signed=True)),
        "uint32": (2, _integer(signed=False)),
        "int32": (2, _integer(signed=True)),
        "float32": (2, float32),
        "bcd16": (1, _bcd),
        "bcd32": (2, _bcd),
    }
)
"""Kind of number to how many words it takes and how its big-endian bytes read."""


def number(
    words: Sequence[int],
    kind: str,
    order: Literal["big", "little"] = "big",
    *,
    swap: bool = False,
    scale: Decimal = Decimal(1),
) -> Number:
    """Read one number of `kind` from its words.

    Args:
        words: exactly as many as the kind takes, each 0 to 65535.
        kind: a key of `KINDS`.
        order: `big` when the first word is the more significant one.
        swap: True when the two bytes inside each word change places.
        scale: what the number is multiplied by, for example `Decimal("0.1")`.

    Raises:
        ProtocolError: the kind is unknown or the count of words is not its own.
    """
    if kind not in KINDS:
        raise ProtocolError(f"unknown kind of number {kind!r}; known are {', '.join(KINDS)}")
    count, read = KINDS[kind]
    if len(words) != count:
        raise ProtocolError(f"{kind} takes {count} words, not {len(words)}")
    ordered = words if order == "big" else tuple(reversed(words))
    found = read(b"".join(word.to_bytes(2, "little" if swap else "big") for word in ordered))
    if found.value is None:
        return found
    return Number(found.value * scale)


def bits(word: int, first: int, count: int = 1) -> int:
    """Take `count` bits of a word as a number, `first` counted from the least significant bit, 0.

    Raises:
        ProtocolError: the bits are not inside the 16 of a word.
    """
    if not (first >= 0 and count >= 1 and first + count <= 16):
        raise ProtocolError(f"bits {first} to {first + count - 1} are not inside a word")
    return word >> first & (1 << count) - 1


def text(words: Sequence[int], encoding: str = "ascii", *, swap: bool = False) -> str:
    """Read words as text, two characters a word, cut at the first NUL; undecodable bytes are kept escaped."""
    raw = b"".join(word.to_bytes(2, "little" if swap else "big") for word in words)
    return raw.partition(b"\0")[0].decode(encoding, "surrogateescape")
