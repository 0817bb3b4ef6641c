"""Method and lot of a run, with the keys of the bench beside them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from gui import theme
from gui.desk import Desk
from gui.screens import _codes
from gui.widgets import boxes
from gui.widgets.label import Elided, Label
from lims import clock
from lims.queries import methods as asked
from lims.queries.bench import RunView
from lims.queries.equipment import Owned
from lims.rules import methods, scanned
from lims.rules.methods import Method
from lims.text import mark, t

KEYS = mark("Arrows move   M method   L lot   F4 next instrument")


class Kit(QWidget):
    """What the next run is judged by, and the lot of what it uses up.

    Signals:
        changed: another method or lot.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._wanted = desk, ""
        self._known = methods.shipped().in_force(clock.local(clock.now()).date())
        self.method, self.lot = QComboBox(), QLineEdit()
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.method.setMinimumContentsLength(12)
        self.lot.setFixedWidth(theme.current().px(120))
        keys = Elided(KEYS, "small")
        words = Label(mark("Method"), "muted"), Label(mark("Lot"), "muted")
        fields = boxes.row(words[0], self.method, words[1], self.lot, keys, of=self)
        fields.setStretchFactor(self.method, 1)
        fields.setStretchFactor(keys, 1)
        self.fill()
        self.lot.textChanged.connect(lambda _: self.changed.emit())
        self.method.currentIndexChanged.connect(lambda _: self.changed.emit())

    def fill(self) -> None:
        """Name the methods in the language of the moment."""
        chosen = self.method.currentData()
        self.method.blockSignals(True)
        self.method.clear()
        for one in self._known.values():
            self.method.addItem(f"{one.designation} · {_codes.pair(one.item)}", one.id)
        self.method.setCurrentIndex(max(0, self.method.findData(self._wanted or chosen)))
        self.method.blockSignals(False)
        self.method.setAccessibleName(t("Method"))
        self.lot.setAccessibleName(t("Lot"))

    def remember(self, last: RunView | None) -> None:
        """Offer method and lot of an instrument's last run."""
        self.lot.setText(last.lot if last else "")
        self._wanted = last.method if last and self.method.findData(last.method) < 0 else ""
        if last:
            self.method.setCurrentIndex(max(0, self.method.findData(last.method)))
        if self._desk.session is not None:
            self._desk.ask(asked.in_force, then=self._offer, latest="bench.methods", owner=self)

    def _offer(self, found: Sequence[Method]) -> None:
        """Offer the methods that this laboratory may judge by today; the chosen one stays chosen."""
        known = {one.id: one for one in found}
        if known != self._known:
            self._known = known
            self.fill()
            self.changed.emit()
        self._wanted = ""

    def scanned(self, desk: Desk, code: str) -> None:
        """Take the lot of the next run from a kit's own code; refuse what is neither a sample nor a kit."""
        kit = scanned.kit_of(code)
        if kit is None:
            desk.refuse(t("{code} is no sample of ours. Scan the label on the bag.", code=code[:40]))
        elif not self.lot.isEnabled():
            desk.refuse(t("A run is open here. Close it first, or choose another instrument (F4)."))
        else:
            self.lot.setText(kit.lot)
            desk.sounds.good()
            desk.toast(t("Kit {code}, lot {lot}: taken from its code.", code=kit.code, lot=kit.lot))

    @property
    def chosen(self) -> Method | None:
        """The method that is chosen."""
        return self._known.get(str(self.method.currentData()))

    def lock(self, *, locked: bool) -> None:
        """Leave both alone while a run is open."""
        self.method.setEnabled(not locked)
        self.lot.setEnabled(not locked)


def measures_samples(one: Owned) -> bool:
    """Whether an instrument has runs: balances and loggers measure no sample of a run."""
    return one.kind is None or not set(one.kind.measures) <= {"weight", "storage"}
