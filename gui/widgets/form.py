"""A form in the order of the paper: two columns of fields (one in a van), a draft on disk, and progress."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from gui import theme
from gui.widgets import boxes
from gui.widgets.draft import Draft
from gui.widgets.field import Field, FieldBox, Value
from gui.widgets.label import Label
from gui.work import Work
from lims.text import t

STEPS_KEPT = 100
SECTION_WIDTH = 112


class Form(QScrollArea):
    """Fields built from their descriptions.

    Signals:
        changed: an answer changed; the action bar shows the progress anew.
        restored: a draft came back; takes the number of answers.
    """

    changed = Signal()
    restored = Signal(int)

    def __init__(self, fields: Sequence[Field], columns: int = 2) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._columns = 1 if theme.current().layout == "touch" else columns
        self.boxes = {field.name: FieldBox(field) for field in fields}
        self._draft: Draft | None = None
        self._past: list[dict[str, str]] = [{}]
        self._quiet = False
        self._lay(fields)
        for box in self.boxes.values():
            box.edited.connect(self._edited)

    def _lay(self, fields: Sequence[Field]) -> None:
        inside = QWidget()
        grid = boxes.grid(inside, edge=(16, 12, 16, 12), gap=8)
        grid.setHorizontalSpacing(theme.current().px(16))
        row, at, section = 0, 0, ""
        for field in fields:
            if field.section != section:
                row, at, section = row + (at > 0), 0, field.section
                row += self._head(grid, section, row)
            wide = field.wide or self._columns == 1
            if wide and at:
                row, at = row + 1, 0
            grid.addWidget(self.boxes[field.name], row, at + 1, 1, self._columns if wide else 1)
            at = 0 if wide else (at + 1) % self._columns
            row += at == 0
        self._finish(grid, row + 1)
        self.setWidget(inside)

    def _head(self, grid: QGridLayout, section: str, row: int) -> int:
        """Put a section's head at the left of its first row, or above it in a van; return the rows taken."""
        head, above = Label(section, "head", wrap=True), self._columns == 1
        head.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        if above:
            grid.addWidget(head, row, 1)
            return 1
        look = theme.current()
        head.setFixedWidth(look.px(SECTION_WIDTH))
        head.setContentsMargins(0, look.px(SECTION_WIDTH // 5), 0, 0)
        grid.addWidget(head, row, 0)
        return 0

    def _finish(self, grid: QGridLayout, last: int) -> None:
        for column in range(1, self._columns + 1):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(last, 1)

    # Answers ----------------------------------------------------------------------------------------------

    def values(self) -> dict[str, Value]:
        """Return what was understood, by name; None is no answer."""
        return {name: box.value() for name, box in self.boxes.items()}

    def raw(self) -> dict[str, str]:
        """Return what was typed, by name, without empty ones."""
        return {name: typed for name, box in self.boxes.items() if (typed := box.raw())}

    def fill(self, answers: Mapping[str, str]) -> None:
        """Write answers as if they had been typed; unknown names are passed over."""
        for name, typed in answers.items():
            if name in self.boxes:
                self.boxes[name].put(typed)

    def clear(self, keep: Sequence[str] = ()) -> None:
        """Empty the form for the next one, but for the named answers; its draft goes."""
        kept = {name: typed for name, typed in self.raw().items() if name in keep}
        self._write(kept)
        self._past = [kept]
        if self._draft is not None:
            self._draft.drop()
        self.changed.emit()

    def progress(self) -> tuple[int, int]:
        """Return how many questions are answered rightly, and how many there are (checks are not counted)."""
        asked = [box for box in self.boxes.values() if box.field.kind != "check"]
        return sum(box.filled for box in asked), len(asked)

    def missing(self) -> list[str]:
        """Return the labels of required fields without a right answer, and of wrong ones, translated."""
        return [t(box.field.label) for box in self.boxes.values() if box.problem()]

    def complete(self) -> bool:
        """Show every problem under its field, go to the first, and return whether there is none."""
        wrong = [box for box in self.boxes.values() if not box.insist()]
        if wrong:
            wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(wrong[0])
        return not wrong

    def refuse(self, name: str, sentence: str) -> None:
        """Show under a field what the laboratory found wrong."""
        self.boxes[name].refuse(sentence)

    # Draft and undo ---------------------------------------------------------------------------------------

    def keep_draft(self, path: Path, work: Work) -> None:
        """Keep what is typed in a file from now on, and bring back what it holds."""
        self._draft = Draft(path, work, self.raw)
        self._draft.load(self._bring_back)

    def _bring_back(self, answers: dict[str, str]) -> None:
        known = {name: typed for name, typed in answers.items() if name in self.boxes and typed}
        fresh = {name: typed for name, typed in known.items() if not self.boxes[name].raw()}
        self.fill(fresh)
        if fresh:
            self.restored.emit(len(fresh))

    def undo(self) -> bool:
        """Take the last change of an answer back; False when there is nothing to take back."""
        now = self.raw()
        while self._past and self._past[-1] == now:
            self._past.pop()
        if not self._past:
            self._past = [now]
            return False
        self._write(self._past[-1])
        self.changed.emit()
        return True

    def _write(self, answers: Mapping[str, str]) -> None:
        self._quiet = True
        for name, box in self.boxes.items():
            if box.raw() != answers.get(name, ""):
                box.put(answers.get(name, ""))
        self._quiet = False
        if self._draft is not None:
            self._draft.touch()

    def _edited(self) -> None:
        if self._quiet:
            return
        now = self.raw()
        if not _goes_on(self._past, now):
            self._past = self._past[-STEPS_KEPT:]
            self._past.append(now)
        else:
            self._past[-1] = now
        if self._draft is not None:
            self._draft.touch()
        self.changed.emit()


def _goes_on(past: Sequence[Mapping[str, str]], now: Mapping[str, str]) -> bool:
    """Say whether the last change and this one are letters of the same answer: then they are one step."""
    if len(past) < 2:
        return False
    return _changed(past[-2], past[-1]) == _changed(past[-1], now)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))
