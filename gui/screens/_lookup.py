"""What is looked for in the trail: words, a person, a kind of act, days; and an act with what it changed."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from gui import typed
from gui.screens import _codes, _values
from gui.screens._facts import Line
from gui.widgets import boxes
from lims import clock
from lims.queries.people import Person
from lims.queries.search import Changed, Detail, Wish
from lims.rules.numbering import is_number
from lims.rules.spelling import place
from lims.text import mark, t

KINDS = (
    "sample", "custody", "sealing", "portion", "store_room", "attach", "measure", "review", "certify", "plan",
    "equip", "enrol", "passwords", "sign", "seal", "keeping", "watch", "oversight", "erase", "labels", "witness",
    "stamp", "dispute", "limits", "edition",
)  # fmt: skip
"""Kinds of acts: the part of a verb before its dot."""
WORDS = mark("F2  Number, lot, instrument or any text of an entry")
FROM, TO = mark("From (day)"), mark("To (day)")


class Lookup(QWidget):
    """The line above the list of acts.

    Signals:
        changed: something else is looked for now.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words, self.person, self.kind = QLineEdit(), QComboBox(), QComboBox()
        self.first, self.last = QLineEdit(), QLineEdit()
        for field in (self.words, self.first, self.last):
            field.editingFinished.connect(self._edited)
        for box in (self.person, self.kind):
            box.currentIndexChanged.connect(self._edited)
        line = boxes.row(self.words, self.person, self.kind, self.first, self.last, of=self)
        for at, share in enumerate((5, 2, 2, 2, 2)):
            line.setStretch(at, share)
        self._people: tuple[Person, ...] = ()
        self._wish = Wish()
        self.retranslate()

    def retranslate(self) -> None:
        """Name everything anew."""
        for field, word in ((self.words, WORDS), (self.first, FROM), (self.last, TO)):
            field.setPlaceholderText(t(word))
            field.setAccessibleName(t(word))
        _fill(
            self.kind, t("Every kind of act"), [(kind, _codes.coded("kind_of_act", kind)) for kind in KINDS]
        )
        self.show_people(self._people)

    def show_people(self, people: Sequence[Person]) -> None:
        """Offer these people."""
        self._people = tuple(sorted(people, key=lambda one: place(one.name)))
        own = [("station", t("this station"))]
        _fill(self.person, t("Everybody"), [(one.id, one.name) for one in self._people] + own)

    def wish(self) -> Wish:
        """Return what is looked for."""
        words = self.words.text().strip()
        number = "".join(words.split()).upper()
        sample = number if is_number(number) else ""
        return Wish(
            sample=sample,
            words="" if sample else words,
            person=str(self.person.currentData() or ""),
            kind=f"{kind}." if (kind := str(self.kind.currentData() or "")) else "",
            first=typed.read_date(self.first.text(), clock.local(clock.now()).date()),
            last=typed.read_date(self.last.text(), clock.local(clock.now()).date()),
        )

    def _edited(self) -> None:
        wish = self.wish()
        if wish != self._wish:
            self._wish = wish
            self.changed.emit()


def _fill(box: QComboBox, everything: str, found: Sequence[tuple[str, str]]) -> None:
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        box.addItem(everything, "")
        for code, word in found:
            box.addItem(word, code)
        box.setCurrentIndex(max(0, box.findData(chosen)))
    box.setAccessibleName(everything)


def lines(found: Detail) -> list[Line]:
    """Return an act row by row: each value with what stood there before."""
    act = found.act
    head: list[Line] = [(t("Entry"), f"{act.station} {act.seq}", "strong"), (t("Reason"), act.why, "")]
    return [*head, *(line for row in found.rows for line in _row(row, found.names))]


def _row(row: Changed, names: Mapping[str, str]) -> list[Line]:
    head: Line = (_codes.coded("table", row.table), _values.key(row.key, names), "strong")
    told: list[Line] = []
    for name, *both in row.values:
        before, after = (_values.said(row.table, name, value, names) for value in both)
        words = after if row.new else t("{before} → {after}", before=before or "–", after=after or "–")
        told.append((_codes.coded("column", name), words, "" if row.new else "late"))
    return [head, *told]
