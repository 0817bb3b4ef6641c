"""Instruments: how each line stands, what is said on its wire, and where one is added or taken out of use."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes, _wire
from gui.screens._adding import Adding, written
from gui.screens._again import Again
from gui.screens._asking import Asking
from gui.screens._chips import linked
from gui.screens._clock import Clocks, told
from gui.screens._device_acts import ORDERS, DeviceActs
from gui.screens._facts import Facts, Line
from gui.screens._found import FoundList
from gui.screens._lines import Lines
from gui.screens._wirepane import WirePane
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.queries import bench, equipment, identities
from lims.queries.bench import Broken, Said
from lims.queries.clocks import DeviceClock
from lims.queries.equipment import Kind, Owned
from lims.queries.identities import Stranger
from lims.services import equip
from lims.services.equip import Device
from lims.text import mark, t, words

TITLE = mark("Instruments")
ICON = "instruments"
ORDER = 100
OFTEN = "technician manager administrator"
NEEDS = "technician manager administrator"
CHANGES = ["manager", "administrator"]

COLUMNS = (
    Column("name", mark("Instrument name"), 240),
    Column("link", mark("Link"), 100),
    Column("heard", mark("Last heard"), 80),
    Column("frames", mark("Frames"), 60, "number"),
    Column("broken", mark("Broken"), 60, "number"),
    Column("failures", mark("Failures"), 64, "number"),
    Column("serial", mark("Serial number"), 110),
    Column("rung", mark("Evidence"), 140),
    Column("kind", mark("Instrument kind"), 240),
)


class Screen(QWidget):
    """Table above; below it what is known of one instrument beside its wire, or the form of a new one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._owned: dict[str, Owned] = {}
        self._lines: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._strangers: dict[str, Stranger] = {}
        self.clocks = Clocks(desk, self, self._fill)
        self._other = Again(desk, self, lambda: (identities.strangers, (), {}), self._strange)
        self._list = Again(desk, self, lambda: (equipment.instruments, (), {}), self._came)
        self._said = Again(desk, self, lambda: (bench.readings, (), {"count": 20}), self._readings)
        self._bad = Again(desk, self, lambda: (bench.faults, (), {"count": 20}), self._faults)
        self._build()
        lines = Lines(desk.bench, self)
        lines.changed.connect(self._fill)
        lines.spoke.connect(self._spoke)
        desk.work.run(equipment.kinds, then=self._kinds, failed=desk.complain, owner=self)

    def _build(self) -> None:
        self.table = Table(
            COLUMNS, self.desk.work, TITLE, mark("No instrument yet."), mark("Press N to add one.")
        )
        self.table.chosen.connect(lambda _: self._choose())
        self.head, self.facts, self.pane = Label(role="head", wrap=True), Facts(88), WirePane(self.desk)
        self.wire = self.pane.view
        self.form = Adding(self.desk)
        self.right = QStackedWidget()
        self.right.addWidget(self.pane)
        self.right.addWidget(self.form)
        self.asking = Asking(self.desk)
        asked = QWidget()
        boxes.column(self.asking, of=asked, edge=(8, 8, 0, 0))
        self.right.addWidget(asked)
        self.asking.ended.connect(lambda: self.right.setCurrentIndex(0))
        self.found = FoundList(self.desk, self._add_found, self.leave)
        self.right.addWidget(self.found)
        self.device = DeviceActs(self.desk, self.asking, self.table)
        about, below, split = QWidget(), QSplitter(), QSplitter(Qt.Orientation.Vertical)
        column = boxes.column(self.head, self.facts, of=about, edge=(0, 8, 8, 0), gap=4)
        column.setStretchFactor(self.facts, 1)
        below.addWidget(about)
        below.addWidget(self.right)
        split.addWidget(self.table)
        split.addWidget(below)
        px = theme.current().px
        below.setSizes([px(420), px(830)])
        split.setSizes([px(270), px(360)])
        boxes.column(split, of=self, edge=12)

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(
        self, *, instrument: str = "", port: str = "", profile: str = "", settings: str = "",
        **_: Any,  # noqa: ANN401 - other screens may say more
    ) -> None:  # fmt: skip
        """Ask for everything anew; what was found on a port, or was described, begins the form."""
        self._list.ask()
        self._other.ask()
        self.clocks.ask()
        self._said.ask()
        self._bad.ask()
        self.table.seek(instrument)
        self.table.setFocus()
        if port or settings:
            self._add_found(port, profile, settings)

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's own notice
        """Follow instruments and what is decoded of their wires."""
        self.clocks.follow(notice)
        verb = getattr(notice, "verb", "")
        if verb in {"", "equip.instrument", "equip.connect", "rebind.device"}:
            self._list.ask()
        if verb in {"", "measure.take_in", "rebind.device", "rebind.seen", "retake.stray"}:
            self._other.ask()
        if verb in {"", "measure.take_in"}:
            self._said.ask()
        if verb in {"", "measure.hold_broken"}:
            self._bad.ask()

    def _kinds(self, kinds: list[Kind]) -> None:
        self.form.show_kinds(kinds)

    def _came(self, owned: list[Owned]) -> None:
        self._owned = {one.id: one for one in owned}
        self._fill()

    def _strange(self, found: dict[str, Stranger]) -> None:
        self._strangers = dict(found)
        self._fill()

    def _fill(self) -> None:
        self._lines = {line.id: line for line in self.desk.bench.lines()} if self.desk.bench else {}
        self.table.show_rows(
            [_row(one, self._lines.get(one.id), self._strangers.get(one.id)) for one in self._owned.values()]
        )
        if not self.table.current_key():
            self.table.step(0)
        self._choose()

    # The wire ---------------------------------------------------------------------------------------------

    def _spoke(self, said: list[tuple[str, str, bytes, Any]]) -> None:
        for instrument, direction, data, at in said:
            self.pane.spoke(instrument, direction, data, at)

    def _readings(self, found: list[Said]) -> None:
        for one in reversed(found):
            if one.id not in self._seen:
                self._seen.add(one.id)
                self.wire.add(one.instrument, _wire.reading_line(one))

    def _faults(self, found: list[Broken]) -> None:
        for one in reversed(found):
            if one.id not in self._seen:
                self._seen.add(one.id)
                self.wire.add(one.instrument, _wire.broken_line(one))

    # Showing ----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Owned | None:
        """The instrument with the cursor."""
        return self._owned.get(self.table.current_key())

    def _choose(self) -> None:
        one = self.chosen
        self.head.put(one.name if one else "")
        stranger = self._strangers.get(one.id) if one else None
        self.facts.show_lines(
            _facts(one, self._lines.get(one.id), stranger, self.clocks.found.get(one.id)) if one else []
        )
        self.wire.show_instrument(one.id if one else "")
        self.desk.changed.emit()

    @property
    def adding(self) -> bool:
        """Whether the form is shown."""
        return self.right.currentIndex() == 1

    # Acting -----------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Show the form for a new instrument."""
        self._show_form(None)

    def look(self) -> None:
        """Ask the idle ports who hangs there."""
        self.table.hide()
        self.right.setCurrentIndex(3)
        self.found.begin()

    def _add_found(self, port: str, profile: str, settings: str = "") -> None:
        self.add()
        self.form.propose(port, profile, settings)

    def edit(self) -> None:
        """Show the form with the instrument that has the cursor."""
        if self.chosen is not None:
            self._show_form(self.chosen)

    def _show_form(self, one: Owned | None) -> None:
        self.table.hide()
        self.form.begin(one)
        self.right.setCurrentIndex(1)
        self.desk.changed.emit()

    def save(self) -> None:
        """Save the form when it is right."""
        device = self.form.device()
        if device is not None:
            self.desk.do(equip.instrument, device, then=self._saved)

    def _saved(self, id_: str) -> None:
        self.desk.toast(t("Saved: {name}", name=id_))
        self.leave()
        self._list.ask()

    def leave(self) -> None:
        """Go back from the form to the wire."""
        self.right.setCurrentIndex(0)
        self.table.show()
        self.table.setFocus()
        self.desk.changed.emit()

    def bind(self) -> None:
        """Ask which device stands here now."""
        self._ask_device(lambda one: self.device.bind(one, self._strangers.get(one.id)))

    def turn(self) -> None:
        """Take the instrument out of use, or put it into use again; its readings stay."""
        one = self.chosen
        if one is not None:
            device = Device(one.id, one.name, one.profile, one.serial, one.port, one.evidence, one.settings)
            self.desk.do(equip.instrument, device, active=not one.active)

    def connect_here(self) -> None:
        """Say that the instrument is plugged in at this computer, which opens its line then."""
        if self.chosen is not None:
            self.desk.do(equip.connect, self.chosen.id)

    def acts(self) -> list[Action]:
        """Return what can be done."""
        if self.asking.active:
            return self.asking.acts()
        if self.right.currentIndex() == 3:
            return self.found.acts()
        if self.adding:
            return [
                Action(mark("Back"), "Escape", self.leave),
                Action(mark("Save"), "Ctrl+Return", self.save, primary=True, missing=self.form.missing()),
            ]
        may = (
            ""
            if self.desk.may(CHANGES)
            else t("the quality manager or the administrator changes instruments")
        )
        none = may or ("" if self.chosen else t("no instrument is chosen"))
        out = self.chosen is None or self.chosen.active
        return [
            *self._wire_acts(),
            *self._own(none),
            Action(mark("Take out of use") if out else mark("Put into use"), "X", self.turn, missing=none),
            *(
                []
                if self.chosen is None or self.chosen.here
                else [Action(mark("It is plugged in here"), "H", self.connect_here)]
            ),
            Action(mark("Bind anew"), "B", self.bind, missing=none),
            Action(mark("Change"), "E", self.edit, missing=none),
            Action(
                mark("Find on the ports"),
                "F",
                self.look,
                missing=may or ("" if self.desk.bench else t("No line runs in this window.")),
            ),
            Action(mark("Add an instrument"), "N", self.add, primary=True, missing=may),
        ]

    def _wire_acts(self) -> list[Action]:
        """Return what anybody here may do with the wire that is shown."""
        one = self.chosen
        if one is None:
            return []
        silent = "" if self.pane.heard(one.id) else t("nothing was said on this wire yet")
        return [
            Action(mark("Save the wire"), "S", lambda: self.pane.save(one.id, one.profile), missing=silent),
            Action(mark("Set a mark"), "M", lambda: self.pane.mark(one.id)),
        ]

    def _own(self, none: str) -> list[Action]:
        """Return what this kind of device can have done to itself."""
        kind = self.chosen.kind if self.chosen else None
        if kind is None:
            return []
        own = [
            Action(order.word, order.key, partial(self._ask_device, partial(self.device.order, order)), missing=none,
                   destroys=order.destroys)
            for order in ORDERS
            if order.able(kind)
        ]  # fmt: skip
        nowhere = "" if self.desk.papers else t("no folder for reports is set")
        write = Action(mark("Export its description"), "D", self._export, missing=nowhere)
        return [*own, *([write] if kind.described else [])]

    def _export(self) -> None:
        if self.chosen is not None:
            self.device.export(self.chosen)

    def _ask_device(self, act: Callable[[Owned], None]) -> None:
        if self.chosen is not None:
            self.right.setCurrentIndex(2)
            act(self.chosen)

    def sentence(self) -> str:
        """Say how the line stands, or what the form still needs."""
        if self.adding:
            return t("The line is opened as soon as the instrument is saved.")
        if self.right.currentIndex() == 3:
            return self.found.sentence()
        one = self.chosen
        if one is None:
            return t("Add the first instrument.")
        if one.id in self._strangers:
            return t(
                "{name}: another device or line than the bound one. Its readings are held.", name=one.name
            )
        if one.station and not one.here:
            return t("{name} is plugged in at {station}. Press H when it is plugged in here.",
                     name=one.name, station=one.station)  # fmt: skip
        line = self._lines.get(one.id)
        state = _codes.coded("link", line.state if line else "stopped")
        why = _codes.link_reason(line.reason, line.values) if line else ""
        return f"{one.name}: {state}{'. ' if why else ''}{why}"

    def retranslate(self) -> None:
        """Speak the other language."""
        self.form.retranslate()
        self._fill()


def _row(one: Owned, line: Any, stranger: Stranger | None) -> Row:  # noqa: ANN401 - a line of the bench, or None
    state = line.state if line else "stopped"
    link = linked(state) if one.active else t("out of use")
    link = t("at {station}", station=one.station) if one.active and one.station and not one.here else link
    link = f"● {t('another device')}" if stranger else link
    heard = text.time(line.heard) if line and line.heard else None
    counts = (line.frames, line.broken, line.failures) if line else (None, None, None)
    kind = _codes.pair(one.kind.title) if one.kind else one.profile
    tone = "muted" if not one.active else "positive" if state == "lost" or stranger else ""
    rung = words(f"rung.{one.evidence.lower()}")
    return Row(one.id, (one.name, link, heard, *counts, one.serial, rung, kind), tone)


def _facts(
    one: Owned,
    line: Any,  # noqa: ANN401 - a line of the bench, or None
    stranger: Stranger | None,
    clock: DeviceClock | None,
) -> list[Line]:
    kind = one.kind
    last = text.moment(one.last_reading) if one.last_reading else ""
    unverified = t("format.comma").join(map(t, kind.unverified)) if kind else ""
    return [
        (t("Device"), _strangeness(stranger), "wrong"),
        (t("Why"), _codes.link_reason(line.reason, line.values) if line else "", "wrong"),
        (t("Since"), text.moment(line.since) if line and line.since else "", ""),
        (t("Waiting"), _codes.link_reason(line.waiting, {}) if line else "", "late"),
        (t("Clock"), told(clock), "late" if clock and clock.apart else ""),
        (t("Notes"), t("format.comma").join(line.notes) if line else "", "late"),
        (t("Port"), one.port, ""),
        (t("Plugged in at"), one.station, ""),
        (t("Instrument kind"), _codes.pair(kind.title) if kind else one.profile, ""),
        (t("Wiring"), " / ".join(kind.wiring) if kind else "", ""),
        (t("Readings"), t("{count}, the last {at}", count=one.readings, at=last) if last else "0", ""),
        (t("Settings"), written(one.settings), ""),
        (t("Known from"), t(kind.source) if kind else "", ""),
        (t("Unverified"), unverified, "late"),
    ]


def _strangeness(one: Stranger | None) -> str:
    if one is None:
        return ""
    if one.reason == "other_line":
        return t("Its line ends in another USB adapter. Waiting readings: {count}", count=one.waiting)
    return t("Another device stands here: it says {says}, bound is {bound}. Waiting readings: {count}",
             says=one.says, bound=one.bound, count=one.waiting)  # fmt: skip


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""

    def bind() -> None:
        screen.leave()
        screen.bind()

    return [("form", screen.add), ("bind", bind)]
