"""Every command, and every option of it, is explained in Chinese and in English; every act has its words."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from lims import text
from lims.cli.main import COMMANDS, program
from lims.door import VERBS

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z]{2}")
SAID_BY_TYPER = {"--help"}


def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for word, command in group.commands.items():
        yield f"{name} {word}".strip(), command
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}".strip())


def both(said: str | None) -> bool:
    return bool(CHINESE.search(said or "") and ENGLISH.search(said or ""))


def test_every_command_and_option_is_explained_in_both_languages() -> None:
    windows = importlib.import_module("gui.program").WINDOWS  # these tests may name no module of the desktop
    app = program(more=windows)
    mute, told = [], 0
    for name, command in commands(typer.main.get_command(app)):
        told += 1
        if not (both(command.help) or command.hidden):
            mute.append(name)
        mute += [
            f"{name} {option.opts[0]}"
            for option in command.params
            if not (both(getattr(option, "help", None)) or SAID_BY_TYPER & set(option.opts) or command.hidden)
        ]
    assert told > 50
    assert not mute, ", ".join(mute)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_every_act_has_its_words(language: str) -> None:
    tongue = text.tongue(language)
    ours = [rule.name for act, rule in VERBS.items() if act.__module__.startswith("lims.")]
    codes = {name: tongue.words(f"verb.{name}") for name in ours}
    assert [name for name, said in codes.items() if said == name.rpartition(".")[2] or "." in said] == []


@pytest.mark.parametrize("room", COMMANDS)
def test_a_file_has_the_commands_by_which_it_is_found(room: str) -> None:
    app = typer.Typer()
    importlib.import_module(f"lims.cli.{room}").add(app)
    app.callback()(lambda: None)
    assert set(typer.main.get_group(app).commands) == set(COMMANDS[room].split())
    only = typer.main.get_group(program(COMMANDS[room].split()[0]))
    assert set(only.commands) == set(COMMANDS[room].split())
