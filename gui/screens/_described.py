"""What a person says of an unknown wire himself: how its frames begin, say their length and end; or its registers."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.widgets import boxes
from gui.widgets.field import Field
from gui.widgets.form import Form
from gui.widgets.label import Label
from lims.text import mark

CHECKS = tuple((one, f"word.wire_check.{one}") for one in ("none", "sum8", "xor8", "crc8", "crc16"))
ORDERS = (("little", mark("low byte first")), ("big", mark("high byte first")))
WORDS = (("big", mark("high word first")), ("little", mark("low word first")))
TYPES = tuple((one, one) for one in ("uint16", "int16", "uint32", "int32", "float32"))

FRAME = (
    Field("start", mark("Begins with"), required=True, slash=False, hint=mark("bytes in hex, such as AA 55")),
    Field("end", mark("Ends with"), slash=False, hint=mark("a byte in hex; nothing where it has no end")),
    Field(
        "length_at", mark("Length stands at byte"), required=True, slash=False, hint=mark("counted from 0")
    ),
    Field("length_width", mark("Bytes of the length"), required=True, slash=False),
    Field("length_order", mark("Order of the length"), "choice", ORDERS, required=True),
    Field("length_plus", mark("Whole frame = length +"), required=True, slash=False),
    Field("check", mark("Check"), "choice", CHECKS, required=True),
    Field(
        "covers_from", mark("Check covers from byte"), required=True, slash=False, hint=mark("counted from 0")
    ),
)
REGISTERS = (
    Field("unit_id", mark("Unit number"), required=True, slash=False, hint=mark("1 to 247")),
    Field("function", mark("Function"), "choice", (("3", "03"), ("4", "04")), required=True),
    Field("word_order", mark("Order of words"), "choice", WORDS, required=True),
    Field(
        "status",
        mark("Register of the status"),
        required=True,
        slash=False,
        hint=mark("40001 of a manual is 0"),
    ),
    Field("ready", mark("Status when finished"), required=True, slash=False),
    Field("run_number", mark("Register of the run number"), required=True, slash=False),
    Field("value", mark("Register of the first value"), required=True, slash=False),
    Field("type", mark("Kind of number"), "choice", TYPES, required=True),
    Field("scale", mark("Times"), slash=False, hint=mark("0.1 where 374 means 37.4")),
    Field("channels", mark("Number of channels"), required=True, slash=False),
    Field("stride", mark("Registers from channel to channel"), required=True, slash=False),
    Field("item", mark("Item"), slash=False),
    Field("unit", mark("Unit"), slash=False),
)


class Described(QWidget):
    """One of the two forms, in place of what was heard.

    Signals:
        changed: somebody typed.
    """

    changed = Signal()

    def __init__(self, head: str, fields: tuple[Field, ...]) -> None:
        super().__init__()
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
        return {name: text for name, text in self.form.raw().items() if text}
