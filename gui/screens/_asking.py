"""Asks for a few things in place, without a dialog: secrets typed twice, figures, a second person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from gui.desk import Action, Desk
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.secret import LONGEST, secret
from lims.text import mark, t

UNEQUAL = mark("The two differ. Type both again.")


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: name, label (message id), whether its characters stay unseen, and what stands in it first.

    `same_as` names the field whose content must be typed here once more.
    """

    name: str
    label: str
    unseen: bool = True
    value: str = ""
    same_as: str = ""


class Asking(QFrame):
    """While it is open, Enter and Esc belong to it; what is typed leaves it only for the act.

    Signals:
        ended: nothing is asked any more.
    """

    ended = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._word, self._back, self._busy = "", None, False  # type: str, QWidget | None, bool
        self._act: Callable[[dict[str, str]], None] = lambda _: None
        self._asked: tuple[Asked, ...] = ()
        self.fields: dict[str, QLineEdit] = {}
        self._head, self._note = Label(role="head", wrap=True), Label(role="muted", wrap=True)
        self._wrong = Label(role="wrong", wrap=True)
        self._inside = boxes.column(gap=4)
        boxes.column(self._head, self._note, self._inside, self._wrong, None, of=self, gap=8)
        self.hide()

    def begin(
        self,
        head: str,
        note: str,
        asked: Sequence[Asked],
        word: str,
        act: Callable[[dict[str, str]], None],
        back: QWidget,
    ) -> None:
        """Ask.

        Args:
            head: what it is about, in words already translated.
            note: what the person should know, in words already translated.
            asked: the fields.
            word: message id of the act.
            act: takes what was typed, by name; it ends with `done` or `refuse`.
            back: gets the cursor when the asking ends.
        """
        self._asked, self._word, self._act, self._back, self._busy = tuple(asked), word, act, back, False
        self._head.put(head)
        self._note.put(note)
        self._wrong.put("")
        boxes.clear(self._inside)
        self.fields = {one.name: self._field(one) for one in asked}
        for one in asked:
            self._inside.addWidget(Label(one.label, "muted"))
            self._inside.addWidget(self.fields[one.name])
        self.show()
        self.fields[asked[0].name].setFocus()
        self._desk.changed.emit()

    def _field(self, one: Asked) -> QLineEdit:
        field = secret(one.label) if one.unseen else QLineEdit(one.value)
        field.setMaxLength(LONGEST)
        field.setAccessibleName(t(one.label))
        field.textChanged.connect(lambda _: self._desk.changed.emit())
        return field

    @property
    def active(self) -> bool:
        """Whether something is being asked."""
        return not self.isHidden()

    def acts(self) -> list[Action]:
        """Return what the two keys do."""
        gaps = [t(one.label) for one in self._asked if not self.fields[one.name].text()]
        missing = t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""
        return [
            Action(mark("Back"), "Escape", self.done),
            Action(self._word, "Return", self._give, primary=True,
                   missing=t("one moment") if self._busy else missing),
        ]  # fmt: skip

    def step(self) -> bool:
        """Go from the field with the cursor to the first empty one; False when nothing is empty."""
        empty = next((field for field in self.fields.values() if not field.text()), None)
        if empty is not None:
            empty.setFocus()
        return empty is not None

    def done(self) -> None:
        """Ask no more; nothing that was typed stays."""
        for field in self.fields.values():
            field.clear()
        self._busy = False
        self.hide()
        self.ended.emit()
        if self._back is not None:
            self._back.setFocus()
        self._desk.changed.emit()

    def refuse(self, sentence: str, names: Sequence[str] = ()) -> None:
        """Say what is wrong and empty the named fields; the first of them gets the cursor."""
        self._busy = False
        self._wrong.put(sentence)
        for name in names:
            self.fields[name].clear()
        self.fields[names[0] if names else self._asked[0].name].setFocus()
        self._desk.changed.emit()

    def _give(self) -> None:
        values: Mapping[str, str] = {name: field.text() for name, field in self.fields.items()}
        for one in self._asked:
            if one.same_as and values[one.name] != values[one.same_as]:
                self.refuse(t(UNEQUAL), (one.same_as, one.name))
                return
        self._busy = True
        self._wrong.put("")
        self._desk.changed.emit()
        self._act(dict(values))
