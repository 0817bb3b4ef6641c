"""Labels in a printer's own language, outward only: ZPL II and TSPL, with codes by command and words as pictures.

Field text never becomes a command: only printable ASCII enters a code, and what the language itself uses (`^ ~ _`
in ZPL; quote, backslash and tilde in TSPL) is written as its hexadecimal there and refused here.
Words, Chinese above all, are pictures of one bit a dot, so that no printer needs a font.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from protocols.codec import ProtocolError

_DIGITS = re.compile(r"[0-9]{4,}")
_PRINTABLE = re.compile(r"[ -~]+")
_ZPL_OWN = re.compile(r"[\^~_]")
_TSPL_OWN = re.compile(r'["\\~]')
_INCH = Decimal("25.4")


@dataclass(frozen=True, slots=True)
class Stock:
    """The labels on the roll and how they are burnt.

    Attributes:
        width: of one label, in millimetres.
        height: of one label, in millimetres.
        gap: between two labels, in millimetres; 0 for paper without gaps.
        dpi: dots of the printer an inch, 203 or 300 as a rule.
        darkness: 0 (pale) to 15 (dark); None leaves what the printer is set to.
        speed: inches a second; None leaves what the printer is set to.
    """

    width: Decimal
    height: Decimal
    gap: Decimal
    dpi: int = 203
    darkness: int | None = None
    speed: int | None = None

    def dots(self, millimetres: Decimal | int) -> int:
        """Return a length in the printer's dots."""
        return int((millimetres * self.dpi / _INCH).to_integral_value())


@dataclass(frozen=True, slots=True)
class Bars:
    """A Code 128; place, height and the width of its narrowest bar in dots."""

    x: int
    y: int
    text: str
    height: int
    module: int


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code, model 2, error level M; place and side of a module in dots."""

    x: int
    y: int
    text: str
    module: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots, row by row from the top; a bit of 1 is black, the highest bit stands left, rows end on a byte."""

    x: int
    y: int
    width: int
    height: int
    dots: bytes

    @property
    def row(self) -> int:
        """Bytes of one row."""
        return (self.width + 7) // 8


Element = Bars | Square | Picture


def runs(text: str) -> list[tuple[str, str]]:
    """Split a text for Code 128 into runs of set B and, where it is shorter, of set C (pairs of digits)."""
    found: list[tuple[str, str]] = []
    start = 0
    for match in _DIGITS.finditer(text):
        begin, end = match.span()
        inside = begin > 0 and end < len(text)
        begin += (end - begin) % 2  # an odd digit stays in B, before the pairs
        if inside and end - begin < 6:  # two changes of set cost more than four digits save
            continue
        if text[start:begin]:
            found.append(("B", text[start:begin]))
        found.append(("C", text[begin:end]))
        start = end
    return [*found, ("B", text[start:])] if text[start:] else found


def bar_modules(text: str) -> int:
    """Return how many modules wide the Code 128 of a text is, without its quiet zones (ISO/IEC 15417)."""
    parts = runs(text)
    symbols = sum(len(part) // 2 if kind == "C" else len(part) for kind, part in parts)
    return 11 * (len(parts) + symbols + 1) + 13


def _check(stock: Stock, elements: Sequence[Element], copies: int) -> None:
    if stock.width <= 0 or stock.height <= 0 or stock.gap < 0 or stock.dpi < 1:
        raise ProtocolError("a label needs a width, a height and a density above 0")
    if stock.darkness not in (None, *range(16)) or stock.speed not in (None, *range(1, 15)):
        raise ProtocolError("darkness is 0 to 15, speed 1 to 14 inches a second")
    if not 1 <= copies <= 999:
        raise ProtocolError("1 to 999 copies")
    for element in elements:
        _check_element(stock, element)


def _check_element(stock: Stock, element: Element) -> None:
    right, bottom = element.x, element.y
    if isinstance(element, Picture):
        right, bottom = right + element.width, bottom + element.height
        if element.width < 1 or element.height < 1 or len(element.dots) != element.row * element.height:
            raise ProtocolError("a picture needs exactly its rows")
    elif not _PRINTABLE.fullmatch(element.text):
        raise ProtocolError("a code holds printable ASCII alone")
    elif not 1 <= element.module <= 10:
        raise ProtocolError("a module is 1 to 10 dots wide")
    elif isinstance(element, Bars):
        right, bottom = right + bar_modules(element.text) * element.module, bottom + element.height
    beyond = right > stock.dots(stock.width) or bottom > stock.dots(stock.height)
    if beyond or min(element.x, element.y) < 0:
        raise ProtocolError(f"off the label: {element.x},{element.y} to {right},{bottom}")


# ZPL II: commands from Zebra's programming guide ---------------------------------------------------------------


def zpl(stock: Stock, elements: Sequence[Element], copies: int = 1) -> bytes:
    """Return one label in ZPL II.

    The lowest ten dots below a QR code must be free: printers set it that much lower than `^FO` says.

    Raises:
        ProtocolError: what cannot be printed: off the label, other than printable ASCII in a code, no such density.
    """
    _check(stock, elements, copies)
    head = ["^XA", "^CI28", "^LH0,0", "^PON", "^MNY" if stock.gap else "^MNN"]
    head += [f"^PW{stock.dots(stock.width)}", f"^LL{stock.dots(stock.height)}"]
    head += [] if stock.speed is None else [f"^PR{stock.speed}"]
    if stock.darkness is not None:
        head.insert(0, f"~SD{stock.darkness * 2:02d}")
    body = [_zpl_element(element) for element in elements]
    return "\n".join([*head, *body, f"^PQ{copies}", "^XZ", ""]).encode("ascii")


def _zpl_element(element: Element) -> str:
    place = f"^FO{element.x},{element.y}"
    if isinstance(element, Bars):
        data = _zpl_text(_invoked(element.text))
        return f"{place}^BY{element.module}^BCN,{element.height},N,N,N,N^FH_^FD{data}^FS"
    if isinstance(element, Square):
        return f"{place}^BQN,2,{element.module}^FH_^FDMA,{_zpl_text(element.text)}^FS"
    size = len(element.dots)
    return f"{place}^GFA,{size},{size},{element.row},{element.dots.hex().upper()}^FS"


def _zpl_text(text: str) -> str:
    return _ZPL_OWN.sub(lambda found: f"_{ord(found[0]):02X}", text)


def _invoked(text: str) -> str:
    """Return the data of a Code 128 with the invocation codes that name its sets; a plain `>` is `>0`."""
    parts = runs(text)
    begin = {"B": ">:", "C": ">;"}
    change = {"B": ">6", "C": ">5"}
    codes = [begin[parts[0][0]], *(change[kind] for kind, _ in parts[1:])]
    return "".join(code + part.replace(">", ">0") for code, (_, part) in zip(codes, parts, strict=True))


# TSPL: commands from TSC's programming manual ------------------------------------------------------------------


def tspl(stock: Stock, elements: Sequence[Element], copies: int = 1) -> bytes:
    """Return one label in TSPL; pictures are raw bytes in it, so it is no text.

    Raises:
        ProtocolError: what cannot be printed: off the label, other than printable ASCII in a code, no such density,
            or a quote, backslash or tilde in a code, which not all printers of this language read alike.
    """
    _check(stock, elements, copies)
    lines = [
        f"SIZE {_mm(stock.width)} mm,{_mm(stock.height)} mm",
        f"GAP {_mm(stock.gap)} mm,0 mm",
        "DIRECTION 1",
        "REFERENCE 0,0",
    ]
    lines += [] if stock.speed is None else [f"SPEED {stock.speed}"]
    lines += [] if stock.darkness is None else [f"DENSITY {stock.darkness}"]
    head = "\r\n".join([*lines, "CLS", ""]).encode("ascii")
    body = b"".join(_tspl_element(element) + b"\r\n" for element in elements)
    return head + body + f"PRINT 1,{copies}\r\n".encode("ascii")


def _tspl_element(element: Element) -> bytes:
    place = f"{element.x},{element.y}"
    match element:
        case Bars(text=text, height=height, module=module):
            return f'BARCODE {place},"128",{height},0,0,{module},{module},"{_tspl_text(text)}"'.encode(
                "ascii"
            )
        case Square(text=text, module=module):
            return f'QRCODE {place},M,{module},A,0,M2,S7,"{_tspl_text(text)}"'.encode("ascii")
        case Picture():
            white = bytes(byte ^ 0xFF for byte in element.dots)  # here a bit of 0 is black
            return f"BITMAP {place},{element.row},{element.height},0,".encode("ascii") + white


def _tspl_text(text: str) -> str:
    if _TSPL_OWN.search(text):
        raise ProtocolError("no quote, backslash or tilde in a code of TSPL")
    return text


def _mm(length: Decimal) -> str:
    return f"{length.normalize():f}"
