"""Collects Python's cyclic garbage in the GUI thread alone.

Python collects in whatever thread happens to allocate. A widget that dies so in a worker holds a lock of Qt while it
waits for the interpreter, and the GUI thread may hold the interpreter while it waits for that lock: both for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImageWriter

EVERY = 1000
"""Milliseconds between two looks."""


class Sweeper(QTimer):
    """Takes the collecting from Python and does it in the thread that made this, while its event loop runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.timeout.connect(sweep)
        self.start(EVERY)


def make_picture_formats() -> None:
    """Have Qt make what writes pictures now, in the GUI thread.

    The first picture to be printed made them in its worker: it held the interpreter and waited for a lock that the GUI
    thread held, which was taking down a part of the window and waited for the interpreter.
    """
    QImageWriter.supportedImageFormats()


def sweep() -> None:
    """Collect the oldest generation that is due by Python's own counts, if any; for the GUI thread alone."""
    due = [
        at
        for at, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if count > most
    ]
    if due:
        gc.collect(due[-1])
