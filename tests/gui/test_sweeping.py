"""Garbage of the desktop dies in the GUI thread, whoever allocates."""

import gc
import os
import subprocess
import sys
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


FIRST_PICTURE = """
import sys
from PySide6.QtGui import QImageWriter
from gui import app
app.application([])
print("ready", file=sys.stderr, flush=True)
QImageWriter.supportedImageFormats()
"""


def test_what_writes_pictures_is_made_before_a_worker_asks_for_it() -> None:
    told = os.environ | {
        "QT_DEBUG_PLUGINS": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE],
        env=told,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    before, _, after = ran.stderr.partition("ready")
    assert loaded(before)
    assert loaded(after) == []


def loaded(said: str) -> list[str]:
    """Return what Qt said of plugins of pictures that it loaded."""
    return [line for line in said.splitlines() if "imageformats" in line and '" loaded library' in line]
