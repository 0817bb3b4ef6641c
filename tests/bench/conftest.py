"""One book for all benchmarks of a run, told as a table at its end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.harness import FOLDER, MARGIN, Book
from tests.laboratory import Lab, found_lab

BOOK = Book()


@pytest.fixture(scope="session")
def book() -> Book:
    return BOOK


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not BOOK.lines:
        return
    terminalreporter.section("ratios")
    for line in BOOK.table():
        terminalreporter.write_line(line)
    terminalreporter.write_line(
        "A ratio is ours against the reference of the same run, medians of rounds in turns."
    )
    terminalreporter.write_line(f"An asserted goal fails only when it is missed by a factor of {MARGIN:g}.")
    if folder := os.environ.get(FOLDER):
        terminalreporter.write_line(str(BOOK.write(Path(folder))))
