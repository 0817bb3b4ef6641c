"""Strays: readings that fit nowhere, with the reason in words, and a person who says where they belong."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedWidget, QWidget

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.screens import _broken, _codes
from gui.screens._again import Again
from gui.screens._channels import value_of
from gui.screens._facts import Facts, Line, Reason
from gui.screens._strip import Strip
from gui.screens._wire import even_font
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.scanfield import ScanField
from gui.widgets.table import Table
from lims import text
from lims.queries import bench
from lims.queries.bench import Broken, RunView, Said, Waiting
from lims.rules import numbering
from lims.services import measure
from lims.text import mark, t

TITLE = mark("Strays")
ICON = "strays"
ORDER = 50
OFTEN = "technician"
NEEDS = "technician manager reviewer"

STRAYS = (
    Column("when", mark("When"), 150),
    Column("instrument", mark("Instrument"), 80),
    Column("why", mark("Why it waits"), 220),
    Column("position", mark("Channel"), 56),
    Column("value", mark("Value"), 76, "number", keeps=True, whole=True),
    Column("sample", mark("Device's sample text"), 120),
)
BROKEN = (
    Column("when", mark("When"), 150),
    Column("instrument", mark("Instrument"), 80),
    Column("reason", mark("Reason"), 140),
    Column("bytes", mark("Bytes"), 60, "number"),
    Column("detail", mark("What was expected"), 240),
)


class Screen(QWidget):
    """Strays, and as a second list the bytes that no rule of a wire accepted."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._waiting: dict[str, Waiting] = {}
        self._broken: dict[str, Broken] = {}
        self._run: RunView | None = None
        self._position = ""
        self._strays = Again(desk, self, lambda: (bench.strays, (), {}), self._came)
        self._faults = Again(desk, self, lambda: (bench.faults, (), {}), self._came_broken)
        self._build()

    def _build(self) -> None:
        work = self.desk.work
        self.table = Table(STRAYS, work, TITLE, mark("No stray: every reading found its sample."))
        self.broken = Table(BROKEN, work, mark("Broken bytes"), mark("No broken bytes."))
        self.table.chosen.connect(lambda _: self._choose())
        self.broken.chosen.connect(lambda _: self._choose())
        self.head, self.raw, self.decoded = Label(role="head", wrap=True), Facts(96), Facts(72)
        self.hex, self.strip = QPlainTextEdit(), Strip()
        self.hex.setReadOnly(True)
        self.field = ScanField(mark("This is … scan the bag, or type the channel"))
        self.field.entered.connect(self.scanned)
        self.target, self.reason = Label(role="strong", wrap=True), Reason(self.desk)
        sides = boxes.row(
            boxes.column(Label(mark("Decoded"), "muted"), self.decoded, gap=4),
            boxes.column(Label(mark("As it came"), "muted"), self.raw, gap=4), gap=12,
        )  # fmt: skip
        self.stray_side, self.broken_side = QWidget(), QWidget()
        boxes.column(sides, self.strip, self.field, self.target, self.reason, of=self.stray_side)
        boxes.column(Label(mark("Bytes"), "muted"), self.hex, of=self.broken_side)
        self.sides, self.lists = QStackedWidget(), QStackedWidget()
        for stack, inside in ((self.sides, (self.stray_side, self.broken_side)),
                              (self.lists, (self.table, self.broken))):  # fmt: skip
            for each in inside:
                stack.addWidget(each)
        self.which = Label(role="head")
        left, right, split = QWidget(), QWidget(), QSplitter()
        boxes.column(self.which, self.lists, of=left, edge=(0, 0, 8, 0))
        boxes.column(self.head, self.sides, of=right, edge=(8, 0, 0, 0))
        split.addWidget(left)
        split.addWidget(right)
        px = theme.current().px
        split.setSizes([px(720), px(530)])
        boxes.column(split, of=self, edge=12)
        self._name_lists()

    def _name_lists(self) -> None:
        shown = [(t("Strays"), len(self._waiting)), (t("Broken bytes"), len(self._broken))]
        at = self.lists.currentIndex()
        self.which.put("   ".join(f"{'▸ ' if at == n else ''}{word} {count}"
                                  for n, (word, count) in enumerate(shown)))  # fmt: skip

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew."""
        self._strays.ask()
        self._faults.ask()
        self._list().setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow what comes in."""
        if getattr(notice, "verb", "measure.").startswith("measure."):
            self._strays.ask()
            self._faults.ask()

    def _came(self, waiting: list[Waiting]) -> None:
        self._waiting = {one.said.id: one for one in waiting}
        self.desk.badged.emit("strays", len(waiting))
        self._fill()

    def _came_broken(self, broken: list[Broken]) -> None:
        self._broken = {one.id: one for one in broken}
        self._fill()

    def _fill(self) -> None:
        self.table.show_rows([_row(one) for one in self._waiting.values()])
        self.broken.show_rows([_broken_row(one) for one in self._broken.values()])
        if not self._list().current_key():
            self._list().step(0)
        self._name_lists()
        self._choose()

    def _list(self) -> Table:
        return self.broken if self.lists.currentIndex() else self.table

    # Showing ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Waiting | None:
        """The stray with the cursor."""
        return None if self.lists.currentIndex() else self._waiting.get(self.table.current_key())

    def _choose(self) -> None:
        self.sides.setCurrentIndex(self.lists.currentIndex())
        if self.lists.currentIndex():
            self._show_broken(self._broken.get(self.broken.current_key()))
        else:
            self._show_stray(self.chosen)
        self.desk.changed.emit()

    def _show_stray(self, one: Waiting | None) -> None:
        self._aim("")
        self.stray_side.setVisible(one is not None)
        self.head.put(_codes.coded("stray", one.reason) if one else "")
        if one is None:
            return
        self.decoded.show_lines(_decoded(one.said))
        self.raw.show_lines([(name, said[:2000], "") for name, said in _raw(one.said)])
        self.strip.show_extra(one.said.extra, None)
        self._run = None
        self.desk.ask(bench.current, one.said.instrument, latest="strays.run", owner=self, then=self._ran)

    def _ran(self, run: RunView | None) -> None:
        self._run = run if run is not None and run.state == "open" else None
        self.desk.changed.emit()

    def _show_broken(self, one: Broken | None) -> None:
        self.broken_side.setVisible(one is not None)
        self.head.put(_codes.coded("broken", one.reason) if one else "")
        self.hex.document().setDefaultFont(even_font())
        self.hex.setPlainText(_codes.hex_lines(one.data) if one else "")

    # Deciding ---------------------------------------------------------------------------------------------

    def scanned(self, scan: Scan) -> None:
        """Take a bag or a channel as the answer to where the stray belongs."""
        if self.chosen is None:
            self.desk.refuse(t("Choose a stray first."))
            return
        if self._run is None:
            self.desk.refuse(t("No run is open on {instrument}. Start one on the bench, then assign.",
                               instrument=self.chosen.said.instrument))  # fmt: skip
            return
        wanted = (numbering.split(scan.text) or [scan.text.strip()])[0]
        found = next((place for place in self._run.places if wanted in {place.sample, place.position}), None)
        if found is None:
            self.desk.refuse(t("{text} stands in no channel of the open run.", text=wanted[:40]))
        elif found.said is not None:
            self.desk.refuse(t("Channel {position} has its reading already.", position=found.position))
        else:
            self.desk.sounds.good()
            self._aim(found.position, f"{found.food} {numbering.spell(found.sample)}".strip())
            self.assign()

    def _aim(self, position: str, about: str = "") -> None:
        self._position = position
        self.target.setVisible(bool(position))
        if position:
            self.target.put(t("→ channel {position} {about}", position=position, about=about))

    def assign(self) -> None:
        """Ask why it belongs there, then assign it."""
        one, run, position = self.chosen, self._run, self._position
        if one is None or run is None or not position:
            self.field.setFocus()
            return
        self.reason.begin(
            mark("Why does it belong there?"), mark("Assign"),
            lambda why: self._do(measure.assign, one.said.id, run=run.id, position=position, reason=why),
            self.table,
        )  # fmt: skip

    def dismiss(self) -> None:
        """Ask why it belongs to no sample, then put it aside; it stays on record."""
        one = self.chosen
        if one is not None:
            self.reason.begin(mark("Why does it belong to no sample?"), mark("Put aside"),
                              lambda why: self._do(measure.dismiss, one.said.id, reason=why),
                              self.table)  # fmt: skip

    def _do(self, verb: Any, reading: str, **values: Any) -> None:  # noqa: ANN401 - one of the two verbs
        self.desk.do(verb, reading, then=lambda _: self._strays.ask(), **values)

    def other(self) -> None:
        """Show the other list."""
        self.lists.setCurrentIndex(1 - self.lists.currentIndex())
        self._fill()
        self._list().setFocus()

    def acts(self) -> list[Action]:
        """Return what can be done with the line that has the cursor."""
        if self.reason.active:
            return self.reason.acts()
        word = mark("Strays") if self.lists.currentIndex() else mark("Broken bytes")
        turn = Action(word, "B", self.other)
        if self.lists.currentIndex():
            return [turn]
        nothing = "" if self.chosen else t("no stray is chosen")
        may = nothing or ("" if self.desk.may(["technician"]) else t("a technician decides"))
        run = "" if self._run else t("a run must be open on this instrument")
        return [
            turn,
            Action(mark("Put aside"), "X", self.dismiss, missing=may),
            Action(mark("This is …"), "Return", self.assign, primary=True, missing=may or run),
        ]

    def back(self) -> bool:
        """Go from the scan field back to the list."""
        away = self.field.hasFocus()
        if away:
            self._list().setFocus()
        return away

    def sentence(self) -> str:
        """Say what is expected."""
        if self.reason.active:
            return t("The reason stays with the reading for ever.")
        if self.lists.currentIndex():
            return t("These bytes gave no reading. They are kept as they came.")
        if self.chosen is None:
            return t("Nothing waits here.")
        if self._run is None:
            return t("No run is open on {instrument}.", instrument=self.chosen.said.instrument)
        return t("Scan the bag that this reading belongs to.")

    def retranslate(self) -> None:
        """Speak the other language."""
        self._fill()


def _row(one: Waiting) -> Row:
    value, unit = value_of(one.said)
    shown = f"{value} {unit}".strip() or None
    why = _codes.coded("stray", one.reason)
    cells = (text.moment(one.said.received_at), one.said.instrument, why, one.said.position, shown)
    return Row(one.said.id, (*cells, one.said.sample_text))


def _broken_row(one: Broken) -> Row:
    return Row(one.id, (text.moment(one.received_at), one.instrument, _codes.coded("broken", one.reason),
                        len(one.data.split()), _broken.detail(one.detail)))  # fmt: skip


def _decoded(said: Said) -> list[Line]:
    value, unit = value_of(said)
    return [
        (t("Value"), f"{value} {unit}".strip(), "strong"),
        (t("Device's word"), _codes.coded("call", said.call), ""),
        (t("Channel"), said.position, ""),
        (t("Sample text"), said.sample_text, ""),
        (t("Item"), _codes.item(said.item), ""),
        (t("Doubts"), t("format.comma").join(_codes.coded("flag", flag) for flag in said.flags), "late"),
        (t("Device's clock"), said.device_time.replace("T", " "), ""),
        (t("Device's record"), said.device_record, ""),
        (t("Came in at"), text.moment(said.received_at), ""),
    ]


def _raw(said: Said) -> list[tuple[str, str]]:
    place = t("{instrument}, journal entry {entry}, place {place}",
              instrument=said.instrument, entry=said.entry, place=said.place)  # fmt: skip
    return [(t("Journal"), place), *sorted(said.extra.items())]


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""

    def broken() -> None:
        screen.reason.leave()
        screen.other()

    return [("reason", screen.dismiss), ("broken", broken)]
