"""Custody: bags and their portions, what holds and locks them, and every act by which they change hands or places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QLineEdit, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.screens import _custody_acts as kit
from gui.screens import _custody_rows
from gui.screens._custody_acts import Act, Scene
from gui.screens._facts import Facts, Line
from gui.widgets import boxes
from gui.widgets.form import Form
from gui.widgets.label import Label
from gui.widgets.pad import Pad
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.queries import custody, people, portions, samples, weights
from lims.queries.custody import Passing
from lims.queries.portions import Held, Storage
from lims.queries.weights import Weight
from lims.rules.custody import Gap
from lims.rules.numbering import spell
from lims.sync import members
from lims.text import mark, t

TITLE = mark("Custody")
ICON = "seal"
ORDER = 35
OFTEN = "technician sampler"
NEEDS = "sampler technician manager reviewer signatory"

COLUMNS = (
    Column("number", mark("Number"), 170, sorts=False),
    Column("what", mark("What"), 100, sorts=False),
    Column("quantity", mark("Quantity"), 80, sorts=False),
    Column("state", mark("State"), 108, sorts=False),
    Column("place", mark("Place"), 80, sorts=False),
    Column("until", mark("Kept until"), 112, sorts=False),
    Column("lock", mark("Locked by"), 90, sorts=False),
)
RETAINED, PLACES, BAGS = "retained", "places", "bags"
LISTS = (
    (BAGS, mark("Bags and their portions")),
    (RETAINED, mark("Retained portions, those that may go first")),
    (PLACES, mark("Places")),
)
HERE = ("drawn", "received", "testing", "tested", "reviewed", "certified")
"""States of the bags that somebody answers for now; a search finds the others too."""
PAUSE = 150


@dataclass(frozen=True, slots=True)
class About:
    """What is known of one bag: its gaps of custody and its handovers."""

    gaps: Sequence[Gap]
    handovers: Sequence[Passing]


class Screen(QWidget):
    """The list at the left; what is known of a bag, or the questions of an act, at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._held: dict[str, Held] = {}
        self._samples: dict[str, samples.Row] = {}
        self._places: tuple[Storage, ...] = ()
        self._weights: Sequence[Weight] = ()
        self._balances: Sequence[str] = ()
        self._login, self._wanted, self._busy, self._van = "", "", False, False
        self.act: Act | None = None
        self.form: Form | None = None
        self.lists, self.search, self._later = QComboBox(), QLineEdit(), QTimer(self)
        self.table = Table(COLUMNS, desk.work, TITLE, mark("Nothing lies here."))
        self.head, self.facts, self.pad, self._asked = (
            Label(role="head", wrap=True),
            Facts(110),
            Pad(),
            QFrame(),
        )
        self._inside = boxes.column(of=self._asked, gap=4)
        self._lay()
        self._connect()
        self.retranslate()

    def _lay(self) -> None:
        left, right, split = QWidget(), QWidget(), QSplitter()
        top = boxes.row(self.lists, self.search)
        top.setStretch(1, 1)
        boxes.column(top, self.table, of=left, edge=(0, 0, 8, 0))
        column = boxes.column(self.head, self.facts, self._asked, self.pad, of=right, edge=(8, 0, 0, 0))
        column.setStretchFactor(self.facts, 1)
        column.setStretchFactor(self._asked, 1)
        self._asked.hide()
        self.pad.hide()
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(780), px(470)])
        boxes.column(split, of=self, edge=12)

    def _connect(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE)
        self._later.timeout.connect(self._ask)
        self.search.textChanged.connect(self._typed)
        self.lists.currentIndexChanged.connect(self._ask)
        self.table.chosen.connect(self._choose)
        self.pad.changed.connect(self.desk.changed)

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, number: str = "", act: str = "", **_: object) -> None:
        """Show a bag, and begin an act where another screen asks for it."""
        self._wanted = act
        if number:
            self.lists.setCurrentIndex(self.lists.findData(BAGS))
            self.search.setText(number)
        if self.desk.session is not None:
            self.desk.ask(people.people, then=self._know, latest="custody.people", owner=self)
            self.desk.ask(members.home, then=self._under, latest="custody.home", owner=self)
        self._ask()
        self.table.setFocus()

    def refresh(self, _: object) -> None:
        """Follow what others do."""
        if self.act is None:
            self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        for at, (code, word) in enumerate(LISTS):
            self.lists.setItemText(at, t(word)) if self.lists.count() > at else self.lists.addItem(
                t(word), code
            )
        self.lists.setAccessibleName(t("What is listed"))
        self.search.setPlaceholderText(t("F2  Number, food, business, initials or seal"))
        self.search.setAccessibleName(t("Search samples"))
        self._ask()

    def sentence(self) -> str:
        """Say what is done, or can be."""
        if self.act is not None:
            return t("Enter notes it, Esc leaves everything as it is.")
        return t("Choose a bag or a portion; each act asks who takes part and keeps what was seen.")

    def acts(self) -> list[Action]:
        """Offer the acts this person may do to what has the cursor."""
        if self.act is not None:
            missing = t("format.comma").join(self._missing(self.act))
            wait = t("one moment") if self._busy else ""
            return [
                Action(mark("Back"), "Escape", self.leave),
                Action(self.act.word, "Return", self.give, primary=True,
                       missing=t("still missing: {fields}", fields=missing) if missing else wait),
            ]  # fmt: skip
        nowhere = "" if self.desk.papers else t("no folder for reports is set")
        asking = [Action(mark("Ask the balance"), "B", self._ask_balances)] if self._balances else []
        return asking + [
            Action(act.word, act.key, partial(self.begin, act), missing=nowhere or self._unfit(act),
                   destroys=act.key == "D", primary=act.key == "F6")
            for act in self._offered()
        ]  # fmt: skip

    def _offered(self) -> list[Act]:
        places = self.lists.currentData() == PLACES
        about = {""} if places else {"bag", "portion"} if self._portion() else {"bag"}
        fitting = [act for act in kit.ACTS if act.about in about and self.desk.may(act.needs)]
        return sorted(fitting, key=lambda act: act.key == "F6")

    def _unfit(self, act: Act) -> str:
        if act.key == "W" and not self._weights:
            return t("no weight has come")
        return t("choose a bag first") if act.about and not self._sample() else ""

    def scanned(self, scan: Scan) -> None:
        """Fill a scanned seal in, or look for a scanned bag."""
        if self.form is not None and "seal" in self.form.boxes:
            self.form.fill({"seal": scan.text})
        else:
            self.arrived(number=scan.text)
        self.desk.sounds.good()

    # The list ---------------------------------------------------------------------------------------------

    def _typed(self, words: str) -> None:
        if words:
            self.lists.setCurrentIndex(self.lists.findData(BAGS))
        self._later.start()

    def _ask(self) -> None:
        if self.desk.session is None:
            return
        ask, which = self.desk.ask, self.lists.currentData()
        ask(portions.places, then=self._take_places, latest="custody.places", owner=self)
        if self.desk.may(weights.HANDS):
            ask(weights.recent, then=self._take_weights, latest="custody.weights", owner=self)
            ask(weights.balances, then=self._take_balances, latest="custody.balances", owner=self)
        if which == RETAINED:
            ask(portions.retained, then=self._take_held, latest="custody.list", owner=self)
        elif which == BAGS:
            door, words = self.desk.door, self.search.text()
            self.desk.work.run(lambda: _bags(door, words), then=self._take_bags, latest="custody.list", owner=self,
                               failed=self.desk.complain)  # fmt: skip

    def _know(self, found: Sequence[people.Person]) -> None:
        session = self.desk.session
        self._login = next((one.login for one in found if session and one.id == session.account), "")

    def _under(self, county: object) -> None:
        self._van = county is not None

    def _take_weights(self, found: Sequence[Weight]) -> None:
        self._weights = found

    def _take_balances(self, found: Sequence[str]) -> None:
        self._balances = found
        self.desk.changed.emit()

    def _ask_balances(self) -> None:
        """Ask every balance for a stable weight; it comes by itself once the load is at rest."""
        for one in self._balances:
            if self.desk.bench is not None:
                self.desk.bench.ask(one, "weigh")

    def _take_places(self, found: Sequence[Storage]) -> None:
        self._places = tuple(found)
        if self.lists.currentData() == PLACES:
            self._samples, self._held = {}, {}
            self._show([_custody_rows.place_row(one) for one in found])

    def _take_held(self, found: Sequence[Held]) -> None:
        self._samples, self._held = {}, {one.id: one for one in found}
        self._show([_custody_rows.held_row(one) for one in found])

    def _take_bags(self, found: Sequence[tuple[samples.Row, Sequence[Held]]]) -> None:
        self._samples = {row.number: row for row, _ in found}
        self._held = {one.id: one for _, parts in found for one in parts}
        self._show(
            [
                line
                for row, parts in found
                for line in (_custody_rows.bag_row(row), *map(_custody_rows.held_row, parts))
            ]
        )

    def _show(self, rows: Sequence[Row]) -> None:
        self.table.show_rows(rows)
        if not self.table.current_key() and rows:
            self.table.step(0)
        self._choose(self.table.current_key())
        wanted = next((act for act in self._offered() if act.key == self._wanted), None)
        if wanted is not None and self._sample():
            self._wanted = ""
            self.begin(wanted)

    def _portion(self) -> str:
        key = self.table.current_key()
        return key if key in self._held else ""

    def _sample(self) -> str:
        key = self.table.current_key()
        return self._held[key].sample if key in self._held else key if key in self._samples else ""

    def _choose(self, key: str) -> None:
        if self.act is not None:
            return
        sample = self._sample()
        self.head.put(spell(sample) if sample and not self._portion() else key)
        own = _custody_rows.held_lines(self._held[key]) if key in self._held else []
        self.facts.show_lines(own)
        if sample:
            door = self.desk.door
            self.desk.work.run(
                lambda: About(door.ask(custody.gaps, sample), door.ask(custody.handovers, sample)),
                then=lambda about: self._tell(key, own, about), latest="custody.about", owner=self,
                failed=self.desk.complain,
            )  # fmt: skip
        self.desk.changed.emit()

    def _tell(self, key: str, own: Sequence[Line], about: About) -> None:
        if key == self.table.current_key():
            self.facts.show_lines(
                [
                    *own,
                    *map(_custody_rows.gap_line, about.gaps),
                    *map(_custody_rows.passing_line, about.handovers),
                ]
            )

    # An act -----------------------------------------------------------------------------------------------

    def begin(self, act: Act) -> None:
        """Ask the questions of an act."""
        self.act = act
        boxes.clear(self._inside)
        self.form = Form(act.fields(self._scene()), columns=1)
        self.form.changed.connect(self._answered)
        self._inside.addWidget(self.form)
        self.pad.clear()
        self._answered()
        self.facts.hide()
        self._asked.show()
        self.head.put(f"{t(act.word)}  {self.table.current_key() if act.about else ''}".strip())
        next(iter(self.form.boxes.values())).setFocus(Qt.FocusReason.OtherFocusReason)
        self.desk.changed.emit()

    def _answered(self) -> None:
        """Leave out what does not arise with the answers so far."""
        if self.act is None or self.form is None:
            return
        told = self.form.raw()
        left_out = kit.hidden(self.act, told)
        for name, box in self.form.boxes.items():
            box.setVisible(name not in left_out)
        self.pad.setVisible(kit.signs(self.act, told))
        self.desk.changed.emit()

    def leave(self) -> None:
        """Ask no more; nothing that was typed stays."""
        self.act, self.form, self._busy = None, None, False
        boxes.clear(self._inside)
        self._asked.hide()
        self.pad.hide()
        self.facts.show()
        self.table.setFocus()
        self._choose(self.table.current_key())

    def give(self) -> None:
        """Do the act with what was typed."""
        act, form, scene = self.act, self.form, self._scene()
        if act is None or form is None:
            return
        told = form.raw()
        self._busy = True
        self.desk.changed.emit()
        self.desk.work.run(lambda: act.do(scene, told), then=lambda _: self._done(act), failed=self._failed,
                           owner=self, in_order=True)  # fmt: skip

    def _done(self, act: Act) -> None:
        self.leave()
        self.desk.toast(t(act.done))
        self.desk.sounds.good()
        self._ask()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.desk.complain(error)
        self.desk.changed.emit()

    def _missing(self, act: Act) -> list[str]:
        if self.form is None:
            return []
        return [*self.form.missing(), *kit.missing(act, self.form.raw(), self._scene())]

    def _scene(self) -> Scene:
        folder = self.desk.papers.folder if self.desk.papers else None
        drawn = self.pad.png() if not self.pad.isHidden() else b""
        return Scene(
            self.desk.door, folder, self._login, self._sample(), self._portion(), self._places, drawn,
            self._weights, self._van,
        )  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the search."""
        if event.key() == Qt.Key.Key_F2 and self.act is None:
            self.search.setFocus()
        else:
            super().keyPressEvent(event)

    def back(self) -> bool:
        """Leave the search first."""
        if self.search.text() and QApplication.focusWidget() is self.search:
            self.search.clear()
            return True
        return False


def _bags(door: Any, words: str) -> list[tuple[samples.Row, Sequence[Held]]]:  # noqa: ANN401 - the laboratory's own door
    rows = door.ask(samples.own, text=words, states=() if words else HERE, count=60)
    return [(row, door.ask(portions.of_sample, row.number)) for row in rows]


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""

    def bags() -> None:
        screen.lists.setCurrentIndex(screen.lists.findData(BAGS))

    def asked(key: str) -> Callable[[], None]:
        def enter() -> None:
            screen.leave()
            screen.begin(next(act for act in kit.ACTS if act.key == key))

        return enter

    return [
        ("bags", bags),
        ("handover", asked("F6")),
        ("dispose", asked("D")),
        ("place", asked("P")),
        ("end", screen.leave),
    ]
