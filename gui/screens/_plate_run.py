"""The run of a plate: on which reader and by which method it is started, and how it stands."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gui.desk import Desk
from gui.screens import _codes
from gui.screens._again import Again
from gui.widgets import boxes
from gui.widgets.label import Label
from lims.queries import equipment
from lims.queries import methods as asked
from lims.queries.equipment import Owned
from lims.queries.plates import Seen, Stands
from lims.rules import content, curves, methods
from lims.rules.methods import Method
from lims.text import mark, t

ROWS = 8


class Starting(QWidget):
    """Reader and method of the next run; once it is started, how it stands.

    Signals:
        ruled: another method was chosen.
    """

    ruled = Signal()

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self._reader, self._method, self.state = QComboBox(), QComboBox(), Label(role="head", wrap=True)
        for box in (self._reader, self._method):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
        self._choice = QWidget()
        words = Label(mark("Reader"), "muted"), Label(mark("Method"), "muted")
        row = boxes.row(words[0], self._reader, words[1], self._method, of=self._choice, gap=6)
        row.setStretchFactor(self._reader, 1)
        row.setStretchFactor(self._method, 2)
        boxes.column(self._choice, self.state, of=self)
        self._known = tuple(methods.shipped().in_force(_codes.today()).values())
        self._methods = Again(desk, owner, lambda: (asked.in_force, (), {}), self._know)
        self._list = Again(desk, owner, lambda: (equipment.instruments, (), {}), self._came)
        self.state.hide()
        self._method.activated.connect(lambda _: self.ruled.emit())
        self.fill()

    def ask(self) -> None:
        """Ask which readers and methods there are."""
        self._list.ask()
        self._methods.ask()

    def _came(self, found: Sequence[Owned]) -> None:
        chosen = self._reader.currentData()
        self._reader.clear()
        for one in found:
            if one.active and one.kind is not None and len(one.kind.channels) == ROWS:
                self._reader.addItem(one.name, one.id)
        self._reader.setCurrentIndex(max(0, self._reader.findData(chosen)) if self._reader.count() else -1)
        self._desk.changed.emit()

    def _know(self, found: Sequence[Method]) -> None:
        self._known = tuple(found)
        self.fill()
        self._desk.changed.emit()

    def fill(self) -> None:
        """Name the methods in the language of the moment."""
        chosen = self._method.currentData()
        self._method.clear()
        for one in self._known:
            if content.of_plates(one):
                self._method.addItem(f"{_codes.pair(one.item)} · {_codes.pair(one.title)}", one.id)
        self._method.setCurrentIndex(max(0, self._method.findData(chosen)))
        self._reader.setAccessibleName(t("Reader"))
        self._method.setAccessibleName(t("Method"))

    def put(self, seen: Seen | None) -> None:
        """Show how the run of a plate stands; without one, what it would be started with."""
        run = seen.run if seen is not None else None
        self._choice.setVisible(run is None)
        self.state.setVisible(run is not None)
        if seen is not None and run is None:
            self._fit(seen)
        if run is not None:
            self.state.put(_stands(run))
            self.state.role("wrong" if run.validity == "invalid" else "head")

    def _fit(self, seen: Seen) -> None:
        """Choose the method after whose wells a plate is laid out, where the chosen one says others."""
        fitting = [
            one.id
            for one in self._known
            if one.curve and one.curve.standards and one.curve.fit == seen.fit
            and not curves.departs(one.curve, seen.unit, seen.layout)
        ]  # fmt: skip
        if fitting and self.method not in fitting:
            self._method.setCurrentIndex(self._method.findData(fitting[0]))

    @property
    def rule(self) -> Method | None:
        """The method that is chosen, as it is in force today."""
        return next((one for one in self._known if one.id == self.method), None)

    @property
    def instrument(self) -> str:
        """The reader that is chosen."""
        return str(self._reader.currentData() or "")

    @property
    def method(self) -> str:
        """The method that is chosen."""
        return str(self._method.currentData() or "")

    @property
    def missing(self) -> str:
        """What is still missing before a run can start; empty where nothing is."""
        return "" if self.instrument else t("add a plate reader under Instruments first")


def _stands(run: Stands) -> str:
    if run.state == "open":
        return t("The run is open on {instrument}", instrument=run.instrument)
    if run.validity == "valid":
        return t("✓ Valid run: its verdicts wait for review")
    return t("╳ Invalid run: {why}", why=_codes.run_why(run.why))
