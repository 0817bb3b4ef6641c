"""Samples: search first, the list, and beside it one sample's life with the evidence behind each line."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QScrollArea, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.widgets import boxes, terms, trail
from gui.widgets.field import Field, FieldBox
from gui.widgets.label import Elided, Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from gui.widgets.timeline import Timeline
from gui.widgets.views import Views
from lims import text
from lims.evidence.signing import Signed
from lims.queries import samples, signatures
from lims.queries.trace import Trail
from lims.rules import regulation
from lims.rules.numbering import spell
from lims.services import sample as verbs
from lims.services import watch
from lims.text import mark, t

TITLE = mark("Samples")
ICON = "samples"
ORDER = 80
OFTEN = "sampler technician reviewer signatory manager"
NEEDS = None

PAUSE = 150
"""Milliseconds after a key until the search is asked."""

COLUMNS = (
    Column("number", mark("Number"), 166, sorts=False),
    Column("food", mark("Food"), 84, sorts=False),
    Column("business", mark("Business"), 156, sorts=False),
    Column("township", mark("Township"), 84, sorts=False),
    Column("drawn", mark("Drawn"), 92, sorts=False),
    Column("state", mark("State"), 108, sorts=False),
    Column("van", mark("Kept by"), 104, sorts=False),
)
EVIDENCE = (
    Column("name", mark("What"), 150, sorts=False),
    Column("value", mark("Recorded"), 260, sorts=False),
)
REASON = Field("reason", mark("Reason for voiding"), required=True, slash=False)


class Screen(QWidget):
    """The search, the list and the trail."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._rows: list[samples.Row] = []
        self._by, self._down = "number", True
        self._vans = False
        self._whole, self._trail, self._wanted, self._voiding = True, None, "", False  # type: bool, Trail | None, str, bool
        self._signed: list[Signed] = []
        self.search, self.states = QLineEdit(), QComboBox()
        self.table = Table(COLUMNS, desk.work, TITLE, mark("No sample fits."),
                           mark("Shorten the search, or draw the first sample."))  # fmt: skip
        self.table.hideColumn(len(COLUMNS) - 1)
        self.timeline = Timeline()
        self.evidence = Table(EVIDENCE, desk.work, mark("Evidence of the line"), mark("No line is open."),
                              mark("Choose a line above and press the space bar."))  # fmt: skip
        self.views = Views(self.table, desk.work, self._kept_in(), self._seen, self._see)
        self._split = QSplitter()
        self._number, self._what, self.reason = Label(role="result"), Elided(), FieldBox(REASON)
        self._later = QTimer(self)
        self._lay()
        self._connect()
        self.retranslate()

    def _kept_in(self) -> Path | None:
        """Return where this person's views are kept."""
        drafts, session = self.desk.ties.drafts, self.desk.session
        return drafts / f"views-samples-{session.account}.json" if drafts and session else None

    def _lay(self) -> None:
        top = boxes.row(self.search, self.states)
        top.setStretch(0, 1)
        left, right = QWidget(), QWidget()
        boxes.column(top, self.table, of=left, edge=(16, 12, 8, 12))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.timeline)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = boxes.column(self._number, self._what, scroll, self.evidence, self.reason,
                              of=right, edge=(8, 12, 16, 12), gap=6)  # fmt: skip
        column.setStretch(2, 3)
        column.setStretch(3, 2)
        self.reason.hide()
        self._split.addWidget(left)
        self._split.addWidget(right)
        self._split.setChildrenCollapsible(False)
        self._share(730)
        boxes.row(self._split, of=self)

    def _share(self, left: int) -> None:
        """Give the list so many pixels (at 100 %) of 1270, the trail the rest."""
        self._split.setSizes([theme.current().px(left), theme.current().px(1270 - left)])

    def _connect(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE)
        self._later.timeout.connect(self._ask)
        self.search.textChanged.connect(self._later.start)
        self.search.installEventFilter(self)
        self.states.currentIndexChanged.connect(self._ask)
        self.table.chosen.connect(self._chosen)
        self.table.horizontalHeader().setSortIndicatorClearable(True)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sorted)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.timeline.opened.connect(self._show_evidence)
        self.reason.edited.connect(self.desk.changed)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, number: str = "", states: Sequence[str] = (), words: str = "", **_: object) -> None:
        """Show what another screen asked for."""
        self._wanted = number
        if number or words or states:
            with QSignalBlocker(self.search), QSignalBlocker(self.states):
                self.search.setText(number or words)
                self.states.setCurrentIndex(
                    max(0, self.states.findData(states[0] if len(states) == 1 else ""))
                )
        self._ask()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's notice, or None
        """Read the list anew, and the trail when it was touched."""
        self._ask()
        touched = getattr(notice, "touched", None)
        if self._trail and (touched is None or any(key == self._trail.number for _, key in touched)):
            self._ask_trail(self._trail.number)

    def retranslate(self) -> None:
        """Write everything anew."""
        self.search.setPlaceholderText(t("F2  Number, food, business, initials or seal"))
        self.search.setAccessibleName(t("Search samples"))
        self.states.setAccessibleName(t("State"))
        chosen = self.states.currentData()
        with QSignalBlocker(self.states):
            self.states.clear()
            self.states.addItem(t("All states"), "")
            for one in regulation.vocabulary("state"):
                self.states.addItem(terms.state(one.code), one.code)
            self.states.setCurrentIndex(max(0, self.states.findData(chosen)))
        self._show_rows()
        if self._trail:
            self._show_trail(self._trail)

    def sentence(self) -> str:
        """Say what can be done here."""
        if self._voiding and self._trail:
            return t("{number} stays on record and counts no more.", number=spell(self._trail.number))
        if self._trail and self._trail.van:
            return t("Kept by {van}: read here, changed there.", van=self._trail.van)
        if self.timeline.hasFocus():
            return t("Arrows move along the trail, the space bar opens the evidence of a line.")
        if self._trail:
            return t("Enter goes into the trail of {number}.", number=spell(self._trail.number))
        return t("Type what you know of the sample.")

    def acts(self) -> list[Action]:
        """Offer the trail, and voiding to who may."""
        unknown = "" if self._trail else t("choose a sample first")
        away = t("only {van} itself may", van=self._trail.van) if self._trail and self._trail.van else unknown
        if self._voiding:
            missing = "" if self.reason.filled else t("still missing: {fields}", fields=t("Reason"))
            return [
                Action(mark("Leave it as it is"), "Escape", self._end_voiding),
                Action(
                    mark("Void this sample"),
                    "Return",
                    self._void,
                    primary=True,
                    destroys=True,
                    missing=missing,
                ),
            ]
        offered = [Action(mark("Search samples"), "F2", self._to_search),
                   Action(mark("Columns, views"), "F3", self.views.open)]  # fmt: skip
        if self.desk.papers is not None:
            offered.append(Action(mark("Whole life (PDF)"), "F7", self._life, missing=unknown))
            if self.desk.may(frozenset({"manager", "reviewer", "signatory"})):
                offered.append(Action(mark("Evidence bundle"), "F8", self._bundle, missing=unknown))
        if self.desk.may(frozenset({"manager"})):
            offered.append(Action(mark("Void"), "F9", self._begin_voiding, missing=away, destroys=True))
        return [*offered, Action(mark("Its trail"), "Return", self._to_trail, primary=True, missing=unknown)]

    def scanned(self, scan: Scan) -> None:
        """Look for a scanned number or seal."""
        self.search.setText(scan.text)
        self._wanted = scan.text
        self.desk.sounds.good()

    def back(self) -> bool:
        """Go from the trail back to the search, and from a search to all samples."""
        if self.timeline.hasFocus() or self.table.hasFocus():
            self._to_search()
        elif self.search.text():
            self.search.clear()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows of the search move in the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.table.step(step)
                return True
        return super().eventFilter(watched, event)

    # The list ---------------------------------------------------------------------------------------------

    def _wish(self) -> dict[str, Any]:
        state = self.states.currentData()
        return {"text": self.search.text(), "states": (state,) if state else ()}

    def _order(self, after: samples.Row | None = None) -> samples.Order:
        return samples.Order(self._by, self._down, after)

    def _sorted(self, column: int, way: Qt.SortOrder) -> None:
        """Sort where the samples are; without a column the newest come first."""
        by, down = (
            (COLUMNS[column].name, way == Qt.SortOrder.DescendingOrder) if column >= 0 else ("number", True)
        )
        if (by, down) != (self._by, self._down):
            self._by, self._down = by, down
            self._ask()

    def _seen(self) -> dict[str, object]:
        """Return what a kept view holds besides its columns."""
        return {
            "text": self.search.text(),
            "state": self.states.currentData(),
            "sort": self._by,
            "down": self._down,
        }

    def _see(self, view: Mapping[str, object]) -> None:
        """Show what a kept view holds; what it does not know stays."""
        names = [column.name for column in COLUMNS]
        by, down = str(view.get("sort", "number")), bool(view.get("down", True))
        way = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(self.search), QSignalBlocker(self.states):
            self.search.setText(str(view.get("text", "")))
            self.states.setCurrentIndex(max(0, self.states.findData(view.get("state"))))
        self.table.horizontalHeader().setSortIndicator(names.index(by) if by in names else -1, way)
        self._ask()

    def _ask(self) -> None:
        self._later.stop()
        if self.desk.session is not None:
            self.desk.ask(samples.page, then=self._take, latest="samples.page", owner=self,
                          order=self._order(), **self._wish())  # fmt: skip

    def _take(self, found: Sequence[samples.Row]) -> None:
        self._rows, self._whole = list(found), len(found) < samples.PAGE
        if not self._vans and any(row.van for row in found):
            self._vans = True
            self.table.showColumn(len(COLUMNS) - 1)
            self._share(730 + COLUMNS[-1].width)
        self._show_rows()
        self._choose()

    def _choose(self) -> None:
        """Keep the cursor, or put it on what was asked for, or on the only one that fits."""
        if self._wanted and self.table.choose("".join(self._wanted.split()).upper()):
            self._wanted = ""
        elif not self.table.current_key() and self._rows:
            self.table.choose(self._rows[0].number)
        elif not self._rows:
            self._forget()

    def _scrolled(self, value: int) -> None:
        bar = self.table.verticalScrollBar()
        if not self._whole and self._rows and value >= bar.maximum() - bar.pageStep():
            self._whole = True
            self.desk.ask(samples.page, then=self._take_more, latest="samples.more", owner=self,
                          order=self._order(self._rows[-1]), **self._wish())  # fmt: skip

    def _take_more(self, found: Sequence[samples.Row]) -> None:
        at = self.table.verticalScrollBar().value()
        self._rows += found
        self._show_rows()
        self.table.verticalScrollBar().setValue(at)
        self._whole = len(found) < samples.PAGE

    def _show_rows(self) -> None:
        self.table.show_rows([
            Row(row.number, (spell(row.number), row.food, row.business, terms.township(row.township),
                             text.date(row.drawn_at), terms.state(row.state), row.van),
                "muted" if row.state in {"void", "rejected"} else "")
            for row in self._rows
        ])  # fmt: skip

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()
        self.desk.changed.emit()

    # The trail --------------------------------------------------------------------------------------------

    def _chosen(self, number: str) -> None:
        if not number:
            self._forget()
        elif self._trail is None or self._trail.number != number:
            self._ask_trail(number)

    def _ask_trail(self, number: str) -> None:
        self.desk.work.run(watch.trail, self.desk.door, number, then=self._show_trail, latest="samples.trail",
                           owner=self, failed=self.desk.complain)  # fmt: skip

    def _forget(self) -> None:
        self._trail, self._voiding = None, False
        self._number.put("")
        self._what.put("")
        self.timeline.show_facts(())
        self.evidence.show_rows(())
        self.reason.hide()
        self.desk.changed.emit()

    def _show_trail(self, found: Trail) -> None:
        if self._trail is None or self._trail.number != found.number:
            self._end_voiding()
            self.evidence.show_rows(())
            self._signed = []
        self._trail = found
        if self.desk.session is not None:
            self.desk.ask(signatures.of_sample, found.number, then=partial(self._take_signed, found.number),
                          latest="samples.signed", owner=self)  # fmt: skip
        row = next((row for row in self._rows if row.number == found.number), None)
        self._number.put(spell(found.number))
        business = [row.business] if row else []
        van = [found.van] if found.van else []
        self._what.put(" · ".join([*van, found.food, *business, terms.state(found.state)]))
        self._show_lines()
        self.desk.changed.emit()

    def _take_signed(self, number: str, found: list[Signed]) -> None:
        if self._trail and self._trail.number == number:
            self._signed = found
            self._show_lines()

    def _show_lines(self) -> None:
        if self._trail:
            self.timeline.show_facts(list(trail.lines(self._trail, self._signed)))

    def _to_trail(self) -> None:
        self.timeline.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def _show_evidence(self, key: str) -> None:
        if self._trail and key:
            at = key.removeprefix(trail.SIGNED)
            signed = key.startswith(trail.SIGNED)
            rows = trail.signature(self._signed[int(at)]) if signed else trail.evidence(self._trail, key)
            self.evidence.show_rows([Row(str(at), pair) for at, pair in enumerate(rows)])

    # Papers -----------------------------------------------------------------------------------------------

    def _life(self) -> None:
        """Write everything that is known of the sample as PDF."""
        if self._trail and self.desk.papers:
            self._paper(self.desk.papers.life, self._trail.number, text.current())

    def _bundle(self) -> None:
        """Write what an auditor takes away: entries, proofs, bytes and the verifier."""
        if self._trail and self.desk.papers:
            self._paper(self.desk.papers.bundle, self._trail.number)

    def _paper(self, make: Callable[..., object], *told: str) -> None:
        self.desk.work.run(make, self.desk.door, *told, owner=self, in_order=True, failed=self.desk.complain,
                           then=lambda path: self.desk.toast(t("Saved: {path}", path=path)))  # fmt: skip

    # Voiding ----------------------------------------------------------------------------------------------

    def _begin_voiding(self) -> None:
        self._voiding = True
        self.reason.put("")
        self.reason.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def _end_voiding(self) -> None:
        if self._voiding:
            self._voiding = False
            self.reason.hide()
            self.table.setFocus()
            self.desk.changed.emit()

    def _void(self) -> None:
        if self._trail:
            number, reason = self._trail.number, self.reason.raw().strip()
            self.desk.do_signed(
                verbs.void, number, reason=reason, records=[f"{spell(number)} · {self._trail.food} · {reason}"],
                meaning="作废", then=lambda _: self._voided(),
            )  # fmt: skip

    def _voided(self) -> None:
        self._end_voiding()
        self.desk.toast(t("Voided; it stays on record."))
