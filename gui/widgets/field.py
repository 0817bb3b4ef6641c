"""One field of a form: what it asks, its input, what was understood, and what is wrong, under itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui import theme, typed
from gui.widgets import boxes, icon
from gui.widgets.label import Label, set_property
from lims import clock
from lims.text import mark, t

Value = str | bool | date | time | Decimal | None
NOTHING = "/"
"""What the paper form writes where there is nothing to write."""

HINTS = {"date": typed.DATE_HINT, "time": typed.TIME_HINT, "number": typed.NUMBER_HINT}
REQUIRED = mark("Please fill this in, or write / where there is nothing.")
NO_DATE = mark("This is no date. Write it as 0803, 8-3 or 2026/8/3.")
NO_TIME = mark("This is no time of day. Write it as 905 or 9:05.")
NO_NUMBER = mark("This is no number, or it could mean two. Write it as 37.4.")
NOT_UNDERSTOOD = {"date": NO_DATE, "time": NO_TIME, "number": NO_NUMBER}


@dataclass(frozen=True, slots=True)
class Field:
    """What a form asks.

    Attributes:
        name: key of its value.
        label: message id.
        kind: text, secret, file, folder, choice, date, time, number, multiline or check.
        options: for a choice, (value, message id or data) each.
        required: whether the form is incomplete without it.
        section: message id of the section head it stands under.
        unit: written behind the input.
        hint: message id shown in the empty input.
        slash: whether "/" is an answer (nothing to write).
        check: takes the value, returns a sentence when it is wrong, else an empty text.
        wide: takes both columns.
    """

    name: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    required: bool = False
    section: str = ""
    unit: str = ""
    hint: str = ""
    slash: bool = True
    check: Callable[[Value], str] | None = None
    wide: bool = False


class FieldBox(QWidget):
    """A field on the screen.

    Signals:
        edited: something was typed or chosen.
    """

    edited = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._label, self._note = Label(role="muted"), Label(role="small", wrap=True)
        self._error = ""
        self._input = self._make()
        unit = Label(role="unit")
        unit.put(field.unit)
        line = boxes.row(self._input, unit, gap=4)
        line.setStretchFactor(self._input, 1)
        column: QVBoxLayout = boxes.column(self._label, line, self._note, of=self, gap=2)
        column.addStretch(1)
        unit.setVisible(bool(field.unit))
        self.setFocusProxy(self._input)
        self._label.setVisible(field.kind != "check")
        self._dress()

    # The input --------------------------------------------------------------------------------------------

    def _make(self) -> QWidget:
        made: QLineEdit | QComboBox | QPlainTextEdit | QCheckBox
        if self.field.kind == "choice":
            made = QComboBox()
            made.addItem("", "")
            for value, _ in self.field.options:
                made.addItem("", value)
            made.currentIndexChanged.connect(self._typed)
        elif self.field.kind == "multiline":
            made = QPlainTextEdit()
            made.setTabChangesFocus(True)
            made.setFixedHeight(3 * theme.current().size("control"))
            made.textChanged.connect(self._typed)
        elif self.field.kind == "check":
            made = QCheckBox()
            made.toggled.connect(self._typed)
        else:
            made = self._line()
        return made

    def offer(self, options: tuple[tuple[str, str], ...]) -> None:
        """Offer other choices; the chosen one stays chosen where it is still offered."""
        if not isinstance(self._input, QComboBox) or options == self.field.options:
            return
        chosen = self.raw()
        self.field = replace(self.field, options=options)
        self._input.blockSignals(True)
        self._input.clear()
        for value in ("", *(value for value, _ in options)):
            self._input.addItem("", value)
        self.put(chosen)
        self._input.blockSignals(False)
        self._dress()

    def _line(self) -> QLineEdit:
        made = QLineEdit()
        made.textChanged.connect(self._typed)
        made.editingFinished.connect(self.validate)
        if self.field.kind == "secret":
            made.setEchoMode(QLineEdit.EchoMode.Password)
        if self.field.kind in {"file", "folder"}:
            drawn = icon.load("search")
            made.addAction(drawn, QLineEdit.ActionPosition.TrailingPosition).triggered.connect(self._pick)
        return made

    def _pick(self) -> None:
        if self.field.kind == "folder":
            chosen = QFileDialog.getExistingDirectory(self, t(self.field.label), self.raw())
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, t(self.field.label))
        if chosen:
            self.put(chosen)

    def raw(self) -> str:
        """Return what stands in the input, as it was typed; this is what a draft keeps."""
        made = self._input
        if isinstance(made, QComboBox):
            return str(made.currentData() or "")
        if isinstance(made, QCheckBox):
            return "1" if made.isChecked() else ""
        if isinstance(made, QPlainTextEdit):
            return made.toPlainText()
        if self.field.kind in {"secret", "file", "folder"} and isinstance(made, QLineEdit):
            return made.text()
        return " ".join(made.text().split()) if isinstance(made, QLineEdit) else ""

    def put(self, raw: str) -> None:
        """Write into the input as if it had been typed."""
        made = self._input
        if isinstance(made, QComboBox):
            made.setCurrentIndex(max(0, made.findData(raw)))
        elif isinstance(made, QCheckBox):
            made.setChecked(raw == "1")
        elif isinstance(made, QPlainTextEdit):
            made.setPlainText(raw)
        elif isinstance(made, QLineEdit):
            made.setText(raw)

    # What it means ----------------------------------------------------------------------------------------

    def value(self) -> Value:
        """Return what was understood; None when nothing is known, "/" when there is nothing to write."""
        raw = self.raw().strip()
        if self.field.kind == "check":
            return raw == "1"
        if not raw:
            return None
        if typed.narrow(raw) == NOTHING and self.field.slash:
            return NOTHING
        if self.field.kind in NOT_UNDERSTOOD:
            return typed.read(self.field.kind, raw, clock.local(clock.now()))
        return raw

    @property
    def filled(self) -> bool:
        """Whether an answer stands here that is understood and right."""
        return bool(self.raw().strip()) and not self.problem()

    def problem(self) -> str:
        """Return what is wrong as a sentence, or an empty text."""
        raw, value = self.raw().strip(), self.value()
        if not raw and self.field.kind != "check":
            return t(REQUIRED) if self.field.required else ""
        if value is None:
            return t(NOT_UNDERSTOOD[self.field.kind])
        return self.field.check(value) if self.field.check and value != NOTHING else ""

    def validate(self) -> bool:
        """Show what is wrong under the field, and return whether it is right."""
        self._show(self.problem() if self.raw().strip() or self._error else "")
        return not self.problem()

    def insist(self) -> bool:
        """The same for a form that is to be saved: a missing answer is shown too."""
        self._show(self.problem())
        return not self._error

    def refuse(self, sentence: str) -> None:
        """Show what the laboratory found wrong with this answer."""
        self._show(sentence)

    def _typed(self) -> None:
        self._show(self.problem() if self._error else "")
        self.edited.emit()

    def _show(self, error: str) -> None:
        self._error = error
        set_property(self._input, "wrong", bool(error))
        self._input.setAccessibleDescription(error)
        self._note.role("wrong" if error else "small")
        self._note.put(error or self._understood())
        self._note.setVisible(bool(self._note.text()))

    def _understood(self) -> str:
        value = self.value()
        if isinstance(value, date | time | Decimal) and typed.shown(value) != self.raw().strip():
            return f"= {typed.shown(value)}"
        return ""

    # Language ---------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        word = t(self.field.label)
        self._label.put(f"{word} *" if self.field.required else word)
        self._input.setAccessibleName(word)
        hint = t(self.field.hint or HINTS.get(self.field.kind, ""))
        if isinstance(self._input, QLineEdit | QPlainTextEdit):
            self._input.setPlaceholderText(hint)
        if isinstance(self._input, QCheckBox):
            self._input.setText(word.replace("&", "&&"))
        if isinstance(self._input, QComboBox):
            for at, (_, shown) in enumerate(self.field.options, start=1):
                self._input.setItemText(at, t(shown))
        self._show(self.problem() if self._error else "")
