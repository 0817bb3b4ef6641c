"""What hangs on the idle ports: each port with what answered there, and the way from there into the form."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.desk import Action, Desk
from gui.screens import _codes
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims.text import mark, t, words

COLUMNS = (
    Column("port", mark("Port"), 150), Column("what", mark("Instrument kind"), 300),
    Column("line", mark("Wiring"), 150), Column("adapter", mark("USB adapter"), 220),
)  # fmt: skip


class FoundList(QWidget):
    """The list; it is filled by asking, in a worker thread, and one of it begins the form."""

    def __init__(self, desk: Desk, take: Callable[[str, str], None], away: Callable[[], None]) -> None:
        super().__init__()
        self._desk, self._take, self._away = desk, take, away
        self._found: dict[str, Any] = {}
        self._asking = False
        self._head = Label(mark("Idle ports"), "head")
        self.table = Table(COLUMNS, desk.work, mark("Idle ports"), mark("This computer has no idle serial port."),
                           mark("Plug in the instrument or its USB adapter and press F."))  # fmt: skip
        boxes.column(self._head, self.table, of=self, edge=(8, 8, 0, 0), gap=4)

    def begin(self) -> None:
        """Ask every idle port."""
        bench = self._desk.bench
        if bench is None or self._asking:
            return
        self._asking = True
        self.table.show_rows([])
        self.table.setFocus()
        self._desk.work.run(bench.find, then=self._came, failed=self._failed, owner=self)
        self._desk.changed.emit()

    def _came(self, found: list[Any]) -> None:
        self._asking = False
        self._found = {self._key(one): one for one in found}
        self.table.show_rows([self._row(key, one) for key, one in self._found.items()])
        if not self.table.current_key():
            self.table.step(0)
        self._desk.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._asking = False
        self._desk.complain(error)

    @staticmethod
    def _key(one: Any) -> str:  # noqa: ANN401 - `lims.bench.finding.Answer`
        return str(one.port)

    @staticmethod
    def _row(key: str, one: Any) -> Row:  # noqa: ANN401 - `lims.bench.finding.Answer`
        what = t("format.comma").join(_codes.pair(title) for title in one.titles)
        shown = what or words(f"finding.{one.reason}")
        return Row(key, (one.port, shown, one.line, one.adapter), "" if what else "muted")

    def acts(self) -> list[Action]:
        """Return what can be done with the port under the cursor."""
        one = self._found.get(self.table.current_key())
        missing = t("no port is chosen") if one is None else ""
        return [
            Action(mark("Back"), "Escape", self._away),
            Action(mark("Ask again"), "F", self.begin, missing=t("one moment") if self._asking else ""),
            Action(mark("Add it"), "Return", self._add, primary=True, missing=missing),
        ]

    def _add(self) -> None:
        one = self._found.get(self.table.current_key())
        if one is not None:
            self._take(one.port, one.profiles[0] if one.profiles else "")

    def sentence(self) -> str:
        """Say what happens."""
        if self._asking:
            return t("Idle ports are asked by harmless requests, some seconds each …")
        return t("Lines that run were left alone. Enter adds what hangs on a port.")
