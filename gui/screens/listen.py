"""An unknown device: its port is listened to, what it says is shown, its columns are marked, a description is saved."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedWidget, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens import _described, _hearing
from gui.screens._described import Described
from gui.screens._wire import even_font, readable
from gui.widgets import boxes
from gui.widgets.field import Field
from gui.widgets.form import Form
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.text import mark, t, words

TITLE = mark("New device")
ICON = "search"
ORDER = 102
NEEDS = "manager administrator technician"

KEYS = {
    "P": "position",
    "S": "sample",
    "I": "item",
    "V": "value",
    "U": "unit",
    "C": "call",
    "T": "time",
    "R": "record",
}
"""Each key gives the column under the cursor its role."""
MARKS = (("P", mark("Channel")), ("V", mark("Value")), ("C", mark("Device's word")), ("T", mark("Time")))
"""Those of them that stand as buttons; the others are named in the sentence."""
COLUMNS = (
    Column("at", mark("Column"), 70, "number"), Column("role", mark("What it is"), 130),
    Column("samples", mark("What stood there"), 360),
)  # fmt: skip
READ = (
    Column("position", mark("Channel"), 60), Column("sample", mark("Sample"), 66), Column("item", mark("Item"), 70),
    Column("value", mark("Value"), 70, "number"), Column("unit", mark("Unit"), 60),
    Column("call", mark("Device's word"), 112), Column("time", mark("Time"), 120),
)  # fmt: skip
SPEEDS = tuple((str(one), str(one)) for one in (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200))
TEXTUAL = ("delimited", "lines")
PARITIES = (("N", "8N1"), ("E", "8E1"), ("O", "8O1"))


class Screen(QWidget):
    """The port above, what it says at the left, its columns at the right.

    Signals:
        spoke: bytes that came, from the worker thread that listens.
    """

    spoke = Signal(bytes)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.heard: Any = None
        self.marks: dict[int, str] = {}
        self.told: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._stop: threading.Event | None = None
        self.form = Form((
            Field("name", mark("Name of the device"), required=True, slash=False, hint=mark("maker and model")),
            Field("port", mark("Port"), required=True, slash=False, hint=mark("COM3, or /dev/ttyUSB0")),
            Field("baud", mark("Speed"), "choice", SPEEDS, hint=mark("nothing tries the usual ones")),
            Field("parity", mark("Frame"), "choice", PARITIES),
        ))  # fmt: skip
        self.form.changed.connect(desk.changed)
        self.form.setFixedHeight(theme.current().px(150))
        self.said, self.found = QPlainTextEdit(), Label(role="strong", wrap=True)
        self.said.setReadOnly(True)
        self.said.setAccessibleName(t("What the device says"))
        self.said.document().setDefaultFont(even_font())
        self.table = Table(COLUMNS, desk.work, mark("Columns"), mark("Nothing was heard yet."),
                           mark("F listens; press print or upload on the device."))  # fmt: skip
        self.table.chosen.connect(lambda _: desk.changed.emit())
        self.frame, self.registers = _described.frames(), _described.registers()
        self.counted, self.taken = _described.counted(), _described.foreign()
        self.reads = Table(READ, desk.work, mark("What would be read"), mark("Nothing is read yet."),
                           mark("Mark the value; compare what stands here with the device's display."))  # fmt: skip
        left, right, split = QStackedWidget(), QWidget(), QSplitter()
        heard = QWidget()
        boxes.column(self.found, self.said, of=heard, edge=(0, 0, 8, 0), gap=4)
        self.left = left
        left.addWidget(heard)
        for one in (self.frame, self.registers, self.counted, self.taken):
            left.addWidget(one)
            one.changed.connect(desk.changed)
        below = boxes.column(self.table, Label(mark("What would be read"), "head"), self.reads, of=right,
                             edge=(8, 0, 0, 0), gap=4)  # fmt: skip
        below.setStretchFactor(self.table, 3)
        below.setStretchFactor(self.reads, 2)
        split.addWidget(left)
        split.addWidget(right)
        boxes.column(self.form, split, of=self, edge=12, gap=8).setStretch(1, 1)
        self.spoke.connect(self._spoke)

    def arrived(self, **_: object) -> None:
        """Begin with the name."""
        self.form.boxes["name"].setFocus()

    # Listening --------------------------------------------------------------------------------------------

    @property
    def listening(self) -> bool:
        """Whether a port is being listened to."""
        return self._stop is not None

    def listen(self) -> None:
        """Listen without a word, at the speed chosen or at each usual one."""
        if not self.form.complete():
            return
        raw = self.form.raw()
        self._stop, self.heard, self.marks, self._made = threading.Event(), None, {}, {}
        self.said.clear()
        self.table.show_rows([])
        self.reads.show_rows([])
        self.table.setFocus()
        self.desk.work.run(_hearing.hear, raw["port"], int(raw.get("baud", 0)), raw.get("parity", "N"), self._stop,
                           self.spoke.emit, then=self._came, failed=self._failed, owner=self)  # fmt: skip
        self.desk.changed.emit()

    def stop(self) -> None:
        """Hear no more; what came is kept."""
        if self._stop is not None:
            self._stop.set()

    def _spoke(self, data: bytes) -> None:
        self.said.appendPlainText(f"{data.hex(' ').upper()}   {readable(data)}")

    def _came(self, heard: Sequence[Any]) -> None:
        self._stop, self.heard = None, heard[0]
        self.marks = {at: cell.role for at, cell in enumerate(self.heard.cells()) if cell.role}
        shape = words(f"wire_shape.{self.heard.shape}") if self.heard.shape else t("nothing repeats")
        self.found.put(t("{line}: {share} legible, {count} bytes, {shape}", line=self.heard.line,
                         share=f"{self.heard.legible:.0%}", count=len(self.heard.data), shape=shape))  # fmt: skip
        if not self.said.toPlainText():
            self._spoke(self.heard.data)
        self._fill()

    def _failed(self, error: BaseException) -> None:
        self._stop = None
        self.desk.complain(error)
        self.desk.changed.emit()

    # Marking ----------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        cells = self.heard.cells() if self.heard else []
        self.table.show_rows([self._row(at, cell) for at, cell in enumerate(cells)])
        if cells and not self.table.current_key():
            self.table.step(0)
        self._preview()
        self.desk.changed.emit()

    def _preview(self) -> None:
        """Read what was heard by the marks, off the GUI thread; without a value there is nothing to read."""
        if {"value", "call"} & set(self.marks.values()):
            self.desk.work.run(_hearing.read, self.heard, dict(self.marks), dict(self.told), then=self._read,
                               failed=self._unread, latest="listen.read", owner=self)  # fmt: skip
        else:
            self.reads.show_rows([])

    def _read(self, found: Sequence[dict[str, Any]]) -> None:
        self.reads.show_rows([_hearing.reading(str(at), one) for at, one in enumerate(found)])

    def _unread(self, error: BaseException) -> None:
        self.reads.show_rows([])
        self.desk.complain(error)

    def _row(self, at: int, cell: Any) -> Row:  # noqa: ANN401 - `lims.bench.listening.Cell`
        role = words(f"wire_role.{self.marks[at]}") if at in self.marks else ""
        return Row(str(at), (at + 1, role, " · ".join(cell.samples[:6])), "" if role else "muted")

    def give(self, role: str) -> None:
        """Give the column under the cursor a role, or take it away when it has it."""
        key = self.table.current_key()
        if not key:
            return
        at = int(key)
        if self.marks.get(at) == role:
            del self.marks[at]
        else:
            self.marks[at] = role
        self._fill()

    # Describing -------------------------------------------------------------------------------------------

    def describe(self, one: Described) -> None:
        """Show a form in place of what was heard."""
        begins = {self.frame: self.heard.frame if self.heard else {}, self.counted: self.told}
        one.begin(begins.get(one, {"unit_id": "1", "scale": "1", "stride": "1"}))
        self.left.setCurrentWidget(one)
        self.desk.changed.emit()

    def leave(self) -> None:
        """Go back to what was heard."""
        self.left.setCurrentIndex(0)
        self.table.setFocus()
        self.desk.changed.emit()

    def reframe(self) -> None:
        """Read what was heard once more, in the frames as they are described."""
        if self.heard is None or not self.frame.form.complete():
            return
        try:
            heard = self.heard.reframed(self.frame.said())
        except Exception as error:  # noqa: BLE001 - whatever does not fit is told as a sentence
            self.desk.complain(error)
            return
        self.leave()
        self._came([heard])

    def count(self) -> None:
        """Read what was heard once more, with what the device does not say itself."""
        if self.counted.form.complete():
            self.told = self.counted.said()
            self.leave()
            self._fill()

    def take(self) -> None:
        """Take in what another laboratory described, into this laboratory's folder."""
        if self.desk.papers is not None and self.taken.form.complete():
            self.desk.work.run(_hearing.take, self.desk.papers.folder.root / "forms", self.taken.said()["file"],
                               then=self._took, failed=self.desk.complain, in_order=True)  # fmt: skip

    def _took(self, made: tuple[str, str]) -> None:
        kind, path = made
        self.leave()
        self._offer(kind, path, t("The description is taken in: {file}. N adds the device; compare its readings with "
                                  "the display before they count.", file=path))  # fmt: skip

    def _offer(self, kind: str, path: str, said: str) -> None:
        """Say that a description lies in the folder, and offer to add the device with it."""
        from lims.bench.describing import SETTING  # noqa: PLC0415 - it loads the laboratory's modules

        self._made = {"profile": kind, "settings": f"{SETTING[kind]}={path}"}
        self.desk.banner("form", said, "tell")
        self.desk.changed.emit()

    def add(self) -> None:
        """Go on to Instruments with the description that was made."""
        self.desk.go("instruments", port=self.form.raw().get("port") or "", **self._made)

    def save_registers(self) -> None:
        """Write the map of the registers into the laboratory's folder."""
        if self.desk.papers is not None and self.registers.form.complete():
            folder, name = self.desk.papers.folder.root / "forms", self.form.raw()["name"]
            self.desk.work.run(_hearing.save_registers, folder, name, self.registers.said(), then=self._mapped,
                               failed=self.desk.complain, in_order=True)  # fmt: skip

    def _mapped(self, path: str) -> None:
        self.leave()
        self._offer("modbus_reader", path, t("The map is saved: {file}. N adds the device.", file=path))

    # Saving -----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write description and transcript into the laboratory's folder."""
        papers = self.desk.papers
        if papers is None or self.heard is None:
            return
        self.desk.work.run(_hearing.save, papers.folder.root / "forms", self.form.raw()["name"], self.heard,
                           dict(self.marks), dict(self.told), then=self._saved, failed=self.desk.complain,
                           in_order=True)  # fmt: skip

    def _saved(self, path: str) -> None:
        self._offer(
            "profile_file", path, t("The description is saved: {file}. N adds the device.", file=path)
        )

    # What the frame calls ---------------------------------------------------------------------------------

    def acts(self) -> list[Action]:
        """Return what can be done."""
        if self.listening:
            return [Action(mark("Stop listening"), "Escape", self.stop, primary=True)]
        if self.left.currentIndex():
            return self._describing()
        gaps = self.form.missing()
        missing = t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""
        heard = "" if self.heard and self.heard.shape else t("nothing was heard that repeats")
        value = "" if {"value", "call"} & set(self.marks.values()) else t("no column is the value yet")
        return [
            *(self._marking(heard) if self.heard else [
                Action(mark("Take in a description"), "O", partial(self.describe, self.taken)),
                Action(mark("Registers"), "M", partial(self.describe, self.registers)),
            ]),
            *([Action(mark("Add the device"), "N", self.add)] if self._made else []),
            Action(mark("Listen"), "F", self.listen, missing=missing),
            Action(
                mark("Save the description"),
                "Ctrl+Return",
                self.save,
                primary=True,
                missing=missing or heard or value,
            ),
        ]  # fmt: skip

    def _marking(self, missing: str) -> list[Action]:
        """Return what can be said of the columns that were heard."""
        return [
            *(Action(word, key, partial(self.give, KEYS[key]), missing=missing) for key, word in MARKS),
            Action(mark("Unit, factor"), "W", partial(self.describe, self.counted), missing=missing),
            *(
                []
                if self.heard.shape in TEXTUAL
                else [Action(mark("Frame shape"), "D", partial(self.describe, self.frame))]
            ),
        ]

    def _describing(self) -> list[Action]:
        """Return what can be done while one of the forms stands at the left."""
        ways = {self.frame: self.reframe, self.registers: self.save_registers, self.counted: self.count,
                self.taken: self.take}  # fmt: skip
        shown = next(one for one in ways if one is self.left.currentWidget())
        gaps = shown.form.missing()
        gaps += (
            [t("Name of the device")] if shown is self.registers and not self.form.raw().get("name") else []
        )
        missing = t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""
        return [
            Action(mark("Back"), "Escape", self.leave),
            Action(shown.word, "Ctrl+Return", ways[shown], primary=True, missing=missing),
        ]

    def keyPressEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's own event
        """Give the other roles by their letters."""
        role = KEYS.get(event.text().upper())
        if role and self.heard is not None and not self.left.currentIndex():
            self.give(role)
        else:
            super().keyPressEvent(event)

    def sentence(self) -> str:
        """Say what is expected."""
        if self.listening:
            return t("Listening, without a word to the device. Press print or upload on it.")
        shown = self.left.currentWidget()
        if isinstance(shown, Described):
            return t(shown.expects)
        if self.heard is None:
            return t(
                "Name the device and its port; F listens for {seconds} seconds.",
                seconds=int(_hearing.SECONDS),
            )
        return t("Mark columns: P channel, S sample, I item, V value, U unit, C word, T time, R record.")


def states(screen: Screen) -> list[tuple[str, Callable[[], Any]]]:
    """Return the states that the gallery shows besides the first."""
    forms = {
        "registers": screen.registers,
        "frame": screen.frame,
        "counted": screen.counted,
        "taken": screen.taken,
    }
    return [(name, partial(screen.describe, one)) for name, one in forms.items()]
