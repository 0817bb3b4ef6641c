"""Collects Python's cyclic garbage in the GUI thread alone.

Python collects in whatever thread happens to allocate. A widget that dies so in a worker holds a lock of Qt while it
waits for the interpreter, and the GUI thread may hold the interpreter while it waits for that lock: both for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 1000
"""Milliseconds between two looks."""


class Sweeper(QTimer):
    """Takes the collecting from Python and does it in the thread that made this, while its event loop runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.timeout.connect(sweep)
        self.start(EVERY)


def sweep() -> None:
    """Collect the oldest generation that is due by Python's own counts, if any; for the GUI thread alone."""
    due = [
        at
        for at, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if count > most
    ]
    if due:
        gc.collect(due[-1])
