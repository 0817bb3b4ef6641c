"""A scanner's speed on any machine: what is typed inside counts as fast, however long this machine takes for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication

from gui.scanner import GAP, Scanner

PAUSE = 0.002
"""Seconds that waiting leaves to the threads that are waited for, each time it has looked."""


@contextmanager
def as_fast_as_a_scanner() -> Iterator[None]:
    """Take every character typed inside for one of a scanner; the window's events must not run meanwhile."""
    app = QApplication.instance()
    assert app is not None
    runs = [scanner._run for scanner in app.findChildren(Scanner)]
    for run in runs:
        run.gap = 60.0
    try:
        yield
    finally:
        for run in runs:
            run.gap = GAP
