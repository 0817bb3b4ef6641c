"""What is seen on a bag that came in: condition, seal as read, temperature, quantity, and the reason."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gui import typed
from gui.widgets import boxes, terms
from gui.widgets.field import NOTHING, Field, FieldBox
from gui.widgets.label import Button, Label
from lims.rules import regulation
from lims.services.sample import Seen
from lims.text import mark, t

SEAL_DEFECTS = ("broken", "missing")
LETTERS = {"S": "seal", "T": "temperature", "Q": "quantity", "R": "reason"}
FIELDS = (
    Field("seal", mark("S  Seal as read on the bag"), slash=False),
    Field("temperature", mark("T  Temperature"), "number", unit="℃", hint=mark("Blank: not measured")),
    Field("quantity", mark("Q  Quantity"), hint=mark("Blank: not measured")),
    Field("reason", mark("R  Reason"), slash=False, hint=mark("Needed for a defect or a refusal")),
)


class SeenPanel(QWidget):
    """Digits choose what is wrong; nothing is chosen beforehand, and the seal is what somebody read.

    Signals:
        changed: something was chosen or typed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._expected, self._condition, self._seal_defect = "", "", ""
        conditions = [term.code for term in regulation.vocabulary("condition")]
        self.codes = [*conditions, *SEAL_DEFECTS]
        self.chips = [Button("", key=str(at)) for at, _ in enumerate(self.codes, start=1)]
        grid = boxes.grid(gap=4)
        for at, chip in enumerate(self.chips):
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.clicked.connect(lambda *_, at=at: self.choose(at))
            grid.addWidget(chip, at // 2, at % 2)
        self.fields = {field.name: FieldBox(field) for field in FIELDS}
        for box in self.fields.values():
            box.edited.connect(self.changed)
        self._seal_note = Label(role="small", wrap=True)
        column = boxes.column(
            Label(mark("What is seen"), "head"), grid, self.fields["seal"], self._seal_note,
            boxes.row(self.fields["temperature"], self.fields["quantity"], gap=8), self.fields["reason"], None,
            of=self, gap=6,
        )  # fmt: skip
        column.setContentsMargins(0, 0, 0, 0)
        self.begin("")

    def begin(self, expected: str) -> None:
        """Begin with another bag, whose form names this seal."""
        self._expected, self._condition, self._seal_defect = expected, "", ""
        for box in self.fields.values():
            box.put("")
        self.dress()

    def choose(self, at: int) -> None:
        """Choose a condition or a defect of the seal by its place, from 0; a seal's defect again takes it back."""
        if not 0 <= at < len(self.codes):
            return
        code = self.codes[at]
        if code in SEAL_DEFECTS:
            self._seal_defect = "" if self._seal_defect == code else code
            if self._seal_defect == "missing":
                self.fields["seal"].put("")
        else:
            self._condition = code
        self.dress()
        self.changed.emit()

    def read_seal(self, seal: str) -> None:
        """Take the seal's number as a scanner or a person read it."""
        self.fields["seal"].put(seal)
        self.dress()

    def dress(self) -> None:
        """Show what is chosen, in the language of the moment."""
        for at, (code, chip) in enumerate(zip(self.codes, self.chips, strict=True), start=1):
            chosen = code in {self._condition, self._seal_defect}
            word = terms.term("seal_state" if code in SEAL_DEFECTS else "condition", code)
            chip.say(f"✓ {word}" if chosen else word, str(at))
            chip.setChecked(chosen)
        self._seal_note.put(self._seal_words())
        self._seal_note.role("wrong" if self.seal_state() == "mismatch" else "small")

    def _seal_words(self) -> str:
        if not self._expected:
            return ""
        if self.seal_state() == "mismatch":
            return t("✗ The form says {seal}.", seal=self._expected)
        if self.seal_state() == "intact":
            return t("✓ As the form says.")
        return t("The form says {seal}.", seal=self._expected)

    # What it means ----------------------------------------------------------------------------------------

    def seal(self) -> str:
        """Return the seal as read, "/" for a bag without one, empty while nobody read it."""
        return NOTHING if self._seal_defect == "missing" else self.fields["seal"].raw().strip()

    def seal_state(self) -> str:
        """Return the code of the seal's state, or an empty text while nobody read the seal."""
        if self._seal_defect:
            return self._seal_defect
        if not self.seal():
            return ""
        return "intact" if self.seal() == self._expected else "mismatch"

    @property
    def untouched(self) -> bool:
        """Whether no defect was chosen and no seal read."""
        return self._condition in {"", "good"} and not self._seal_defect and not self.seal()

    @property
    def defect(self) -> bool:
        """Whether something is not as it should be."""
        return self._condition not in {"", "good"} or self.seal_state() not in {"", "intact"}

    def reason(self) -> str:
        """Return the reason given."""
        return self.fields["reason"].raw().strip()

    def missing(self, *, accept: bool) -> Sequence[str]:
        """Return what must still be said before the bag is taken in or refused, in words."""
        wanted = []
        if not self.seal_state():
            wanted.append(t("the seal as read (S, or scan it)"))
        if not accept and not self._condition:
            wanted.append(t("the condition (digits)"))
        if (self.defect or not accept) and not self.reason():
            wanted.append(t("the reason (R)"))
        if self.fields["temperature"].problem():
            wanted.append(t("a temperature that is a number"))
        return wanted

    def seen(self) -> Seen:
        """Return what was seen; no chosen condition is "good", which the key says that takes it in."""
        temperature = self.fields["temperature"].value()
        degrees = "" if temperature in {None, NOTHING} else typed.shown(temperature)  # type: ignore[arg-type]  # a number is what is left
        return Seen(
            condition=self._condition or "good",
            seal_state=self.seal_state(),
            seal=self.seal(),
            temperature=f"{degrees} ℃" if degrees else NOTHING,
            quantity=self.fields["quantity"].raw().strip() or NOTHING,
        )
