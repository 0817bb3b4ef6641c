"""A handover between two people: who gives, who takes, where, under which seal, taken or refused."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QWidget

from gui.widgets import boxes, terms
from gui.widgets.field import Field
from gui.widgets.form import Form
from gui.widgets.label import Label
from lims.rules import regulation
from lims.rules.numbering import spell
from lims.services.sample import Handover
from lims.text import mark, t

YES, NO = "accepted", "refused"
KEPT = ("giver", "taker", "place")
DECISIONS = ((YES, mark("Taken over")), (NO, mark("Refused")))


def _vocabulary(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((term.code, terms.said((term.zh, term.en))) for term in regulation.vocabulary(name))


def fields() -> list[Field]:
    """Return the questions of a handover in the language of the moment."""
    return [
        Field("giver", mark("Given by"), required=True, slash=False),
        Field("taker", mark("Taken by"), required=True, slash=False),
        Field("place", mark("Place of the handover"), required=True, slash=False, wide=True),
        Field("seal", mark("Seal as read"), required=True),
        Field("seal_state", mark("State of the seal"), "choice", _vocabulary("seal_state"), required=True),
        Field("condition", mark("Condition"), "choice", _vocabulary("condition"), required=True),
        Field("decision", mark("Decision"), "choice", DECISIONS, required=True),
        Field("reason", mark("Reason of a refusal"), slash=False, wide=True),
    ]


class HandoverPanel(QWidget):
    """The form of one handover.

    Signals:
        changed: an answer changed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.number = ""
        self._title = Label(role="strong")
        self._lay()

    def _lay(self) -> None:
        self.form = Form(fields())
        self.form.changed.connect(self.changed)
        self._column = boxes.column(Label(mark("Handover"), "head"), self._title, self.form, of=self, gap=4)
        self._column.setStretchFactor(self.form, 1)

    def begin(self, number: str, food: str) -> None:
        """Begin with a sample; people and place stay from the one before."""
        self.number = number
        self._title.put(f"{spell(number)}  {food}" if number else "")
        self.form.clear(keep=KEPT)

    def retranslate(self) -> None:
        """Ask anew in the language of the moment; what was typed stays."""
        typed, old = self.form.raw(), self.form
        focused = next(
            (name for name, box in old.boxes.items() if box.focusProxy() is QApplication.focusWidget()), ""
        )
        self.form = Form(fields())
        self._column.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.form.fill(typed)
        self.form.changed.connect(self.changed)
        if focused:
            self.form.boxes[focused].setFocus()

    def accepted(self) -> bool:
        """Tell whether the bag was taken over."""
        return self.form.raw().get("decision") != NO

    def reason(self) -> str:
        """Return the reason of a refusal."""
        return self.form.raw().get("reason", "").strip()

    def missing(self) -> Sequence[str]:
        """Return what must still be said, in words."""
        wanted = self.form.missing()
        if not self.accepted() and not self.reason():
            wanted.append(t("Reason of a refusal"))
        return wanted

    def handover(self) -> Handover:
        """Return what was said."""
        said = {name: text.strip() for name, text in self.form.raw().items()}
        return Handover(
            said["giver"], said["taker"], said["place"], said["seal"], said["seal_state"], said["condition"]
        )
