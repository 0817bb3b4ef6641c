"""The sampling form of the paper on the screen: its fields from the rules, its words, what it says when filled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from gui import moments
from gui.widgets import terms
from gui.widgets.field import NOTHING, Field, Value
from gui.widgets.form import Form
from gui.widgets.label import Label
from lims import clock, text
from lims.errors import Problem
from lims.rules import form as rules
from lims.text import mark, t

DRAWN_AT = "drawn_at"
AHEAD = timedelta(minutes=5)

MOMENT_HINT = mark("For example 905 or 8-3 905; F4 is now")
NO_MOMENT = mark(
    "This is no time. Write 905 or 9:05, with the day before it when it was another day: 8-3 905."
)
FUTURE = mark("This time is still to come. When it was another day, write the day before it: 8-3 905.")


def check_moment(value: Value) -> str:
    """Say what is wrong with a typed moment, or nothing."""
    now = clock.local(clock.now())
    found = moments.read(str(value), now)
    if found is None:
        return t(NO_MOMENT)
    return t(FUTURE) if found - now > AHEAD else ""


def described(one: rules.Field, section: str) -> Field:
    """Return a field of the form as the screen asks it, in the language of the moment."""
    options = tuple((option.code, terms.said((option.zh, option.en))) for option in one.options)
    if one.kind == "choice" and one.slash:
        options = ((NOTHING, NOTHING), *options)
    when = one.name == DRAWN_AT
    return Field(
        one.name,
        terms.said(one.label),
        one.kind if one.kind in {"choice", "date"} else "text",
        options,
        required=not one.slash,
        section=section,
        slash=one.slash,
        hint=MOMENT_HINT if when else "",
        check=check_moment if when else None,
    )


def fields() -> list[Field]:
    """Return the whole form in the order of the paper."""
    return [described(one, terms.said(part.label)) for part in rules.sections() for one in part.fields]


class PaperForm(Form):
    """The form in the order of the paper, two columns of it."""

    def __init__(self) -> None:
        super().__init__(fields())
        line = self.boxes[DRAWN_AT].focusProxy()
        if isinstance(line, QLineEdit):
            line.editingFinished.connect(lambda: self._write_moment(line.text()))

    def showEvent(self, event: QShowEvent) -> None:
        """Watch the window, whose end is the last chance to keep the draft."""
        super().showEvent(event)
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the last letters typed before the window closes and its threads end."""
        if event.type() == QEvent.Type.Close and watched is self.window() and self._draft is not None:
            self._draft.keep()
        return super().eventFilter(watched, event)

    def _write_moment(self, words: str) -> None:
        """Write a moment out in full when the cursor leaves its field, so that what was understood is seen."""
        found = moments.read(words, clock.local(clock.now()))
        if found is not None and not check_moment(words):
            self.fill({DRAWN_AT: moments.shown(found)})

    def offer_townships(self) -> None:
        """Offer the townships that are known by now."""
        self.boxes["township"].offer(tuple(terms.townships().items()))

    def put_now(self) -> None:
        """Write the present time, because a person says that it is drawn now."""
        self.fill({DRAWN_AT: moments.shown(clock.local(clock.now()))})

    def put_slashes(self) -> int:
        """Write / into every empty field where nothing may stand; return how many there were."""
        blank = [name for name, box in self.boxes.items() if box.field.slash and not box.raw().strip()]
        self.fill(dict.fromkeys(blank, NOTHING))
        return len(blank)

    def focused(self, names: Sequence[str]) -> str:
        """Return which of some fields has the cursor, or an empty text."""
        inputs = {name: self.boxes[name].focusProxy() for name in names}
        return next((name for name, line in inputs.items() if line is not None and line.hasFocus()), "")

    def gaps(self) -> list[str]:
        """Return the labels of what is not rightly filled yet."""
        return [box.field.label for box in self.boxes.values() if not box.filled]

    def to_field(self, name: str) -> None:
        """Put the cursor into a field and bring it into view."""
        self.boxes[name].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(self.boxes[name])

    def to_first_gap(self) -> None:
        """Put the cursor where something is missing."""
        gap = next((name for name, box in self.boxes.items() if not box.filled), "")
        if gap:
            self.to_field(gap)

    def filled(self) -> dict[str, str]:
        """Return the answers as the rules read them."""
        return {name: self._told(name) for name in self.boxes}

    def _told(self, name: str) -> str:
        box = self.boxes[name]
        value, raw = box.value(), box.raw().strip()
        if name == DRAWN_AT and raw:
            moment = moments.read(raw, clock.local(clock.now()))
            return moment.isoformat() if moment else raw
        return value.isoformat() if isinstance(value, date) else raw

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show under each field what the laboratory finds wrong, and go to the first that is wrong."""
        for problem in problems:
            box = self.boxes.get(problem.where)
            if box is not None and not (box.raw().strip() and box.problem()):
                box.refuse(text.sentence(replace(problem, where="")))
        wrong = {problem.where for problem in problems}
        first = next((name for name, box in self.boxes.items() if name in wrong or box.problem()), "")
        if first:
            self.to_field(first)

    def retranslate(self) -> None:
        """Ask every question in the language of the moment; what was typed stays."""
        heads = {label: terms.said(part.label) for part in rules.sections() for label in part.label}
        for field in fields():
            box = self.boxes[field.name]
            box.field = replace(box.field, label=field.label, options=field.options, section=field.section)
            QApplication.sendEvent(box, QEvent(QEvent.Type.LanguageChange))
        for label in self.findChildren(Label):
            if label.property("role") == "head" and label.text() in heads:
                label.put(heads[label.text()])
