"""Measures two ways of doing one thing in turns, and keeps a line for each row of the ratio table."""

import json
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

FOLDER = "KUAIJIAN_BENCH"
"""Environment variable: the folder into which `bench.json` is written."""

MARGIN = 2.0
"""An asserted goal fails only when it is missed by this factor, for other programs share the computer."""

Words = Literal["held", "goal not reached", "no goal", "not measured"]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a ratio shall be: at least `least`, or at most `most`; without either it is information alone.

    A goal that the program does not reach yet is not `asserted`: its line says so, and nothing fails.
    """

    least: float | None = None
    most: float | None = None
    why: str = ""
    asserted: bool = True

    def __str__(self) -> str:
        """Return the goal as it is printed."""
        if self.least is not None:
            return f">= {self.least:g}"
        return f"<= {self.most:g}" if self.most is not None else f"- {self.why}".rstrip()

    def judged(self, ratio: float, margin: float = 1.0) -> bool | None:
        """Tell whether a ratio reaches the goal when the goal is eased by `margin`; None where there is none."""
        if self.least is not None:
            return ratio >= self.least / margin
        return ratio <= self.most * margin if self.most is not None else None


NO_GOAL = Goal()


@dataclass(frozen=True, slots=True)
class Line:
    """One row as measured: both sides, their ratio, the goal and what became of it."""

    row: str
    what: str
    ours: str
    reference: str
    ratio: float | None
    goal: str
    word: Words
    note: str = ""
    missed: bool = False
    """True when an asserted goal is missed by more than `MARGIN`; the test fails then."""

    def cells(self) -> tuple[str, ...]:
        """Return the line as texts of a table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.3g}"
        return (self.row, self.what, self.ours, self.reference, ratio, self.goal, self.word)

    def __str__(self) -> str:
        """Return the line as it is printed when it is measured."""
        row, what, ours, reference, ratio, goal, word = self.cells()
        note = f"  ({self.note})" if self.note else ""
        return f"{row}  {what}: ours {ours}, reference {reference}, ratio {ratio}, goal {goal}: {word}{note}"


@dataclass
class Book:
    """The lines of one run."""

    lines: list[Line] = field(default_factory=list)

    def note(
        self,
        row: str,
        what: str,
        sides: tuple[str, str],
        ratio: float | None,
        goal: Goal = NO_GOAL,
        note: str = "",
    ) -> Line:
        """Keep and print a line; `ratio` None says that it could not be measured here."""
        held = None if ratio is None else goal.judged(ratio)
        word: Words = "no goal" if held is None else "held" if held else "goal not reached"
        word = "not measured" if ratio is None else word
        missed = ratio is not None and goal.asserted and goal.judged(ratio, MARGIN) is False
        line = Line(row, what, *sides, ratio, str(goal), word, note, missed)
        self.lines.append(line)
        print(f"\n{line}", flush=True)
        return line

    def table(self) -> list[str]:
        """Return all lines as a table, in the order of their rows."""
        head = ("row", "what", "ours", "reference", "ratio", "goal", "")
        rows = [head, *(line.cells() for line in sorted(self.lines, key=lambda line: line.row))]
        widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
        return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]

    def write(self, folder: Path) -> Path:
        """Write the lines and what they were measured on as `bench.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        told = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "sqlite": sqlite3.sqlite_version,
            "margin": MARGIN,
            "lines": [asdict(line) for line in self.lines],
        }
        path = folder / "bench.json"
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True)
class Both:
    """Medians over the rounds: the seconds of both sides."""

    ours: float
    reference: float

    @property
    def faster(self) -> float:
        """How many times quicker ours was; below 1 it was slower."""
        return self.reference / self.ours

    def rates(self, amount: int, unit: str) -> tuple[str, str]:
        """Return both sides as `amount` a second."""
        return rate(amount / self.ours, unit), rate(amount / self.reference, unit)

    def times(self) -> tuple[str, str]:
        """Return both sides as the time of one go."""
        return shown(self.ours), shown(self.reference)


def taken(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(
    ours: Callable[[], object], reference: Callable[[], object], rounds: int = 5, *, warm: bool = True
) -> Both:
    """Run both in turns, A B B A A B ..., and return medians.

    Args:
        ours: what is to be judged.
        reference: what it is judged by.
        rounds: how often each is run.
        warm: run each once before, uncounted.
    """
    for side in (ours, reference) if warm else ():
        side()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            second = taken(reference)
            pairs.append((taken(ours), second))
        else:
            pairs.append((taken(ours), taken(reference)))
    first, last = zip(*pairs, strict=True)
    return Both(statistics.median(first), statistics.median(last))


def rate(value: float, unit: str) -> str:
    """Return a rate with a sensible number of digits."""
    return f"{value:,.0f} {unit}/s" if value >= 20 else f"{value:.2g} {unit}/s"


def shown(seconds: float) -> str:
    """Return a time with its unit."""
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
