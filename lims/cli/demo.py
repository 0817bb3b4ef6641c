"""The demonstration: a laboratory day on real wires, without a display."""

import sys
from pathlib import Path

from lims.cli.options import show, show_json
from lims.demo import day


def demo(root: Path, seed: int, database: str, as_json: bool) -> None:
    """Play a laboratory's day from an empty folder and print its summary."""
    summary = day.play(root, seed=seed, database=database, tell=_tell)
    if as_json:
        show_json(summary)
        return
    for name, value in summary.items():
        show(f"{name}: {value}")


def _tell(step: str) -> None:
    sys.stderr.write(step + "\n")
