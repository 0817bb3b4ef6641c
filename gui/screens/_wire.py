"""The wire of one instrument: both directions in hex with what can be read of them, and what it was decoded to."""

from collections import deque
from datetime import datetime

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit

from gui import theme
from gui.screens import _broken, _codes
from gui.screens._channels import value_of
from lims import clock
from lims.queries.bench import Broken, Said
from lims.text import t

KEPT = 500
CUT = 256
_FIRST = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI"
_SECOND = "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
NAMES = (*_FIRST.split(), *_SECOND.split())
"""The control characters of ASCII in their order."""


def readable(data: bytes) -> str:
    """Write bytes as people read them: letters as they are, control characters by name, others as a dot."""
    return "".join(
        f"<{NAMES[each]}>" if each < 32 else chr(each) if each < 127 else "·" for each in data[:CUT]
    )


def line_of(direction: str, data: bytes, at: datetime) -> str:
    """Write one piece of the wire in a line; a long one is cut and says how long it was."""
    shown = data[:CUT].hex(" ").upper()
    more = f" … {len(data)} B" if len(data) > CUT else ""
    return f"{_time(at)} {direction} {shown}{more}   {readable(data)}"


def reading_line(said: Said) -> str:
    """Write what was decoded: channel, figure, the device's word and its doubts."""
    value, unit = value_of(said)
    flags = t("format.comma").join(_codes.coded("flag", flag) for flag in said.flags)
    parts = (t("channel {position}", position=said.position), said.sample_text, said.item,
             f"{value} {unit}".strip(), _codes.coded("call", said.call), flags)  # fmt: skip
    return f"{_time(said.received_at)} = {'  '.join(part for part in parts if part)}"


def broken_line(one: Broken) -> str:
    """Write that bytes were given up, and why."""
    return f"{_time(one.received_at)} ╳ {_codes.coded('broken', one.reason)}  {_broken.detail(one.detail)}"


def _time(at: datetime) -> str:
    return clock.local(at).strftime("%H:%M:%S.%f")[:-3]


def even_font() -> QFont:
    """Return the system's font of even widths, for columns of bytes."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(theme.current().px(theme.FONTS["small"]))
    return font


class WireView(QPlainTextEdit):
    """The last 500 lines of the instrument that is shown; those of the others wait beside."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setMaximumBlockCount(KEPT)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._lines: dict[str, deque[str]] = {}
        self._shown, self._only = "", ""
        self._dress()

    def show_instrument(self, instrument: str) -> None:
        """Show another wire."""
        if instrument != self._shown:
            self._shown = instrument
            self._write()

    def add(self, instrument: str, line: str) -> None:
        """Add a line to an instrument's wire."""
        self._lines.setdefault(instrument, deque(maxlen=KEPT)).append(line)
        if instrument == self._shown and self._only in line.lower():
            self.appendPlainText(line)

    def show_only(self, words: str) -> None:
        """Show only lines that hold these words or hex digits; nothing shows all of them."""
        self._only = words.strip().lower()
        self._write()

    def _write(self) -> None:
        lines = self._lines.get(self._shown, ())
        self.setPlainText("\n".join(line for line in lines if self._only in line.lower()))
        self._dress()
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setAccessibleName(t("Wire"))
        self.setPlaceholderText(t("Nothing has been said on this wire since the program started."))
        self.document().setDefaultFont(even_font())
