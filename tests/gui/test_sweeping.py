"""Garbage of the desktop dies in the GUI thread, whoever allocates."""

import gc
import threading
import weakref

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui import app as desktop
from gui import sweeping


def test_a_widget_in_a_ring_dies_in_the_thread_of_the_window() -> None:
    assert desktop.application([]) is QApplication.instance()
    assert not gc.isenabled()
    died: list[threading.Thread] = []
    ring = QObject()
    ring.itself = ring  # type: ignore[attr-defined] # a ring is what only the collector can undo
    weakref.finalize(ring, lambda: died.append(threading.current_thread()))
    del ring
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([at] for at in range(100_000)))
    worker.start()
    worker.join()
    assert died == []
    for _ in range(200):
        kept.extend([at] for at in range(2_000))
        sweeping.sweep()
    assert died == [threading.main_thread()]
