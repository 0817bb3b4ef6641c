"""The command line: every command's words, and the one place where a fault becomes a sentence."""

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence

import typer
from typer.exceptions import TyperException

from lims import text
from lims.cli import usage

Room = Callable[[typer.Typer], None]
"""Adds the commands of one file."""

COMMANDS = {
    "about": "version",
    "wire": "capture new-instrument wire instruments",
    "laboratory": "found person samples trace quota bench",
    "verbs": "population add-township end-township count-kinds password-policy roles calendar-day void "
    "preliminary works-alone publish-edition refuse-edition plan-make reporting-unit high-risk required-equipment "
    "publish-limits refuse-limits confirm-limit food-name use-up keep-for slip-printer climate confirm-rule "
    "issue-seals upload-again trust-log distrust-log give-back",
    "handing": "hand-over receive",
    "papers": "issue slip register",
    "cases": "deadlines paper",
    "planning": "counts credit warnings plan draw",
    "rules": "methods propose-method",
    "statistics": "stats trend",
    "upload": "upload",
    "labels": "label",
    "keeping": "recovery-key backup backups restore drill encryption",
    "limits": "limit",
    "importing": "export import",
    "audit": "audit key",
    "stations": "station",
    "bundles": "serve bundle",
    "database": "database",
    "diagnose": "diagnose",
    "selfcheck": "selfcheck",
}
"""The commands of each file here: only the file of the one that is asked for is imported, help imports them all."""


def _room(name: str) -> Room:
    room: Room = importlib.import_module(f"lims.cli.{name}").add
    return room


def program(wanted: str = "", more: Mapping[str, Room] | None = None) -> typer.Typer:
    """Return the program with every command, or with no more than it takes to run one.

    Args:
        wanted: the command; empty or unknown for all.
        more: commands that are not of this folder, and who adds each.
    """
    more = more or {}
    app = typer.Typer(
        name="kuaijian",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        help="快检 LIMS: 县级食品安全快速检测实验室 / bench software of a county's rapid-test laboratory.",
    )
    app.callback()(lambda: None)  # without it Typer would take an only command for the program itself
    if wanted in more:
        more[wanted](app)
        return app
    rooms = [room for room, commands in COMMANDS.items() if wanted in commands.split()] or list(COMMANDS)
    for room in rooms:
        _room(room)(app)
    for add in dict.fromkeys(more.values()) if len(rooms) == len(COMMANDS) else ():
        add(app)
    return app


def run(arguments: Sequence[str] | None = None, more: Mapping[str, Room] | None = None) -> int:
    """Run one command and return its exit status; a fault is a sentence on standard error, never a traceback."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    wanted = os.environ.get("KUAIJIAN_LANGUAGE", "")
    text.use(wanted if wanted in text.LANGUAGES else text.LANGUAGES[0])
    try:
        status = program(told[0] if told else "", more)(args=told, standalone_mode=False)
    except typer.Exit as end:
        return int(end.exit_code)
    except TyperException as fault:
        sys.stderr.write(text.sentence(usage.refusal(fault)) + "\n")
        return int(fault.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as fault:  # noqa: BLE001 - the boundary to a person: the sentence says it, not a traceback
        sys.stderr.write(text.sentence(fault) + "\n")
        return 1
    return int(status or 0)


def main() -> None:
    """Run the program's command line and leave with its exit status."""
    sys.exit(run())
