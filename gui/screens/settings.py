"""Settings: what this computer looks like and what hangs on it, and what the laboratory decided about itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.look import SCALES, Look
from gui.screens._facts import Facts, Line
from gui.widgets import boxes, terms
from gui.widgets.choice import Choice
from gui.widgets.label import Label
from lims import text
from lims.services import settings
from lims.services.passwords import Policy
from lims.services.settings import Decided
from lims.text import mark, t

TITLE = mark("Settings")
ICON = "settings"
ORDER = 150
OFTEN = "administrator"
NEEDS = None

NAMES = 116
CHOICES: tuple[tuple[str, str, tuple[tuple[object, str], ...]], ...] = (
    ("language", mark("Language"), (("zh_CN", "中文"), ("en", "English"))),
    ("theme", mark("Colours"),
     (("light", mark("Light")), ("dark", mark("Dark")), ("contrast", mark("High contrast")))),
    ("scale", mark("Scale"), tuple((scale, f"{scale:.0%}") for scale in SCALES)),
    ("layout", mark("Layout"), (("desk", mark("Desk")), ("touch", mark("Van, touch")))),
    ("sound", mark("Sounds"), ((True, mark("On")), (False, mark("Off")))),
    ("suffix", mark("Scanner ends with"),
     (("either", mark("Enter or Tab")), ("enter", "Enter"), ("tab", "Tab"), ("none", mark("nothing")))),
)  # fmt: skip
TOPICS = {
    "passwords": mark("Passwords, idle lock"),
    "signing": mark("Signing"),
    "counting": mark("Counts for the quota"),
    "alone": mark("Works alone"),
    "stamping": mark("Time stamps"),
    "retention": mark("Kept for"),
}
SERIAL_HINT = mark("COM3 or /dev/ttyUSB0; empty where none hangs on a port")


class Screen(QWidget):
    """Each choice holds at once; nothing has to be saved."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.choices = {name: Choice(label, options) for name, label, options in CHOICES}
        self.scanner, self.printer, self.facts = QLineEdit(), QComboBox(), Facts(NAMES)
        self.scanner.setMaxLength(120)
        self._decided: Sequence[Decided] = ()
        self._printers: tuple[str, ...] = ()
        self._lay()
        for name, choice in self.choices.items():
            choice.chosen.connect(lambda value, name=name: self._set(name, value))
        self.scanner.editingFinished.connect(lambda: self._set("scanner", self.scanner.text().strip()))
        self.printer.activated.connect(lambda _: self._set("printer", self.printer.currentData()))
        desk.worn.connect(self._show_look)
        self._show_look(desk.look)

    def _lay(self) -> None:
        grid = boxes.grid(gap=8)
        rows: list[tuple[str, QWidget]] = [(label, self.choices[name]) for name, label, _ in CHOICES]
        rows += [(mark("Scanner on a port"), self.scanner), (mark("Printer"), self.printer)]
        for at, (label, widget) in enumerate(rows):
            grid.addWidget(Label(label, "muted"), at, 0)
            grid.addWidget(widget, at, 1)
        grid.setColumnStretch(1, 1)
        here = boxes.panel(Label(mark("This computer"), "head"), grid, None, edge=16, gap=12)
        whole = boxes.panel(Label(mark("The laboratory"), "head"), self.facts, edge=16, gap=12)
        look = theme.current()
        if look.layout == "touch" or look.scale >= SCALES[2]:
            self.facts.setMinimumHeight(look.px(420))
            boxes.column(here, whole, of=self, edge=16, gap=16)
        else:
            whole.setFixedWidth(look.px(400))
            boxes.row(here, whole, of=self, edge=16, gap=16).setStretch(0, 1)
        self._name_fields()

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, at: str = "language", **_: object) -> None:
        """Ask what the laboratory decided and which printers there are."""
        self.choices.get(at, self.choices["language"]).take_focus()
        self._ask()
        self.desk.work.run(_printers, then=self._show_printers, failed=self.desk.complain, owner=self)

    def here(self) -> dict[str, Any]:
        """Return which choice has the cursor, for the window that is laid out anew."""
        focus: QWidget | None = self.focusWidget()
        names = [name for name, one in self.choices.items() if focus is not None and one.isAncestorOf(focus)]
        return {"at": names[0]} if names else {}

    def refresh(self, _: object) -> None:
        """Follow what another desk decides."""
        self._ask()

    def retranslate(self) -> None:
        """Write everything anew."""
        self._name_fields()
        self._show_printers(self._printers)
        self._show(self._decided)

    def sentence(self) -> str:
        """Say how a choice is made."""
        return t("Tab goes on, the arrows choose. It holds at once and is kept for this computer.")

    def acts(self) -> list[Action]:
        """Offer what is looked at elsewhere."""
        able = self.desk.may(["administrator", "manager"])
        rules = [Action(mark("People and rules"), "F2", lambda: self.desk.go("people"))] if able else []
        return [*rules, Action(mark("Hear the tones"), "F9", self._hear, primary=True,
                               missing="" if self.desk.look.sound else t("sounds are off"))]  # fmt: skip

    # This computer ----------------------------------------------------------------------------------------

    def _set(self, name: str, value: object) -> None:
        if getattr(self.desk.look, name) != value:
            changes: dict[str, Any] = {name: value}
            self.desk.wear(replace(self.desk.look, **changes))

    def _show_look(self, look: Look) -> None:
        for name, choice in self.choices.items():
            choice.put(getattr(look, name))
        self.scanner.setText(look.scanner)
        self.printer.setCurrentIndex(max(0, self.printer.findData(look.printer)))
        self.desk.changed.emit()

    def _name_fields(self) -> None:
        self.scanner.setPlaceholderText(t(SERIAL_HINT))
        self.scanner.setAccessibleName(t("Scanner on a port"))
        self.printer.setAccessibleName(t("Printer"))

    def _show_printers(self, found: Sequence[str]) -> None:
        self._printers, chosen = tuple(found), self.desk.look.printer
        self.printer.clear()
        self.printer.addItem(t("The system's own printer"), "")
        for name in found:
            self.printer.addItem(name, name)
        if chosen and chosen not in found:
            self.printer.addItem(t("{printer} (not found now)", printer=chosen), chosen)
        self.printer.setCurrentIndex(max(0, self.printer.findData(chosen)))

    def _hear(self) -> None:
        self.desk.sounds.good()
        self.desk.sounds.bad()
        self.desk.sounds.positive()

    # The laboratory ---------------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.desk.session is not None:
            self.desk.ask(settings.decided, then=self._show, latest="settings", owner=self)

    def _show(self, found: Sequence[Decided]) -> None:
        self._decided = found
        lines: list[Line] = []
        for one in found:
            lines.append((t(TOPICS[one.topic]), _said(one), ""))
            who = t("format.comma").join(terms.term("role", code) for code in one.needs)
            lines.append(("", t("changed by: {roles}", roles=who), "muted"))
        self.facts.show_lines(lines)


def _printers() -> tuple[str, ...]:
    """Return the names of the system's printers; may be slow, so it is called in a worker thread."""
    return tuple(QPrinterInfo.availablePrinterNames())


def _said(one: Decided) -> str:
    """Say what is in force in words."""
    what = _WORDS[one.topic](one)
    when = t("{name}, {day}", name=one.by, day=text.date(one.at)) if one.at else t("as shipped")
    return f"{what} ({when})"


def _passwords(one: Decided) -> str:
    policy = Policy(*(int(part) for part in one.value.split())) if one.value else Policy()
    parts = [t("Passwords: at least {least} characters.", least=policy.least)]
    parts += [t("They change every {days} days.", days=policy.days)] if policy.days else []
    return " ".join([*parts, t("The desk locks after {count} minutes untouched.", count=policy.idle_minutes)])


def _counting(one: Decided) -> str:
    kinds = {"laboratory": t("laboratory samples"), "rapid": t("rapid tests")}
    return t("format.comma").join(kinds[kind] for kind in (one.value or "laboratory rapid").split())


_WORDS: dict[str, Callable[[Decided], str]] = {
    "passwords": _passwords,
    "signing": lambda one: t("Everybody must sign.") if one.value == "yes" else t("Who has a key must sign."),
    "counting": _counting,
    "alone": lambda one: t("✓ yes") if one.value == "yes" else t("✗ no"),
    "stamping": lambda one: one.value if one.value not in {"", "/"} else t("no service is asked"),
    "retention": lambda one: (
        f"{one.name.removeprefix('retention.')} {one.value}".strip() or t("the lengths as shipped")
    ),
}
