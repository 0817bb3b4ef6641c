"""What stands in the place of the sign-in while the server is away: what this computer captures all the same."""

from typing import Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.desk import Action, Desk
from gui.widgets import boxes
from gui.widgets.label import Label
from gui.widgets.rows import Column, Row
from gui.widgets.table import Table
from lims import text
from lims.text import mark, t

TITLE = mark("The server cannot be reached")
NOTE = mark(
    "Nobody can sign in until the server is back: names and passwords are kept there. Leave this computer on. What the "
    "instruments send is kept here, and all of it is taken in when the server is back. This window notices by itself."
)
COLUMNS = (
    Column("name", mark("Instrument name"), 220),
    Column("link", mark("Link"), 100),
    Column("heard", mark("Last heard"), 80),
    Column("frames", mark("Frames"), 64, "number"),
    Column("broken", mark("Broken"), 64, "number"),
    Column("why", mark("Why"), 200),
)
WIDE, HIGH = 900, 260
AGAIN = 1000
"""Milliseconds between two looks at the lines: the counters move without a word."""


class Capturing(QWidget):
    """Shows which instruments are read; what they say stays unseen, since anybody may stand here."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[Any, ...] = ()
        self.why = Label(role="late", wrap=True)
        self.table = Table(COLUMNS, desk.work, mark("Instruments that are read now"),
                           mark("This computer knows of no instrument in use."))  # fmt: skip
        self.table.setFixedHeight(theme.current().px(HIGH))
        box = boxes.panel(
            Label(TITLE, "head"), self.why, Label(NOTE, wrap=True),
            Label(mark("Instruments that are read now"), "muted"), self.table, edge=24, gap=8,
        )  # fmt: skip
        box.setFixedWidth(theme.current().px(WIDE))
        boxes.column(box, of=self)
        self._look = QTimer(self)
        self._look.setInterval(AGAIN)
        self._look.timeout.connect(self._refresh)

    def arrived(self) -> None:
        """Show how the lines stand, and why the server is not there."""
        fault = self._desk.shut
        self.why.put(text.sentence(fault) if fault is not None else "")
        self.why.setVisible(fault is not None)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.arrived()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look again and again while it is seen."""
        self._look.start()
        self.arrived()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        self._look.stop()
        super().hideEvent(event)

    def _refresh(self) -> None:
        rows = tuple(_row(one) for one in self._desk.bench.lines()) if self._desk.bench else ()
        if rows != self._shown:
            self._shown = rows
            self.table.show_rows(rows)

    def sentence(self) -> str:
        """Say what goes on."""
        return t("The server is looked for again every few seconds; instruments are read all the while.")

    def acts(self) -> list[Action]:
        """Offer nothing: nobody can be verified."""
        return []


def _row(line: Any) -> Row:  # noqa: ANN401 - a line of the bench
    from gui.screens import _codes  # noqa: PLC0415 - the laboratory's modules come behind the window
    from gui.screens._chips import linked  # noqa: PLC0415 - the same

    heard = text.time(line.heard) if line.heard else None
    why = _codes.link_reason(line.reason, line.values)
    tone = "positive" if line.state == "lost" else ""
    return Row(line.id, (line.name, linked(line.state), heard, line.frames, line.broken, why), tone)
