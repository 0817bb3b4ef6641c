"""Label printers as tests see them: the commands of ZPL II and TSPL read from their makers' lists, drawn dot by dot.

Nothing here uses `protocols.labels`. Commands that are not listed here are an error, so a builder cannot emit others.
"""

import re
from dataclasses import dataclass, field

import segno
from PIL import Image

# ISO/IEC 15417, table 1: widths of bars and spaces of each symbol value; 106 is the stop.
PATTERNS = re.findall(
    r"\d+",
    """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112
    """,
)


@dataclass
class Paper:
    """One printed label: 255 is white; what the printer was set to stands beside."""

    image: Image.Image
    copies: int = 1
    settings: dict[str, str] = field(default_factory=dict)

    def box(self, x: int, y: int, width: int, height: int) -> None:
        self.image.paste(0, (x, y, x + width, y + height))

    def symbol(self, x: int, y: int, values: list[int], module: int, height: int) -> None:
        total = values[0] + sum(place * value for place, value in enumerate(values[1:], 1))
        for value in (*values, total % 103, 106):
            for place, width in enumerate(PATTERNS[value]):
                if place % 2 == 0:
                    self.box(x, y, int(width) * module, height)
                x += int(width) * module

    def qr(self, x: int, y: int, text: str, module: int, level: str) -> None:
        made = segno.make(text, error=level, micro=False, boost_error=False)
        for down, line in enumerate(made.matrix):
            for across, dark in enumerate(line):
                if dark:
                    self.box(x + across * module, y + down * module, module, module)


def blank(width: int, height: int) -> Paper:
    return Paper(Image.new("L", (width, height), 255))


# ZPL II ------------------------------------------------------------------------------------------------------


def print_zpl(data: bytes, below: int = 0) -> list[Paper]:
    """Print ZPL II; `below` is how many dots a QR code stands lower than `^FO` says, 0 or 10 by printer."""
    text = data.decode("ascii").replace("\r", "").replace("\n", "")
    commands = re.findall(r"[\^~][^\^~]*", text)
    assert "".join(commands) == text, "text outside of a command"
    printed, job = [], Zpl(below)
    for command in commands:
        if (paper := job.take(command)) is not None:
            printed.append(paper)
            job = Zpl(below)
    return printed


class Zpl:
    """One format, from ^XA to ^XZ."""

    def __init__(self, below: int) -> None:
        self.below, self.open = below, False
        self.settings: dict[str, str] = {}
        self.fields: list[tuple[str, ...]] = []
        self.at, self.code, self.hexed, self.data = (0, 0), "", False, ""
        self.module, self.copies = 2, 1

    def take(self, command: str) -> Paper | None:
        name, rest = (command[:4], command[4:]) if command.startswith("^FH") else (command[:3], command[3:])
        if name in ("~SD", "^CI", "^LH", "^PO", "^MN", "^PW", "^LL", "^PR"):
            assert self.open != (name == "~SD")
            self.settings[name] = rest
        elif name in ("^XA", "^PQ"):
            self.open, self.copies = True, int(rest or 1)
        elif name == "^XZ":
            return self.draw()
        else:
            self.field(name, rest)
        return None

    def field(self, name: str, rest: str) -> None:
        match name:
            case "^FO":
                x, y = rest.split(",")
                self.at = (int(x), int(y))
            case "^BY":
                self.module = int(rest)
            case "^BC" | "^BQ" | "^GF":
                self.code = name + rest
            case "^FH_" if not rest:
                self.hexed = True
            case "^FD":
                assert self.hexed
                self.data = re.sub("_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), rest)
            case "^FS" if not rest:
                self.fields.append((str(self.at[0]), str(self.at[1]), self.code, self.data, str(self.module)))
                self.code, self.data, self.hexed = "", "", False
            case _:
                raise AssertionError(f"no such command here: {name}{rest[:20]}")

    def draw(self) -> Paper:
        paper = blank(int(self.settings["^PW"]), int(self.settings["^LL"]))
        paper.copies, paper.settings = self.copies, self.settings
        for x, y, code, data, module in self.fields:
            place = (int(x), int(y))
            if code.startswith("^BC"):
                turned, height, *flags = code[3:].split(",")
                assert (turned, flags) == ("N", ["N", "N", "N", "N"])
                paper.symbol(*place, invoked(data), int(module), int(height))
            elif code.startswith("^BQ"):
                assert re.fullmatch(r"\^BQN,2,\d+", code)
                assert data.startswith("MA,")
                paper.qr(place[0], place[1] + self.below, data[3:], int(code.rsplit(",", 1)[1]), "m")
            else:
                graphic(paper, place, code[3:])
        return paper


def invoked(data: str) -> list[int]:
    """Symbol values of a ^BC field in mode N: `>:` `>;` begin in B, C; `>6` `>5` change; `>0` is a plain >."""
    kind = {">:": "B", ">;": "C"}[data[:2]]
    values, place = [104 if kind == "B" else 105], 2
    while place < len(data):
        pair = data[place : place + 2]
        if pair in (">5", ">6"):
            kind = "C" if pair == ">5" else "B"
            values.append(99 if pair == ">5" else 100)
            place += 2
        elif kind == "C":
            assert re.fullmatch("[0-9]{2}", pair)
            values.append(int(pair))
            place += 2
        else:
            values.append(30 if pair == ">0" else ord(data[place]) - 32)
            place += 2 if data[place] == ">" else 1
    return values


def graphic(paper: Paper, place: tuple[int, int], rest: str) -> None:
    kind, sent, total, row, digits = rest.split(",")
    data = bytes.fromhex(digits)
    assert (kind, int(sent), int(total)) == ("A", len(data), len(data))
    dots(paper, place, data, int(row))


def dots(paper: Paper, place: tuple[int, int], data: bytes, row: int) -> None:
    """Draw rows of bits in which 1 is black; white ones leave what is there."""
    for number, byte in enumerate(data):
        for bit in range(8):
            x, y = place[0] + number % row * 8 + bit, place[1] + number // row
            if byte >> (7 - bit) & 1:
                assert x < paper.image.width
                assert y < paper.image.height
                paper.image.putpixel((x, y), 0)


# TSPL --------------------------------------------------------------------------------------------------------

SETTINGS = (
    (rb"SIZE ([\d.]+) mm,([\d.]+) mm", "size"),
    (rb"GAP ([\d.]+) mm,0 mm", "gap"),
    (rb"DIRECTION 1", "direction"),
    (rb"REFERENCE 0,0", "reference"),
    (rb"SPEED (\d+)", "speed"),
    (rb"DENSITY (\d+)", "density"),
)
BARCODE = re.compile(rb'BARCODE (\d+),(\d+),"128",(\d+),0,0,(\d+),\4,"([^"\r\n]+)"')
QRCODE = re.compile(rb'QRCODE (\d+),(\d+),M,(\d+),A,0,M2,S7,"([^"\r\n]+)"')
BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
PRINT = re.compile(rb"PRINT 1,(\d+)")


def print_tspl(data: bytes, dpi: int = 203) -> list[Paper]:
    printed: list[Paper] = []
    settings: dict[str, str] = {}
    paper: Paper | None = None
    while data:
        line = data.split(b"\r\n", 1)[0]
        if (found := BITMAP.match(data)) and paper:
            x, y, row, height = (int(part) for part in found.groups())
            raw = data[found.end() : found.end() + row * height]
            dots(paper, (x, y), bytes(byte ^ 0xFF for byte in raw), row)
            line = data[: found.end() + row * height]
        elif line == b"CLS":
            sides = [round(float(part) * dpi / 25.4) for part in settings["size"].split()]
            paper = blank(sides[0], sides[1])
        elif paper and (found := BARCODE.fullmatch(line)):
            x, y, height, module = (int(part) for part in found.groups()[:4])
            values = [104, *(byte - 32 for byte in found[5])]
            paper.symbol(x, y, shorter(values), module, height)
        elif paper and (found := QRCODE.fullmatch(line)):
            x, y, module = (int(part) for part in found.groups()[:3])
            paper.qr(x, y, found[4].decode("ascii"), module, "m")
        elif paper and (found := PRINT.fullmatch(line)):
            paper.copies, paper.settings = int(found[1]), dict(settings)
            printed.append(paper)
        else:
            name, value = setting(line)
            settings[name] = value
        assert data[len(line) : len(line) + 2] == b"\r\n"
        data = data[len(line) + 2 :]
    return printed


def setting(line: bytes) -> tuple[str, str]:
    for pattern, name in SETTINGS:
        if found := re.fullmatch(pattern, line):
            return name, b" ".join(found.groups()).decode("ascii")
    raise AssertionError(f"no such command here: {line[:40]!r}")


def shorter(values: list[int]) -> list[int]:
    """What "switching automatically" comes to: four digits or more at an end, six inside, go in pairs."""
    text = "".join(chr(value + 32) for value in values[1:])
    found, place, kind = [], 0, ""
    while place < len(text):
        digits = len(re.match("[0-9]*", text[place:])[0])  # type: ignore[index] # matches nothing at least
        ends = place == 0 or place + digits == len(text)
        if digits >= (4 if ends else 6) and digits % 2 == 0:
            found += [{"": 105, "B": 99, "C": 99}[kind]]
            found += [int(text[n : n + 2]) for n in range(place, place + digits, 2)]
            place, kind = place + digits, "C"
        else:
            found += [] if kind == "B" else [100 if kind else 104]
            found.append(ord(text[place]) - 32)
            place, kind = place + 1, "B"
    return found
