"""Row 5a: from the start of the process to the shown window, against an empty window of Qt."""

import os
import subprocess
import sys
from pathlib import Path

from tests.bench import windows
from tests.bench.harness import Book, Goal, in_turns
from tests.laboratory import found_lab

ROOT = Path(__file__).parents[2]


def started(code: str, folder: Path) -> None:
    """Start a process and return when it has shown its window."""
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "shown\n", done.stderr[-2000:]


def compared(book: Book, row: str, what: str, code: str, folder: Path, goal: Goal) -> None:
    found_lab(folder).close()
    found = in_turns(lambda: started(code, folder), lambda: started(windows.EMPTY, folder), 3)
    assert not book.note(row, what, found.times(), 1 / found.faster, goal).missed


def test_5a_the_window_of_the_desktop(book: Book, tmp_path: Path) -> None:
    compared(
        book,
        "5a",
        "start to shown window, gui.app",
        windows.DESKTOP,
        tmp_path,
        Goal(most=1.5, asserted=False),
    )


def test_5a_the_command_that_people_start(book: Book, tmp_path: Path) -> None:
    compared(
        book,
        "5a+",
        "start to shown window, kuaijian desktop",
        windows.PROGRAM,
        tmp_path,
        Goal(most=1.5, asserted=False),
    )
