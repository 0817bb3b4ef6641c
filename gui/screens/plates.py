"""Plates: laid out well by well, given a read of the reader, calculated, and their curve looked at."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _codes
from gui.screens._again import Again
from gui.screens._plate_form import Heading, Wells
from gui.screens._plate_outcome import MARKS, Outcome
from gui.screens._plate_run import Starting
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.platemap import Cell, PlateMap
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.queries import plates
from lims.queries.plates import Listed, Seen, Waiting
from lims.rules import curves
from lims.rules.curves import Curve
from lims.rules.plate import Well
from lims.services import measure
from lims.services import plate as verbs
from lims.text import mark, t

TITLE = mark("Plates")
ICON = "bench"
ORDER = 45
OFTEN = "technician"
NEEDS = "technician reviewer manager"

COLUMNS = (
    Column("name", mark("Plate"), 82, sorts=False),
    Column("state", mark("State"), 84, sorts=False),
)


class Screen(QWidget):
    """Plates at the left, the wells of one in the middle, what was calculated of it at the right."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._listed: dict[str, Listed] = {}
        self._seen: Seen | None = None
        self._reads: Sequence[Waiting] = ()
        self._layout: dict[str, Well] = {}
        self._dirty = False
        self._new = False
        self._list = Again(desk, self, lambda: (plates.listed, (), {}), self._came)
        self._waiting = Again(desk, self, lambda: (plates.waiting, (), {}), self._read_came)
        self._build()

    def _build(self) -> None:
        self.table = Table(COLUMNS, self.desk.work, TITLE, mark("No plate yet."), mark("Press N for one."))
        self.table.setMinimumWidth(theme.current().px(168))
        self.heading, self.map, self.wells = Heading(), PlateMap(mark("Wells of the plate")), Wells()
        self.read, self.compared, self.outcome = QComboBox(), QCheckBox(), Outcome(self.desk)
        self.read.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.read.setMinimumContentsLength(16)
        taking = boxes.row(Label(mark("Read"), "muted"), self.read, self.compared, gap=6)
        taking.setStretchFactor(self.read, 1)
        middle, split = QWidget(), QSplitter()
        self.starting = Starting(self.desk, self)
        parts = (self.heading, self.map, self.wells, self.starting, taking)
        column = boxes.column(*parts, of=middle, edge=(8, 0, 8, 0))
        column.setStretchFactor(self.map, 1)
        for one in (self.table, middle, self.outcome):
            split.addWidget(one)
        px = theme.current().px
        split.setSizes([px(170), px(540), px(540)])
        boxes.column(split, of=self, edge=12)
        self.table.chosen.connect(self._choose)
        self.map.marked.connect(self._marked)
        self.wells.put_in.connect(self._put_in)
        self.heading.changed.connect(self._edited)
        self.starting.ruled.connect(self._follow)
        self.read.currentIndexChanged.connect(lambda _: self._offer_compare())
        self._dress()

    def _dress(self) -> None:
        self.compared.setText(t("compared with the display"))
        self.read.setAccessibleName(t("Read"))

    # What the frame calls ---------------------------------------------------------------------------------

    def arrived(self, **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew."""
        self._list.ask()
        self._waiting.ask()
        self.starting.ask()
        self.table.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - the laboratory's notice
        """Follow plates of others and reads as they come."""
        verb = getattr(notice, "verb", "")
        if verb.startswith("plate.") or not verb:
            self._list.ask()
        if verb in {"", "measure.take_in"}:
            self._waiting.ask()
        if verb in {"", "equip.instrument", "equip.connect"}:
            self.starting.ask()
        if verb == "measure.close_run":
            self._again("")

    def retranslate(self) -> None:
        """Write everything anew."""
        self._dress()
        self.heading.retranslate()
        self.wells.retranslate()
        self.starting.fill()
        self._show_list()
        self._show_reads()
        self._show()

    def sentence(self) -> str:
        """Say what to do next."""
        if self._seen is None and not self._new:
            return t("Press N for a new plate, or choose one.")
        if self._dirty and self._curve() is not None:
            return t("Scan each sample: it goes into the next free wells; then save the layout.")
        if self._dirty:
            return t("Mark wells, say what stands in them and press Enter; then save the layout.")
        if self._seen is not None and not self._seen.read:
            started = self._seen.run is not None or not self._seen.samples
            taking = t("Take the read of the reader for this plate.")
            return (
                taking
                if started
                else t("Start the run, so that its samples get verdicts; then take the read.")
            )
        if self._closing():
            return t("Close the run: gates and control first, then its samples.")
        return t("Calculate: nothing is read beyond the standards.")

    def acts(self) -> list[Action]:
        """Return what can be done with the plate that is shown."""
        return [
            Action(mark("New plate"), "N", self._begin),
            Action(mark("Fill the marked wells"), "F3", self._put_in, missing=self._unmarked()),
            Action(mark("Save the layout"), "F6", self._save, missing=self._unsaved()),
            Action(mark("Start the run"), "F8", self._start, missing=self._unstarted()),
            Action(mark("Take the read"), "F7", self._take, missing=self._untaken()),
            Action(mark("Calculate"), "F9", self._calculate, primary=not self._closing(),
                   missing=self._uncalculated()),
            *([Action(mark("Close the run"), "Ctrl+Return", self._close, primary=True)] if self._closing() else []),
        ]  # fmt: skip

    def _closing(self) -> bool:
        """Whether the run of the plate that is shown is open and calculated, so that it can be judged."""
        seen = self._seen
        return bool(seen and seen.run and seen.run.state == "open" and seen.outcome and not self._dirty)

    def _unstarted(self) -> str:
        if self._seen is None or self._dirty:
            return t("save the layout first")
        return t("it was started") if self._seen.run is not None else self.starting.missing

    def _unmarked(self) -> str:
        if self._seen is not None and self._seen.outcome:
            return t("it was calculated: lay out another one")
        return "" if self._targets() else t("mark wells first")

    def _targets(self) -> Sequence[str]:
        """The wells that are filled next: the marked ones, else the next empty group of the method's layout."""
        curve = self._curve()
        spare = (
            next(curves.spare(curve, self._layout), ())
            if curve is not None and (self._new or self._seen)
            else ()
        )
        return self.map.wells or spare

    def _unsaved(self) -> str:
        if not self._dirty:
            return t("nothing was changed")
        return t("{field} is missing", field=self.heading.missing) if self.heading.missing else ""

    def _untaken(self) -> str:
        if self._seen is None or self._dirty:
            return t("save the layout first")
        waiting = self._chosen_read()
        if waiting is None:
            return t("no read has come")
        return t("compare it first") if waiting.unverifiable and not self.compared.isChecked() else ""

    def _uncalculated(self) -> str:
        if self._seen is None or self._dirty:
            return t("save the layout first")
        return "" if self._seen.read else t("take a read first")

    # The list ---------------------------------------------------------------------------------------------

    def _came(self, found: Sequence[Listed]) -> None:
        self._listed = {one.id: one for one in found}
        self._show_list()
        if not self.table.current_key() and self._listed and not self._new:
            self.table.step(0)

    def _show_list(self) -> None:
        self.table.show_rows([_row(one) for one in self._listed.values()])

    def _choose(self, key: str) -> None:
        if key in self._listed and not (self._dirty and self._seen and self._seen.id == key):
            self.desk.ask(plates.plate, key, then=self._found, latest="plates.plate", owner=self)

    def _found(self, seen: Seen) -> None:
        self._seen, self._layout, self._dirty, self._new = seen, dict(seen.layout), False, False
        self.heading.put(seen)
        self._show()

    def _begin(self) -> None:
        """Begin a plate with the standards, blanks and kit of the one before."""
        self._layout = {name: one for name, one in self._layout.items() if one.role in ("standard", "blank")}
        self._seen, self._dirty, self._new = None, True, True
        self.heading.put(None)
        self.map.clearSelection()
        self._follow()
        self._show()
        self.heading.fields["name"].setFocus()

    def _curve(self) -> Curve | None:
        """The curve of the chosen method, where that says how a plate is laid out."""
        rule = self.starting.rule
        return rule.curve if rule is not None and rule.curve is not None and rule.curve.standards else None

    def _follow(self) -> None:
        """Lay a new plate out as its method says, while no sample stands on it."""
        rule, curve = self.starting.rule, self._curve()
        placed = any(one.role == "sample" for one in self._layout.values())
        if rule is None or curve is None or not self._new or placed:
            return
        self._layout = dict(curves.laid_out(curve))
        self.heading.follow(rule, curve)
        self.wells.dilution.setText(f"{curve.dilution:f}")
        self._show()

    # Wells ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        figures = self._seen.figures if self._seen else {}
        names = [*self._layout, *(one for one in figures if one not in self._layout)]
        self.map.show_cells({name: _cell(self._layout.get(name), name, figures) for name in names})
        self.outcome.put(self._seen)
        self.starting.put(self._seen)
        self.desk.changed.emit()

    def _marked(self) -> None:
        wells = self.map.wells
        if len(wells) == 1:
            self.wells.show_well(self._layout.get(wells[0]))
        self.desk.changed.emit()

    def _put_in(self) -> None:
        if self._unmarked():
            return
        try:
            well = self.wells.well()
        except ValueError as error:
            self.desk.toast(t("{field}: write a number, such as 0.05.", field=t(str(error))))
            return
        if not self.map.wells and (lacks := self.wells.lacks):
            self.desk.toast(t("{field} is missing", field=lacks))
            return
        for name in self._targets():
            if well is None:
                self._layout.pop(name, None)
            else:
                self._layout[name] = well
        if not self.map.wells:
            self.wells.next()
        self._dirty = True
        self._show()

    def _edited(self) -> None:
        self._dirty = self._dirty or self._new or self._seen is not None
        self.desk.changed.emit()

    def _save(self) -> None:
        id_ = self._seen.id if self._seen else ""
        self.desk.do(verbs.lay_out, self.heading.plan(self._layout), plate=id_, then=self._saved)

    def _saved(self, id_: str) -> None:
        self._dirty = self._new = False
        self.desk.ask(plates.plate, id_, then=self._found, latest="plates.plate", owner=self)
        self._list.ask()

    # Reads ------------------------------------------------------------------------------------------------

    def _read_came(self, found: Sequence[Waiting]) -> None:
        self._reads = found
        self._show_reads()

    def _show_reads(self) -> None:
        chosen = self.read.currentData()
        self.read.clear()
        for one in self._reads:
            when = text.moment(one.at)
            words = t(
                "{instrument} {when}: {count} wells", instrument=one.instrument, when=when, count=one.wells
            )
            self.read.addItem(f"{words} {one.part}".strip(), f"{one.instrument}:{one.entry}:{one.part}")
        self.read.setCurrentIndex(max(0, self.read.findData(chosen)) if self._reads else -1)
        self._offer_compare()

    def _chosen_read(self) -> Waiting | None:
        place = self.read.currentIndex()
        return self._reads[place] if 0 <= place < len(self._reads) else None

    def _offer_compare(self) -> None:
        waiting = self._chosen_read()
        self.compared.setVisible(waiting is not None and waiting.unverifiable)
        self.compared.setChecked(False)
        self.desk.changed.emit()

    def _take(self) -> None:
        waiting = self._chosen_read()
        if self._seen is not None and waiting is not None:
            self.desk.do(verbs.take_read, self._seen.id, instrument=waiting.instrument, entry=waiting.entry,
                         part=waiting.part, compared=self.compared.isChecked(), then=self._again)  # fmt: skip

    def _start(self) -> None:
        if self._seen is not None and not self._unstarted():
            self.desk.do(verbs.start, self._seen.id, instrument=self.starting.instrument,
                         method=self.starting.method, then=self._again)  # fmt: skip

    def _close(self) -> None:
        if self._seen is None or self._seen.run is None:
            return
        record = t("Plate {name}: {samples} samples, lot {lot}", name=self._seen.name,
                   samples=self._seen.samples, lot=self._seen.lot)  # fmt: skip
        self.desk.do_signed(measure.close_run, self._seen.run.id, records=[record], meaning="检测",
                            then=self._again)  # fmt: skip

    def _calculate(self) -> None:
        if self._seen is not None:
            self.desk.do(verbs.calculate, self._seen.id, then=self._again)

    def _again(self, _: str) -> None:
        if self._seen is not None:
            self.desk.ask(plates.plate, self._seen.id, then=self._found, latest="plates.plate", owner=self)
        self._list.ask()


def _row(one: Listed) -> Row:
    tone = {"counts": "", "gated": "wrong"}.get(one.state, "muted")
    return Row(one.id, (one.name, _codes.coded("plate_state", one.state)), tone)


def _cell(well: Well | None, name: str, figures: Mapping[str, Any]) -> Cell:
    figure = figures.get(name)
    written = "" if name not in figures else ("–" if figure is None else f"{figure:f}")
    if well is None:
        return Cell("", "", written)
    words = f"{MARKS[well.role]} {well.name if well.level is None else f'{well.level:f}'}".strip()
    return Cell(well.role, words[-6:] if well.role == "sample" else words[-8:], written)


def states(screen: Screen) -> list[tuple[str, Callable[[], object]]]:
    """Return the states that a picture is made of."""
    return [("new", screen._begin)]  # noqa: SLF001 - the gallery shows what a key does
