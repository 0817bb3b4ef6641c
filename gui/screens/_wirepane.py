"""The wire with what a supporter or an auditor does to it: show only what holds a text, set a mark, save it."""

import re
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.desk import Desk
from gui.screens import _wire
from gui.widgets import boxes
from gui.widgets.label import Label
from lims import clock
from lims.text import mark, t

Piece = tuple[str, bytes, datetime, str]
"""`<` or `>` (nothing for a mark), the bytes, when, and the words of a mark."""


class WirePane(QWidget):
    """The view of one instrument's wire, its filter above; the last pieces of each wire are kept for saving."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.view, self.filter = _wire.WireView(), QLineEdit()
        self.filter.textChanged.connect(self.view.show_only)
        self._pieces: dict[str, deque[Piece]] = {}
        self._marks = 0
        top = boxes.row(Label(mark("Wire"), "muted"), self.filter)
        boxes.column(top, self.view, of=self, edge=(8, 8, 0, 0), gap=4)
        self._dress()

    def spoke(self, instrument: str, direction: str, data: bytes, at: datetime) -> None:
        """Take a piece of a wire."""
        self._keep(instrument, (direction, data, at, ""))
        self.view.add(instrument, _wire.line_of(direction, data, at))

    def _keep(self, instrument: str, piece: Piece) -> None:
        self._pieces.setdefault(instrument, deque(maxlen=_wire.KEPT)).append(piece)

    def mark(self, instrument: str) -> None:
        """Set a numbered mark at this moment."""
        self._marks += 1
        words = t("mark {number}", number=self._marks)
        now = clock.now()
        self._keep(instrument, ("", b"", now, words))
        self.view.add(instrument, f"{clock.local(now):%H:%M:%S} ──── {words} ────")

    def save(self, instrument: str, profile: str) -> None:
        """Write what was said since the program started, at most the last pieces, as a transcript."""
        folder, pieces = self._desk.ties.reports, list(self._pieces.get(instrument, ()))
        if folder is None:
            return
        self._desk.work.run(_save, folder, instrument, profile, pieces, failed=self._desk.complain,
                            then=lambda path: self._desk.banner(
                                "wire", t("The wire is saved: {file}", file=path), "tell"))  # fmt: skip

    def heard(self, instrument: str) -> bool:
        """Whether there is anything to save."""
        return any(piece[1] for piece in self._pieces.get(instrument, ()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.filter.setPlaceholderText(t("show only lines with …"))
        self.filter.setAccessibleName(t("show only lines with …"))


def _save(folder: Path, instrument: str, profile: str, pieces: Any) -> str:  # noqa: ANN401 - a list of `Piece`
    """Write the transcript; for a worker thread."""
    from lims.bench import raw  # noqa: PLC0415 - the wires' own rooms are loaded when one is saved

    name = re.sub(r"[^\w-]+", "_", instrument)
    path = folder / f"{name}-{clock.local(clock.now()):%Y%m%d-%H%M%S}.wire"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw.said(profile, pieces))
    return str(path)
