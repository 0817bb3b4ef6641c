"""What is printed as a code on test cards and sample bags: one grammar a maker, and the text kept whatever it is.

Grammars are told apart by their form alone, so a code that fits none is `Unknown`, never guessed. Sources: the host
programs of the fluorescence analyser (family W) and of the Aoben boards (family V).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_SAMPLE = re.compile(r"SampleNumber=([^&\r\n]+)")
_MANTISSA = re.compile(r"[0-9]\.[0-9]{2}")
DOUBLE = 51
_WIDTHS = (3, 5, 5, 5, 5, 5, 4, 5, 5, 5, 4)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A four-parameter curve: from the ratio dr of the lines, C = x0 * ((a2 - a1) / (a2 - dr) - 1) ** (1 / p)."""

    a1: Decimal
    a2: Decimal
    x0: Decimal
    p: Decimal

    def concentration(self, ratio: Decimal) -> Decimal | None:
        """The concentration at a ratio; None outside the curve, where it has none (hosts print 0 there)."""
        if self.p == 0 or ratio == self.a2:
            return None
        base = (self.a2 - self.a1) / (self.a2 - ratio) - 1
        try:
            return None if base < 0 else self.x0 * base ** (1 / self.p)
        except DecimalException:
            return None


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: item code, batch, identifier, and one curve for each test line.

    A curve is None where the code holds one that cannot be read; `batch_day` where the batch is no date.
    """

    code: str
    batch: str
    identifier: str
    curves: tuple[Logistic | None, ...]
    batch_day: date | None
    text: str


@dataclass(frozen=True, slots=True)
class QualityCard:
    """A card for checking the analyser: its figures as they stand, their meaning not known."""

    batch: str
    identifier: str
    figures: tuple[Decimal, ...]
    text: str


@dataclass(frozen=True, slots=True)
class SampleCode:
    """A sample's number in a longer text, such as an address."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A text that fits no grammar: a card of another maker, or none at all."""

    text: str


Code = Card | QualityCard | SampleCode | Unknown


def parse(text: str) -> Code:
    """Read a scanned code; line ends at its edges are the scanner's and are left off, everything else stays."""
    whole = text.strip("\r\n")
    grammars: Sequence[Callable[[str], Code | None]] = (_sample, _quality, _single, _double)
    found = (grammar(whole) for grammar in grammars)
    return next((one for one in found if one is not None), Unknown(whole))


def _sample(text: str) -> SampleCode | None:
    found = _SAMPLE.search(text)
    return SampleCode(found[1], text) if found else None


def _numbers(texts: Sequence[str]) -> list[Decimal] | None:
    return [Decimal(one) for one in texts] if all(_NUMBER.fullmatch(one) for one in texts) else None


def _quality(text: str) -> QualityCard | None:
    fields = text.split(",")
    numbers = _numbers(fields[3:])
    if fields[0] != "QC" or len(fields) != 7 or numbers is None:
        return None
    return QualityCard(fields[1], fields[2], tuple(numbers), text)


def _single(text: str) -> Card | None:
    fields = text.split(",")
    numbers = _numbers(fields[3:])
    if len(fields) != 7 or numbers is None or not all(fields[:3]):
        return None
    a1, a2, x0, p = numbers
    return Card(fields[0], fields[1], fields[2], (Logistic(a1, a2, x0, p),), _day(fields[1]), text)


def _day(digits: str) -> date | None:
    if len(digits) != 8 or not digits.isascii() or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _double(text: str) -> Card | None:
    """Fifty-one characters in fixed places; the years of a batch are written without their `202`."""
    if len(text) != DOUBLE or not text.isascii() or "," in text:
        return None
    parts, at = [], 0
    for width in _WIDTHS:
        parts.append(text[at : at + width])
        at += width
    code, batch, identifier, *rest = parts
    if not all(_MANTISSA.match(one) for one in rest):
        return None
    curves = tuple(_packed(*rest[begin : begin + 4]) for begin in (0, 4))
    return Card(code, "202" + batch, identifier, curves, _day("202" + batch), text)


def _packed(a1: str, a2: str, x0: str, p: str) -> Logistic | None:
    """A curve in its packed form; None where a power of ten is a character whose table is not known."""
    if not (a2[4].isdigit() and x0[4].isdigit()) or not _NUMBER.fullmatch(p):
        return None
    sign = -1 if a1[4] == "0" else 1
    upper, middle = (Decimal(text[:4]).scaleb(int(text[4])) for text in (a2, x0))
    return Logistic(sign * Decimal(a1[:4]), upper, middle, Decimal(p))
