"""What README says of the tree is so, in both languages: paths exist, commands exist, both tables are one."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from lims.cli.main import program

ROOT = Path(__file__).resolve().parents[2]
BOTH = ["README.md", "README.zh-CN.md"]


def paths(name: str) -> list[str]:
    """The paths of the table, in its order."""
    rows = re.findall(r"^\|[^|]+\| (`[^|]+`) \|$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return [path for row in rows for path in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("name", BOTH)
def test_every_path_of_the_table_exists(name: str) -> None:
    assert len(paths(name)) >= 9
    assert [path for path in paths(name) if not (ROOT / path).exists()] == []


def test_both_languages_say_the_same_places_and_the_same_words() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in BOTH)
    assert paths(BOTH[0]) == paths(BOTH[1])
    words = [
        re.findall(r"^\| [^|]+ \| [^|]+ \| [^|]* \| [^|]* \|$", text, re.MULTILINE)
        for text in (english, chinese)
    ]
    assert words[0] == words[1]
    assert len(words[0]) > 9


@pytest.mark.parametrize("name", BOTH)
def test_every_command_that_is_named_is_there(name: str) -> None:
    top: Any = typer.main.get_command(program(more=importlib.import_module("gui.program").WINDOWS))
    named = re.findall(r"kuaijian ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", (ROOT / name).read_text("utf-8"))
    assert len(named) > 5
    for first, second in named:
        assert first in top.commands, first
        below = getattr(top.commands[first], "commands", {})
        assert not below or second in below, f"{first} {second}"


def test_the_root_stays_small() -> None:
    shown = [one.name for one in ROOT.iterdir() if not one.name.startswith(".") and one.name != "__pycache__"]
    made = {"demo-out", "build", "dist", "kuaijian.egg-info"}
    assert len(set(shown) - made) <= 16
