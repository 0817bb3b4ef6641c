"""Evidence beside a list: facts with their names one under another, and the one line that asks for a reason."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.widgets import boxes
from gui.widgets.label import Label
from lims.text import mark, t

Line = tuple[str, str, str]
"""Name and words, both already translated, and a role of the style sheet (`wrong`, `late`, `muted`, or none)."""
NAMES = 104


class Facts(QScrollArea):
    """Names at the left, words at the right; scrolls by itself when there are many."""

    def __init__(self, names: int = NAMES) -> None:
        super().__init__()
        self._names = names
        self._shown: tuple[Line, ...] = ()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._grid = boxes.grid(self._inside, gap=4)
        self._grid.setHorizontalSpacing(theme.current().px(12))
        self.setWidget(self._inside)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show lines; one without words is left out."""
        kept = tuple(line for line in lines if line[1])
        if kept == self._shown:
            return
        self._shown = kept
        boxes.clear(self._grid)
        for at in range(self._grid.rowCount()):
            self._grid.setRowStretch(at, 0)
        for at, (name, words, role) in enumerate(kept):
            self._put(at, name, words, role)
        self._grid.setRowStretch(len(kept), 1)
        self._grid.setColumnStretch(1, 1)

    def _put(self, at: int, name: str, words: str, role: str) -> None:
        left, right = Label(role="muted", wrap=True), Label(role=role, wrap=True)
        left.put(name.replace("_", "_\u200b"))  # a device's own long name breaks there
        right.put(words)
        left.setFixedWidth(theme.current().px(self._names))
        left.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        right.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._grid.addWidget(left, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(right, at, 1)

    def words(self) -> str:
        """Return all that is shown, a line each."""
        return "\n".join(f"{name}: {words}" for name, words, _ in self._shown)


class Reason(QFrame):
    """Asks for a reason in place, without a dialog; while it is open, Enter and Esc belong to it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._desk = desk
        self._word = ""
        self._act: Callable[[str], None] = lambda _: None
        self._back: QWidget | None = None
        self._label, self.field = Label(role="strong", wrap=True), QLineEdit()
        self.field.textChanged.connect(lambda _: desk.changed.emit())
        boxes.column(self._label, self.field, of=self, edge=8, gap=4)
        self.hide()

    def begin(
        self, question: str, word: str, act: Callable[[str], None], back: QWidget, known: str = ""
    ) -> None:
        """Ask a question (message id); `act` takes the answer, `word` names the act, `back` gets the cursor.

        `known` stands in the field to be changed.
        """
        self._word, self._act, self._back = word, act, back
        self._label.say(question)
        self.field.setText(known)
        self.field.selectAll()
        self.field.setAccessibleName(t(question))
        self.show()
        self.field.setFocus()
        self._desk.changed.emit()

    @property
    def active(self) -> bool:
        """Whether a reason is being asked for."""
        return not self.isHidden()

    def acts(self) -> list[Action]:
        """Return what the two keys do while a reason is asked for."""
        missing = "" if self.field.text().strip() else t("a reason")
        return [
            Action(mark("Back"), "Escape", self.leave),
            Action(self._word, "Return", self._give, primary=True, missing=missing),
        ]

    def leave(self) -> None:
        """Ask no more."""
        self.hide()
        if self._back is not None:
            self._back.setFocus()
        self._desk.changed.emit()

    def _give(self) -> None:
        reason = self.field.text().strip()
        self.leave()
        self._act(reason)
