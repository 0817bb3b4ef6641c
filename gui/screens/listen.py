"""An unknown device: its port is listened to, what it says is shown, its columns are marked, a description is saved."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QStackedWidget, QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.screens._described import FRAME, REGISTERS, Described
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
SECONDS = 20.0
COLUMNS = (
    Column("at", mark("Column"), 70, "number"), Column("role", mark("What it is"), 130),
    Column("samples", mark("What stood there"), 360),
)  # fmt: skip
SPEEDS = tuple((str(one), str(one)) for one in (9600, 115200, 19200, 38400, 57600, 4800, 2400, 1200))
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
        self.frame = Described(mark("How its frames look"), FRAME)
        self.registers = Described(mark("Its registers"), REGISTERS)
        left, right, split = QStackedWidget(), QWidget(), QSplitter()
        heard = QWidget()
        boxes.column(self.found, self.said, of=heard, edge=(0, 0, 8, 0), gap=4)
        self.left = left
        for one in (heard, self.frame, self.registers):
            left.addWidget(one)
        for one in (self.frame, self.registers):
            one.changed.connect(desk.changed)
        boxes.column(self.table, of=right, edge=(8, 0, 0, 0))
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
        self._stop, self.heard, self.marks = threading.Event(), None, {}
        self.said.clear()
        self.table.show_rows([])
        self.table.setFocus()
        self.desk.work.run(_hear, raw["port"], int(raw.get("baud", 0)), raw.get("parity", "N"), self._stop,
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
        self.desk.changed.emit()

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
        one.begin(self.heard.frame if one is self.frame else {"unit_id": "1", "scale": "1", "stride": "1"})
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

    def save_registers(self) -> None:
        """Write the map of the registers into the laboratory's folder."""
        if self.desk.papers is not None and self.registers.form.complete():
            folder, name = self.desk.papers.folder.root / "forms", self.form.raw()["name"]
            self.desk.work.run(_save_registers, folder, name, self.registers.said(), then=self._mapped,
                               failed=self.desk.complain, in_order=True)  # fmt: skip

    def _mapped(self, path: str) -> None:
        said = t("The map is saved: {file}. Add the device on Instruments as a reader with registers (Modbus), "
                 "with the setting map={file}.", file=path)  # fmt: skip
        self.leave()
        self.desk.banner("form", said, "tell")

    # Saving -----------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write description and transcript into the laboratory's folder."""
        papers = self.desk.papers
        if papers is None or self.heard is None:
            return
        self.desk.work.run(_save, papers.folder.root / "forms", self.form.raw()["name"], self.heard, dict(self.marks),
                           then=self._saved, failed=self.desk.complain, in_order=True)  # fmt: skip

    def _saved(self, path: str) -> None:
        said = t("The description is saved: {file}. Add the device on Instruments as a device described in a TOML "
                 "file, with the setting form={file}.", file=path)  # fmt: skip
        self.desk.banner("form", said, "tell")

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
        marks = [Action(word, key, partial(self.give, KEYS[key]), missing=heard) for key, word in MARKS]
        return [
            *marks,
            Action(mark("Frame shape"), "D", partial(self.describe, self.frame),
                   missing="" if self.heard else t("nothing was heard yet")),
            Action(mark("Registers"), "M", partial(self.describe, self.registers)),
            Action(mark("Listen"), "F", self.listen, missing=missing),
            Action(
                mark("Save the description"),
                "Ctrl+Return",
                self.save,
                primary=True,
                missing=missing or heard or value,
            ),
        ]  # fmt: skip

    def _describing(self) -> list[Action]:
        """Return what can be done while frames or registers are described."""
        shown = self.frame if self.left.currentWidget() is self.frame else self.registers
        gaps = shown.form.missing()
        gaps += (
            [t("Name of the device")] if shown is self.registers and not self.form.raw().get("name") else []
        )
        missing = t("still missing: {fields}", fields=t("format.comma").join(gaps)) if gaps else ""
        done = (
            Action(mark("Read with these frames"), "Ctrl+Return", self.reframe, primary=True, missing=missing)
            if shown is self.frame
            else Action(
                mark("Save the map"), "Ctrl+Return", self.save_registers, primary=True, missing=missing
            )
        )
        return [Action(mark("Back"), "Escape", self.leave), done]

    def keyPressEvent(self, event: Any) -> None:  # noqa: ANN401 - Qt's own event
        """Give the other roles by their letters."""
        role = KEYS.get(event.text().upper())
        if role and self.heard is not None:
            self.give(role)
        else:
            super().keyPressEvent(event)

    def sentence(self) -> str:
        """Say what is expected."""
        if self.listening:
            return t("Listening, without a word to the device. Press print or upload on it.")
        if self.left.currentWidget() is self.frame:
            return t("Take start, length, check and end from the manual; what was heard is read once more.")
        if self.left.currentWidget() is self.registers:
            return t(
                "Take the addresses from the manual's table of registers; a reader on Modbus is asked, not heard."
            )
        if self.heard is None:
            return t("Name the device and its port; F listens for {seconds} seconds.", seconds=int(SECONDS))
        return t("Mark columns: P channel, S sample, I item, V value, U unit, C word, T time, R record.")


def _hear(
    port: str, baud: int, parity: str, stop: threading.Event, told: Callable[[bytes], object]
) -> Sequence[Any]:
    """Listen; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the ports' libraries are loaded when a port is listened to

    seconds = SECONDS if baud else SECONDS / 8
    return listening.hear(port, seconds, baud=baud, parity=parity, stop=stop, told=told)


def _save(folder: Any, name: str, heard: Any, marks: dict[int, str]) -> str:  # noqa: ANN401 - a path, `Heard`
    """Write both files; for a worker thread."""
    from lims.bench import listening  # noqa: PLC0415 - the same

    return str(listening.save(folder, name, heard.marked(name, marks), heard.wire(name))[0])


def _save_registers(folder: Any, name: str, said: dict[str, str]) -> str:  # noqa: ANN401 - a path
    """Write the map; for a worker thread."""
    from lims.bench import describing, listening  # noqa: PLC0415 - the same

    return str(listening.save(folder, name, describing.registers(name, said), kind="modbus_reader")[0])


def states(screen: Screen) -> list[tuple[str, Callable[[], Any]]]:
    """Return the states that the gallery shows besides the first."""
    return [("registers", partial(screen.describe, screen.registers))]
