"""Keeps what is being typed on disk, so that a crash or a dead battery costs nothing."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from gui.work import Work

PAUSE = 300
"""Milliseconds after the last key until the draft is written."""


def write(path: Path, values: Mapping[str, str]) -> None:
    """Write a draft so that after a crash either the old one or the new one is there; for a worker thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(dict(values), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read(path: Path) -> dict[str, str]:
    """Read a draft; what is missing or broken is an empty one; for a worker thread."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): value for name, value in found.items() if isinstance(value, str)}


class Draft(QObject):
    """The draft of one form in one file; all writing happens in the order in which it was asked for."""

    def __init__(self, path: Path, work: Work, values: Callable[[], Mapping[str, str]]) -> None:
        super().__init__()
        self._path, self._work, self._values = path, work, values
        self._open = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.keep)
        work.settling.connect(self._settle)

    def touch(self) -> None:
        """Something was typed: keep it soon."""
        if self._open:
            self._timer.start()

    def keep(self) -> None:
        """Keep it now."""
        self._timer.stop()
        self._work.run(write, self._path, dict(self._values()), in_order=True)

    def _settle(self) -> None:
        if self._timer.isActive():
            self.keep()

    def load(self, then: Callable[[dict[str, str]], None]) -> None:
        """Bring the kept draft back."""
        self._work.run(read, self._path, then=then, owner=self, in_order=True)

    def drop(self) -> None:
        """Forget it: what it held is saved as a record now."""
        self._timer.stop()
        self._work.run(lambda: self._path.unlink(missing_ok=True), in_order=True)
