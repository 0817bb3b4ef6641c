"""What a plate is called and what stands in the wells that are marked."""

from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from gui import theme
from gui.screens import _codes
from gui.widgets import boxes
from gui.widgets.label import Label
from lims.queries.plates import Seen
from lims.rules.curves import Curve
from lims.rules.methods import Method
from lims.rules.plate import FITS, ROLES, Well
from lims.services.plate import Plan
from lims.text import mark, t

NAMES = {
    "name": mark("Plate"),
    "item": mark("Item measured"),
    "unit": mark("Standards in"),
    "kit": mark("Kit"),
    "lot": mark("Kit lot"),
}
EMPTY = ""


class Heading(QWidget):
    """Name, item, unit, kit, lot and fit of a plate, in one row.

    Signals:
        changed: somebody typed.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields = {name: QLineEdit() for name in NAMES}
        self.fit = QComboBox()
        for one in FITS:
            self.fit.addItem("", one)
        grid = boxes.grid(self, gap=4)
        for place, (name, message) in enumerate(NAMES.items()):
            grid.addWidget(Label(message, "muted"), 0, place)
            grid.addWidget(self.fields[name], 1, place)
            self.fields[name].textEdited.connect(lambda _: self.changed.emit())
        grid.addWidget(Label(mark("Fit"), "muted"), 0, len(NAMES))
        grid.addWidget(self.fit, 1, len(NAMES))
        self.fit.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.retranslate()

    def retranslate(self) -> None:
        """Name everything in the language of the moment."""
        for place, one in enumerate(FITS):
            self.fit.setItemText(place, _codes.coded("plate_fit", one))
        self.fit.setAccessibleName(t("Fit"))
        for name, message in NAMES.items():
            self.fields[name].setAccessibleName(t(message))

    def put(self, seen: Seen | None) -> None:
        """Show a plate's; None leaves the item, unit, kit, lot and fit of the one before, for the next plate."""
        self.fields["name"].setText(seen.name if seen else "")
        if seen is None:
            return
        for name in ("item", "unit", "kit", "lot"):
            self.fields[name].setText(getattr(seen, name))
        self.fit.setCurrentIndex(max(0, self.fit.findData(seen.fit)))

    def follow(self, rule: Method, curve: Curve) -> None:
        """Take item, unit and fit from a method."""
        self.fields["item"].setText(_codes.pair(rule.item))
        self.fields["item"].setCursorPosition(0)
        self.fields["unit"].setText(curve.unit)
        self.fit.setCurrentIndex(max(0, self.fit.findData(curve.fit)))

    def plan(self, layout: dict[str, Well]) -> Plan:
        """What was typed, with a layout."""
        typed = {name: field.text().strip() for name, field in self.fields.items()}
        return Plan(**typed, fit=str(self.fit.currentData()), layout=layout)

    @property
    def missing(self) -> str:
        """What is still to be typed, in the words of the moment; empty where all is there."""
        return next((t(NAMES[name]) for name, field in self.fields.items() if not field.text().strip()), "")


class Wells(QWidget):
    """Role, name, level and dilution for the wells that are marked.

    Signals:
        put_in: somebody pressed Enter in a field, so that the marked wells are to be filled.
    """

    put_in = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = theme.current().px
        self.role, self.name, self.level, self.dilution = (
            QComboBox(),
            QLineEdit(),
            QLineEdit(),
            QLineEdit("1"),
        )
        for one in (*ROLES, EMPTY):
            self.role.addItem("", one)
        self.role.setCurrentIndex(ROLES.index("sample"))
        for field, width in ((self.level, 84), (self.dilution, 60)):
            field.setFixedWidth(px(width))
        for line in (self.name, self.level, self.dilution):
            line.returnPressed.connect(self.put_in)
        self._of_level, self._of_dilution = Label(mark("Level"), "muted"), Label(mark("Dilution"), "muted")
        fields = boxes.row(
            Label(mark("Marked wells"), "muted"), self.role, self.name, self._of_level, self.level,
            self._of_dilution, self.dilution, of=self, gap=6,
        )  # fmt: skip
        fields.setStretchFactor(self.name, 1)
        fields.addStretch()
        self.role.currentIndexChanged.connect(lambda _: self._allow())
        self.retranslate()
        self._allow()

    def retranslate(self) -> None:
        """Name everything in the language of the moment."""
        for place, one in enumerate((*ROLES, EMPTY)):
            self.role.setItemText(place, _codes.coded("plate_role", one) if one else t("Empty well"))
        pairs = ((self.role, "Marked wells"), (self.name, "Sample or control"), (self.level, "Level"))
        for field, message in (*pairs, (self.dilution, "Dilution")):
            field.setAccessibleName(t(message))
        self.name.setPlaceholderText(t("Sample or control"))

    @property
    def lacks(self) -> str:
        """The field that a sample or control still wants; empty where its well can be filled."""
        return (
            t("Sample or control")
            if self.role.currentData() in ("sample", "control") and not self.name.text().strip()
            else ""
        )

    def next(self) -> None:
        """Make ready for the number of the next sample."""
        self.name.clear()
        self.name.setFocus()

    def _allow(self) -> None:
        role = str(self.role.currentData())
        for one in (self.name, self._of_dilution, self.dilution):
            one.setVisible(role in ("sample", "control"))
        for one in (self._of_level, self.level):
            one.setVisible(role == "standard")

    def well(self) -> Well | None:
        """What was chosen; None for an empty well.

        Raises:
            ValueError: a level or dilution is no number; the text is the name of the field.
        """
        role = str(self.role.currentData())
        if not role:
            return None
        level = _number(self.level.text(), "Level") if role == "standard" else None
        named = role in ("sample", "control")
        dilution = _number(self.dilution.text(), "Dilution") if named else Decimal(1)
        return Well(role, self.name.text().strip() if named else "", level, dilution)

    def show_well(self, well: Well | None) -> None:
        """Show what stands in a well, so that it can be copied to others."""
        if well is None:
            return
        self.role.setCurrentIndex(ROLES.index(well.role))
        self.name.setText(well.name)
        self.level.setText("" if well.level is None else f"{well.level:f}")
        self.dilution.setText(f"{well.dilution:f}")


def _number(written: str, field: str) -> Decimal:
    try:
        found = Decimal(written.strip())
    except InvalidOperation:
        raise ValueError(field) from None
    if not found.is_finite():
        raise ValueError(field)
    return found
