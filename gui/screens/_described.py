"""What a person says of an unknown wire himself: how its frames begin, say their length and end; or its registers."""

import re
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui import typed
from gui.widgets import boxes
from gui.widgets.field import Field, Value
from gui.widgets.form import Form
from gui.widgets.label import Label
from lims.text import mark, t

CHECKS = tuple((one, f"word.wire_check.{one}") for one in ("none", "sum8", "xor8", "crc8", "crc16"))
ORDERS = (("little", mark("low byte first")), ("big", mark("high byte first")))
WORDS = (("big", mark("high word first")), ("little", mark("low word first")))
TYPES = tuple((one, one) for one in ("uint16", "int16", "uint32", "int32", "float32"))

MOST = 65535
"""The last register of a wire."""


def _number(
    name: str, label: str, most: int = MOST, least: int = 0, hint: str = "", *, needed: bool = True
) -> Field:
    """Ask for a whole number within bounds."""
    return Field(name, label, required=needed, slash=False, hint=hint, check=partial(_whole, least, most))


def _whole(least: int, most: int, value: Value) -> str:
    said = str(value).strip()
    fits = re.fullmatch(r"\d{1,5}", said) is not None and least <= int(said) <= most
    return "" if fits else t("Write a whole number from {least} to {most}.", least=least, most=most)


def _hex(value: Value) -> str:
    said = str(value).strip()
    return "" if re.fullmatch(r"([0-9A-Fa-f]{2} ?)*", said) else t("Write bytes in hex, such as AA 55.")


def _factor(value: Value) -> str:
    number = typed.read_number(str(value or "1"))
    return "" if number is not None and number > 0 else t("Write a number above 0.")


FROM_0 = mark("counted from 0")
FRAME = (
    Field("start", mark("Begins with"), required=True, slash=False, hint=mark("bytes in hex, such as AA 55"),
          check=_hex),
    Field("end", mark("Ends with"), slash=False, hint=mark("a byte in hex; nothing where it has no end"), check=_hex),
    _number("length", mark("Whole length, where it never changes"), 4096, 2, needed=False),
    _number("length_at", mark("Length stands at byte"), 16, hint=FROM_0, needed=False),
    _number("length_width", mark("Bytes of the length"), 2, 1, needed=False),
    Field("length_order", mark("Order of the length"), "choice", ORDERS),
    _number("length_plus", mark("Whole frame = length +"), 64, needed=False),
    Field("check", mark("Check"), "choice", CHECKS, required=True),
    _number("covers_from", mark("Check covers from byte"), 16, hint=FROM_0),
)  # fmt: skip
REGISTERS = (
    _number("unit_id", mark("Unit number"), 247, 1, hint=mark("1 to 247")),
    Field("function", mark("Function"), "choice", (("3", "03"), ("4", "04")), required=True),
    Field("word_order", mark("Order of words"), "choice", WORDS, required=True),
    _number("status", mark("Register of the status"), hint=mark("40001 of a manual is 0")),
    _number("ready", mark("Status when finished")),
    _number("run_number", mark("Register of the run number")),
    _number("value", mark("Register of the first value")),
    Field("type", mark("Kind of number"), "choice", TYPES, required=True),
    Field("scale", mark("Times"), slash=False, hint=mark("0.1 where 374 means 37.4"), check=_factor),
    _number("channels", mark("Number of channels"), 125, 1),
    _number("stride", mark("Registers from channel to channel"), 125),
    Field("item", mark("Item"), slash=False),
    Field("unit", mark("Unit"), slash=False),
)


KINDS = (
    ("uint", mark("whole number")),
    ("int", mark("whole number, also below 0")),
    ("bcd", mark("BCD, a digit each half byte")),
    ("text", mark("digits as text")),
)
COUNTED = (
    Field("item", mark("Item of every reading"), slash=False, hint=mark("where no column says it")),
    Field("unit", mark("Unit of every reading"), slash=False, hint=mark("where no column says it")),
    Field("scale", mark("Value times"), slash=False, hint=mark("0.1 where 374 means 37.4"), check=_factor),
    Field("type", mark("Bytes of the value are"), "choice", KINDS),
    Field(
        "order",
        mark("Order of its bytes"),
        "choice",
        (("big", mark("high byte first")), ("little", mark("low byte first"))),
    ),
)
FILE = (Field("file", mark("Description of another laboratory"), "file", required=True, slash=False),)


class Described(QWidget):
    """A form in place of what was heard.

    Args:
        head: above it.
        fields: what it asks.
        word: on the button that takes its answers.
        expects: what to do, in one sentence.

    Signals:
        changed: somebody typed.
    """

    changed = Signal()

    def __init__(self, head: str, fields: tuple[Field, ...], word: str, expects: str) -> None:
        super().__init__()
        self.word, self.expects = word, expects
        self.form = Form(fields)
        self.form.changed.connect(self.changed)
        boxes.column(Label(head, "head"), self.form, of=self, edge=(0, 0, 8, 0), gap=4).setStretch(1, 1)

    def begin(self, said: Mapping[str, str]) -> None:
        """Show what is known already."""
        known = {name: said[name] for name in self.form.boxes if said.get(name)}
        self.form.fill(known)
        next(iter(self.form.boxes.values())).setFocus()

    def said(self) -> dict[str, str]:
        """What was typed; empty fields are left out."""
        known = {name: text for name, text in self.form.raw().items() if text}
        factor = typed.read_number(known.get("scale", ""))
        return known | ({"scale": f"{factor:f}"} if factor is not None else {})


def frames() -> Described:
    """Return the form of frames."""
    return Described(
        mark("How its frames look"), FRAME, mark("Read with these frames"),
        mark("Take start, length, check and end from the manual; what was heard is read once more."),
    )  # fmt: skip


def registers() -> Described:
    """Return the form of a reader's registers."""
    return Described(
        mark("Its registers"), REGISTERS, mark("Save the map"),
        mark("Take the addresses from the manual's table of registers; a reader on Modbus is asked, not heard."),
    )  # fmt: skip


def counted() -> Described:
    """Return the form of what no byte says."""
    return Described(
        mark("What the device does not say itself"), COUNTED, mark("Read with these"),
        mark("Item and unit of every reading, and what the value is multiplied by; compare with the display."),
    )  # fmt: skip


def foreign() -> Described:
    """Return the form of another laboratory's description."""
    return Described(
        mark("What another laboratory described"), FILE, mark("Take it in"),
        mark("Choose the file that another laboratory exported on Instruments; it is checked first."),
    )  # fmt: skip
