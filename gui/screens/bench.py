"""The bench: samples are placed by scanning, the run is started, readings appear by themselves, the run is closed."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from gui import theme
from gui.desk import Action, Desk, Scan
from gui.screens import _channels
from gui.screens._again import Again
from gui.screens._board import Board
from gui.screens._channels import Bound
from gui.screens._chips import Chips, face
from gui.screens._gate import Gate
from gui.screens._kit import Kit, measures_samples
from gui.screens._lines import Lines
from gui.screens._live import Live
from gui.screens._placing import Placing
from gui.screens._results import WIDE, Results
from gui.screens._strip import Strip
from gui.widgets import boxes
from gui.widgets.empty import Empty
from lims import text
from lims.queries import bench, equipment, samples
from lims.queries.bench import RunView
from lims.queries.equipment import Owned
from lims.queries.samples import Row
from lims.rules import numbering, scanned
from lims.services import measure
from lims.text import mark, t

TITLE = mark("Bench")
ICON = "bench"
ORDER = 40
OFTEN = NEEDS = "technician"

NARROW = 1100
ALONE = 168
"""Height at 100 % of the one tile of a strip reader: the strip below it is what is looked at."""
QWIDGETSIZE_MAX = 16_777_215


class Screen(QWidget):
    """One instrument at a time; each keeps what was placed in it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._owned: dict[str, Owned] = {}
        self._runs: list[RunView] = []
        self._run: RunView | None = None
        self.placing = Placing()
        self._fresh: set[str] = set()
        self._scans: list[str] = []
        self._busy = False
        self._list = Again(desk, self, lambda: (equipment.instruments, (), {}), self._listed)
        self._latest = Again(desk, self, lambda: (bench.runs, (), {"count": 50}), self._ran)
        self._now = Again(desk, self, self._asked, self._came)
        self._build()
        heard = Lines(desk.bench, self)
        heard.changed.connect(self._show_chips)
        heard.changed.connect(self._show_live)

    def _build(self) -> None:
        self.chips, self.board, self.results = Chips(), Board(t("Channels")), Results(self.desk)
        self.chips.chosen.connect(self._chosen)
        self.board.moved.connect(self._moved)
        self.kit = Kit(self.desk)
        self.method, self.lot = self.kit.method, self.kit.lot
        self.kit.changed.connect(self._look)
        self.strip, self.live, self.gate = Strip(), Live(self.desk), Gate(self.desk)
        self.gate.changed.connect(self.desk.changed)
        left, self._split = QWidget(), QSplitter()
        parts = (self.kit, self.gate, self.board, self.strip, self.live)
        column = boxes.column(*parts, of=left, edge=(0, 0, 8, 0))
        column.setStretchFactor(self.board, 3)
        column.setStretchFactor(self.strip, 2)
        column.setStretchFactor(self.live, 2)
        self._split.addWidget(left)
        self._split.addWidget(self.results)
        self._split.setStretchFactor(0, 1)
        self._empty = Empty(mark("No instrument yet."), mark("Add one under Instruments first."))
        work = boxes.column(self.chips, self._split, self._empty, of=self, edge=12)
        work.setStretchFactor(self._split, 1)
        self._split.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the results less room in a small window."""
        super().resizeEvent(event)
        px, wide = theme.current().px, self.width()
        if (wide < px(NARROW)) != (0 < event.oldSize().width() < px(NARROW)) or event.oldSize().width() <= 0:
            list_ = px(284 if wide < px(NARROW) else WIDE)
            self._split.setSizes([wide - list_, list_])

    # Asking -----------------------------------------------------------------------------------------------

    def arrived(self, *, instrument: str = "", **_: Any) -> None:  # noqa: ANN401 - other screens may say more
        """Ask for everything anew."""
        if instrument in self.chips.chips:
            self.chips.choose(instrument)
        self._list.ask()
        self._latest.ask()
        self._now.ask()
        self.board.setFocus()

    def refresh(self, notice: Any) -> None:  # noqa: ANN401 - None, or the laboratory's own notice
        """Follow what changed: readings at once, the rest where it concerns this screen."""
        verb = getattr(notice, "verb", "")
        self._now.ask()
        if verb != "measure.take_in":
            self._latest.ask()
            self.gate.again()
        if verb in {"", "equip.instrument", "equip.connect"}:
            self._list.ask()

    def _asked(self) -> Any:  # noqa: ANN401 - as Again takes it
        return (bench.current, (self.chips.current,), {}) if self.chips.current else None

    def _listed(self, owned: list[Owned]) -> None:
        self._owned = {one.id: one for one in owned if one.active and measures_samples(one)}
        self._empty.setVisible(not self._owned)
        self._split.setVisible(bool(self._owned))
        self._show_chips()

    def _ran(self, runs: list[RunView]) -> None:
        self._runs = runs
        self._show_chips()

    def _came(self, run: RunView | None) -> None:
        if run is not None and run.instrument != self.chips.current:
            return
        self._run = run
        self._show()

    def _chosen(self, instrument: str) -> None:
        self._run = None
        self.board.show_shape(_channels.shape_of(self._owned[instrument]))
        self._remember_kit(instrument)
        self._show()
        self._now.ask()

    def _remember_kit(self, instrument: str) -> None:
        """Offer method and lot of this instrument's last run."""
        last = next((run for run in self._runs if run.instrument == instrument), None)
        self.kit.remember(last)

    # Showing ----------------------------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """`placing` before a run, `running`, or `closed` while the last run of today is looked at."""
        if self._run is not None and self._run.state == "open":
            return "running"
        seen = self.chips.current in self._fresh or bool(self.bound)
        return "closed" if self._run is not None and not seen and _channels.is_today(self._run) else "placing"

    @property
    def bound(self) -> dict[str, Bound]:
        """What is placed in the instrument that is shown."""
        return self.placing.of(self.chips.current)

    def _show_chips(self) -> None:
        known = {line.id: line for line in self.desk.bench.lines()} if self.desk.bench else {}
        self.chips.show_faces([face(one, known.get(one.id), self._runs) for one in self._owned.values()])
        if self.chips.current and not self.lot.text():
            self._remember_kit(self.chips.current)
        self.desk.changed.emit()

    def _show(self) -> None:
        placing = self.mode == "placing"
        run = None if placing else self._run
        shown = _channels.run_channels(run) if run else _channels.bound_channels(self.bound)
        self.board.show_channels(shown, waits=placing)
        self.kit.lock(locked=self.mode == "running")
        self.results.show_run(self._run)
        self._show_live()
        self._moved(self.board.current)
        self._look()

    def _look(self) -> None:
        """Ask whether the run that is placed may start."""
        placed = self.placing.bindings(self.chips.current, self.board.positions)
        self.gate.look(self.chips.current, self.kit, placed if self.mode == "placing" else ())
        self.desk.changed.emit()

    def _show_live(self) -> None:
        """Follow the assay that runs on a bare board, several times a second."""
        run = self._run if self.mode == "running" else None
        self.live.show_run(self._owned.get(self.chips.current), run, self.board.current)
        if run is not None and self.live.running:
            self.board.show_channels(
                _channels.live_channels(_channels.run_channels(run), self.live.course), waits=False
            )

    def _moved(self, position: str) -> None:
        places = self._run.places if self._run and self.mode != "placing" else ()
        place = next((each for each in places if each.position == position), None)
        method = self._run.rule if self._run else None
        self.strip.show_place(place, method)
        alone = len(self.board.positions) == 1 and not self.strip.isHidden()
        self.board.setMaximumHeight(theme.current().px(ALONE) if alone else QWIDGETSIZE_MAX)
        self.board.move_to(position)
        self.desk.changed.emit()

    # Placing ----------------------------------------------------------------------------------------------

    def scanned(self, scan: Scan) -> None:
        """Place a sample in the next free channel; scans wait for one another, so their order is kept."""
        numbers = numbering.split(scanned.sample_of(scan.text))
        if not self.chips.current:
            self.desk.refuse(t("Add an instrument first."))
        elif numbers is None:
            self.kit.scanned(self.desk, scan.text)
        elif self.mode == "running":
            self.desk.refuse(t("A run is open here. Close it first, or choose another instrument (F4)."))
        else:
            self._scans += numbers
            self._next_scan()

    def _next_scan(self) -> None:
        if self._busy or not self._scans:
            return
        self._busy = True
        number = self._scans.pop(0)
        self.desk.ask(samples.by_number, number, owner=self, failed=self._scan_failed,
                      then=lambda row: self._found(number, row))  # fmt: skip

    def _scan_failed(self, error: BaseException) -> None:
        self._busy = False
        self.desk.sounds.bad()
        self.desk.complain(error)
        self._next_scan()

    def _found(self, number: str, row: Row | None) -> None:
        self._busy = False
        wrong = self.placing.unfit(number, row, full=self._free() is None)
        if wrong:
            self.desk.refuse(wrong)
        elif row is not None:
            self._place(Bound("sample", number, row.food))
            self.desk.sounds.good()
        self._next_scan()

    def _free(self) -> str | None:
        return self.placing.free(self.chips.current, self.board.positions, self.board.current)

    def _place(self, one: Bound) -> None:
        free = self._free()
        if free is None:
            return
        self._fresh.add(self.chips.current)
        self.bound[free] = one
        self._show()
        self.board.move_to(self._free() or free)

    def mark_role(self, role: str) -> None:
        """Make the current channel a blank or a control, and go on to the next free one."""
        if self.mode == "running":
            return
        self._fresh.add(self.chips.current)
        self.bound[self.board.current] = Bound(role)
        self._show()
        self.board.move_to(self._free() or self.board.current)

    def unbind(self) -> None:
        """Empty the current channel, or the last filled one before it."""
        found = self.placing.last(self.chips.current, self.board.positions, self.board.current)
        if found is not None:
            del self.bound[found]
            self._show()
            self.board.move_to(found)

    def begin(self, role: str = "") -> None:
        """Put the closed run aside and place the next one, what plays a role first."""
        self._fresh.add(self.chips.current)
        self._show()
        if self.board.positions:
            self.board.move_to(self.board.positions[0])
        self.board.setFocus()
        if role:
            self.mark_role(role)

    # Acting -----------------------------------------------------------------------------------------------

    def acts(self) -> list[Action]:
        """Return what can be done with the instrument that is shown."""
        if not self.chips.current:
            return []
        read = Action(mark("Read the device"), "G", self.download, missing=self._no_download())
        also = [] if self.live.course is not None and not self._download() else [read]
        if self.mode == "running":
            also = self.live.acts() or also
            if self.live.running:
                return also
            early = bool(self._run and _channels.unread(self._run))
            return [
                *also,
                *([Action(mark("Close early"), "Ctrl+Return", self.close_run)] if early else []),
                Action(mark("Close the run"), "Return", self.close_run, primary=True,
                       missing=self._not_closing()),
            ]  # fmt: skip
        if self.mode == "closed":
            review = [Action(mark("Review"), "V", lambda: self.desk.go("review"))]
            can = review if self.desk.may(["reviewer"]) else []
            blank = Action(mark("Blank"), "B", lambda: self.begin("blank"))
            return [*can, *also, blank, Action(mark("Next run"), "Return", self.begin, primary=True)]
        return [
            Action(mark("Blank"), "B", lambda: self.mark_role("blank")),
            Action(mark("Positive control"), "C", lambda: self.mark_role("control")),
            Action(mark("Take out"), "Backspace", self.unbind),
            *(self.gate.acts() or also),
            Action(mark("Start"), "Return", self.start, primary=True, missing=self._not_starting()),
        ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to method and lot; every other key is for the window."""
        if event.key() == Qt.Key.Key_F4:
            self.chips.step()
            return
        target = {"M": self.method, "L": self.lot}.get(event.text().upper())
        if target is not None and target.isEnabled():
            target.setFocus()
        else:
            super().keyPressEvent(event)

    def back(self) -> bool:
        """Go from a field back to the board."""
        away = self.method.hasFocus() or self.lot.hasFocus()
        if away:
            self.board.setFocus()
        return away

    def _no_download(self) -> str:
        if not self._download():
            return t("this device sends by itself")
        return "" if self.desk.bench else t("the lines do not run here")

    def _download(self) -> str:
        """The command that reads the device: the laboratory's own, or the profile's; a bare board needs none."""
        owned = self._owned.get(self.chips.current)
        if owned is None:
            return ""
        usual = owned.kind.download if owned.kind is not None and not owned.kind.live else ""
        return str(owned.settings.get("download", usual))

    def _not_starting(self) -> str:
        return self.placing.missing(self.chips.current, self.kit.chosen, self.lot.text()) or self.gate.missing

    def _not_closing(self) -> str:
        left = _channels.unread(self._run) if self._run else []
        return t("{count} channels have no reading yet", count=len(left)) if left else ""

    def sentence(self) -> str:
        """Say what the next scan or Enter does."""
        if not self.chips.current:
            return t("Add an instrument under Instruments first.")
        if self.mode == "running":
            left = len(_channels.unread(self._run)) if self._run else 0
            waits = t("The run is open: {count} readings are awaited; they appear by themselves.", count=left)
            if self.live.running:
                waits = t("The lid stays closed until the board is done.")
            return waits if left else t("All channels are read. Closing judges the controls first.")
        if self.mode == "closed":
            return t("The run is closed. Another person reviews it. Scan to place the next samples.")
        if not self.bound:
            return t("Scan the first sample: it goes to channel {position}.", position=self.board.current)
        free = self._free()
        if free is None:
            return t("All channels are placed.")
        return t("{count} placed. The next scan goes to channel {position}.",
                 count=len(self.bound), position=free)  # fmt: skip

    def start(self) -> None:
        """Start the run with what is placed."""
        instrument = self.chips.current
        bindings = self.placing.bindings(instrument, self.board.positions)

        def started(_: object) -> None:
            self.placing.drop(instrument)
            self._fresh.discard(instrument)
            self.desk.toast(t("The run has started."))
            self._now.ask()

        self.desk.do(measure.start_run, instrument=instrument, method=str(self.method.currentData()),
                     lot=self.lot.text().strip(), bindings=bindings, then=started)  # fmt: skip

    def close_run(self) -> None:
        """Close the run: controls are judged first, then samples."""
        if self._run is None or self._run.state != "open":
            return
        run = self._run
        read = sum(1 for place in run.places if place.said)
        record = t("Run on {instrument} from {at}: {read} of {count} channels read, lot {lot}",
                   instrument=self._owned[run.instrument].name, at=text.time(run.started_at), read=read,
                   count=len(run.places), lot=run.lot)  # fmt: skip
        self.desk.do_signed(measure.close_run, run.id, records=[record], meaning="检测", then=self._closed)

    def _closed(self, validity: str) -> None:
        self._fresh.discard(self.chips.current)
        if validity == "valid":
            self.desk.toast(t("The run is valid. Its verdicts wait for review."))
        else:
            self.desk.sounds.bad()
            self.desk.toast(
                t("The run is invalid: no verdicts. Its samples wait to be tested again."), "wrong"
            )
        self._now.ask()
        self._latest.ask()

    def download(self) -> None:
        """Ask the device for its results."""
        owned, lines = self._owned.get(self.chips.current), self.desk.bench
        if lines is None or owned is None:
            return
        try:
            lines.ask(owned.id, self._download())
        except Exception as error:  # noqa: BLE001 - whatever a line refuses is told as a sentence
            self.desk.complain(error)
        else:
            self.desk.toast(t("{instrument} was asked for its results.", instrument=owned.name))

    def retranslate(self) -> None:
        """Speak the other language."""
        self.board.setAccessibleName(t("Channels"))
        self.kit.fill()
        self._show_chips()
        if self.chips.current:
            self._show()
