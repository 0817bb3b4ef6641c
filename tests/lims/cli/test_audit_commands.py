"""The log examined from the command line, above all where somebody took its guards away."""

import json
import sqlite3
from pathlib import Path

import pytest

from lims.cli import main
from tests.laboratory import found_lab


def meddled(folder: Path, change: str = "") -> None:
    """Drop the guards of a laboratory's file and change something in it, as a stranger with a tool would."""
    lab = found_lab(folder)
    lab.draw()
    lab.close()
    with sqlite3.connect(folder / "laboratory.db") as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute(change or "SELECT 1")
    file.close()


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE log_entry SET data = replace(data, 'verb', 'vorb') WHERE seq = 5", 5),
        ("DELETE FROM log_entry WHERE seq = 3", 3),
        ("", None),
    ],
)
def test_the_first_bad_entry_is_named_though_the_guards_are_gone(
    change: str, first_bad: int | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meddled(tmp_path / "lab", change)
    assert main.run(["audit", "verify", "--json", "--dir", str(tmp_path / "lab")]) == 1
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["ok"], found["logs"][0]["first_bad"]) == (False, first_bad)
    assert "log_entry_no_update" in said.err
    assert "Traceback" not in said.err


def test_nothing_else_opens_without_the_guards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    meddled(tmp_path / "lab")
    assert main.run(["quota", "--year", "2026", "--dir", str(tmp_path / "lab")]) == 1
    assert "log_entry_no_update" in capsys.readouterr().err
