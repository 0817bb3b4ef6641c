"""Sampling: the form in the order of the paper, filled in a minute when the business is known."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from gui.desk import Action, Desk, Scan
from gui.screens._again import Again
from gui.widgets import boxes, terms
from gui.widgets.known import GOODS, KnownSide
from gui.widgets.paperform import PaperForm
from lims.errors import Invalid, Problem
from lims.queries import businesses, places, plans
from lims.queries.businesses import Known
from lims.queries.places import Reporting
from lims.rules import form as rules
from lims.services import sample
from lims.text import mark, t

TITLE = mark("Sampling")
ICON = "sampling"
ORDER = 20
OFTEN = "sampler"
NEEDS = "sampler"

CODE_FIELDS = ("seal", "trace_code", "batch", "credit_code")
CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
NAMED = 3
"""How many missing fields the sentence names."""

NUMBER_LATER = mark(
    "This is a sample's number; a form gets its own when it is saved. Ctrl+K opens that sample."
)
WHICH_FIELD = mark("Where does {code} belong? Put the cursor into the field first, then scan.")


class Screen(QWidget):
    """The form and what helps to fill it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._saving, self._saved, self._warned = False, "", False
        self._same, self.drawn_before = ("", ""), list[str]()
        self._before = Again(desk, self, self._ask_before, self._came_before)
        self.form = PaperForm()
        self.side = KnownSide(desk)
        self.side.picked.connect(self.take_business)
        self.side.wanted.connect(self.take_food)
        self.side.again.connect(self.take_quantities)
        whole = boxes.row(self.form, self.side, of=self, edge=(0, 0, 12, 0), gap=0)
        whole.setStretch(0, 1)
        self.form.changed.connect(self._changed)
        self.form.restored.connect(self._restored)
        if desk.ties.drafts and desk.session:
            self.form.keep_draft(desk.ties.drafts / f"sampling-{desk.session.account}.json", desk.work)
        for key, act in (("F2", self.side.search.setFocus), *self._good_keys()):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _good_keys(self) -> list[tuple[str, Callable[[], object]]]:
        goods = [(f"Ctrl+{at + 1}", partial(self.side.press_good, at)) for at in range(GOODS)]
        return [*goods, ("Ctrl+0", self.side.quantities.click)]

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: object) -> None:
        """Put the cursor where the work goes on."""
        self.side.ask()
        self.side.ask_goods()
        self.desk.ask(places.reporting, then=self._learn, latest="sampling.towns", owner=self)
        if self.form.raw():
            self.form.to_first_gap()
        else:
            self.side.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _learn(self, found: Sequence[Reporting]) -> None:
        towns = [one for one in found if one.kind == "township"]
        terms.learn({one.code: one.name for one in towns})
        self.form.offer_townships()

    def refresh(self, _: object) -> None:
        """Nothing of other people changes a form."""

    def retranslate(self) -> None:
        """Speak the language of the moment."""
        self.form.retranslate()
        self.side.retranslate()

    def sentence(self) -> str:
        """Say how far the form is and what is missing."""
        done, whole = self.form.progress()
        gaps = self.form.gaps()
        if not self.form.raw() or (self._saved and not self.form.boxes["food"].raw()):
            return self._beginning()
        if self.drawn_before:
            return t("Drawn here in the last {days} days already: {numbers}. It may be saved all the same.",
                     days=plans.RECENT_DAYS, numbers=t("format.comma").join(self.drawn_before[:NAMED]))  # fmt: skip
        if gaps:
            named = t("format.comma").join(gaps[:NAMED])
            rest = t(" and {count} more", count=len(gaps) - NAMED) if len(gaps) > NAMED else ""
            return t(
                "{done}/{whole} filled. Still missing: {fields}", done=done, whole=whole, fields=named + rest
            )
        return t("{done}/{whole} filled. Ctrl+Enter saves and gives the number.", done=done, whole=whole)

    def _beginning(self) -> str:
        if self._saved:
            return t("Saved. The same business is kept for the next sample; F9 begins with another.")
        return t("Find the business by name or initials, or fill the form from the top.")

    def acts(self) -> list[Action]:
        """Offer what fills and what saves."""
        return [
            Action(mark("Now"), "F4", self.form.put_now),
            Action(mark("/ where empty"), "F6", self.put_slashes),
            Action(mark("Other business"), "F9", self.begin_anew),
            Action(mark("Save"), "Ctrl+Return", self.save, primary=True,
                   missing=t("one moment") if self._saving else ""),
        ]  # fmt: skip

    def scanned(self, scan: Scan) -> None:
        """Take a code into the field it belongs to."""
        focused = self.form.focused(CODE_FIELDS)
        if scan.ours:
            self.desk.refuse(t(NUMBER_LATER))
        elif focused:
            self._take_code(focused, scan.text)
        elif CREDIT_CODE.fullmatch(scan.text):
            self.side.search.setText(scan.text)
            self._take_code("credit_code", scan.text)
        elif not self.form.boxes["seal"].raw():
            self._take_code("seal", scan.text)
        else:
            self.desk.refuse(t(WHICH_FIELD, code=scan.text[:40]))

    def _take_code(self, name: str, code: str) -> None:
        self.form.fill({name: code})
        self.desk.sounds.good()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next field on Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers():
            self.focusNextChild()
            return
        super().keyPressEvent(event)

    # Filling ----------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._warned = False
        same = (self.form.boxes["business_name"].raw().strip(), self.form.boxes["food"].raw().strip())
        if same != self._same:
            self._same, self.drawn_before = same, []
            self._before.ask()
        self.desk.changed.emit()

    def _ask_before(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] | None:
        return (plans.duplicates, self._same, {}) if all(self._same) else None

    def _came_before(self, numbers: list[str]) -> None:
        self.drawn_before = numbers if all(self._same) else []
        self.desk.changed.emit()

    def _restored(self, count: int) -> None:
        self.desk.toast(t("The draft is back: {count} answers.", count=count))
        self.desk.changed.emit()

    def take_business(self, known: Known) -> None:
        """Fill in what is known of a business and go to the first gap."""
        self.form.fill(known.fields)
        self.form.to_first_gap()
        self.desk.toast(t("Filled in from the last time at {business}. Look it over.", business=known.name))

    def take_food(self, food: str) -> None:
        """Fill in a food that is drawn often, with what its last form said of it."""
        self.form.fill({"food": food})
        self.form.to_first_gap()
        self.desk.ask(businesses.of_food, food, then=lambda found: self._know_food(food, found),
                      latest="sampling.food", owner=self)  # fmt: skip

    def _know_food(self, food: str, found: dict[str, str]) -> None:
        """Fill what is still empty; quantities are offered, for a person alone knows what was taken."""
        raw = self.form.raw()
        if raw.get("food") != food:
            return
        blank = {name: found[name] for name in rules.OF_A_FOOD if name in found and not raw.get(name)}
        self.form.fill(blank)
        self.side.offer({name: found[name] for name in rules.QUANTITIES if name in found})
        self.form.to_first_gap()

    def take_quantities(self, quantities: dict[str, str]) -> None:
        """Fill in the quantities of the last time, because a person says that they are so again."""
        self.form.fill(quantities)
        self.form.to_first_gap()

    def put_slashes(self) -> None:
        """Write / into every empty field where nothing may stand, because a person says so."""
        count = self.form.put_slashes()
        self.form.to_first_gap()
        self.desk.toast(t("/ was written into {count} fields.", count=count))

    def begin_anew(self) -> None:
        """Empty the form for another business; what is not saved goes only when F9 is pressed again."""
        if not self._warned and any(self.form.boxes[name].raw() for name in ("food", "seal", "quantity")):
            self._warned = True
            self.desk.toast(t("This form is not saved. F9 once more empties it."), "warn")
            return
        self._saved, self._warned = "", False
        self.side.show_saved("", "")
        self.form.clear()
        self.side.search.clear()
        self.side.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    # Saving -----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Save the form, or show under each field what is wrong and go to the first."""
        self.form.complete()
        filled = self.form.filled()
        wrong = rules.problems(rules.tidy(filled))
        if wrong or self.form.missing():
            self._show_problems(wrong)
            return
        self._saving = True
        self.desk.changed.emit()
        record = " · ".join(filled[name] for name in ("food", "business_name", "quantity", "seal"))
        self.desk.do_signed(
            sample.draw, filled, records=[record], meaning="采样", failed=self._failed, left=self._ready,
            then=lambda number: self._done(number, filled["food"]),
        )  # fmt: skip

    def _ready(self) -> None:
        self._saving = False
        self.desk.changed.emit()

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        self.form.show_problems(problems)
        self.desk.sounds.bad()
        self.desk.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._saving = False
        if isinstance(error, Invalid) and error.problems:
            self._show_problems(error.problems)
        else:
            self.desk.complain(error)
        self.desk.changed.emit()

    def _done(self, number: str, food: str) -> None:
        self._saving, self._saved = False, number
        self.side.show_saved(number, food)
        self.form.clear(keep=rules.shared())
        self.form.to_field("food")
        self.desk.sounds.good()
        self.side.ask_goods()
        self.desk.changed.emit()


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that the gallery shows besides the first."""
    return [("wrong", screen.save)]
