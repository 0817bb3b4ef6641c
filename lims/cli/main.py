"""The command line: every command's words, and the one place where a fault becomes a sentence."""

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from lims import text
from lims.cli import (
    about,
    audit,
    bundles,
    cases,
    database,
    diagnose,
    importing,
    keeping,
    labels,
    laboratory,
    limits,
    papers,
    planning,
    selfcheck,
    stations,
    statistics,
    upload,
    usage,
    verbs,
    wire,
)

app = typer.Typer(
    name="kuaijian",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="快检 LIMS: 县级食品安全快速检测实验室 / bench software of a county's rapid-test laboratory.",
)
for _module in (
    about,
    wire,
    laboratory,
    verbs,
    papers,
    cases,
    planning,
    statistics,
    upload,
    labels,
    keeping,
    limits,
    importing,
    audit,
    stations,
    bundles,
    database,
    diagnose,
    selfcheck,
):
    _module.add(app)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; a fault is a sentence on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    wanted = os.environ.get("KUAIJIAN_LANGUAGE", "")
    text.use(wanted if wanted in text.LANGUAGES else text.LANGUAGES[0])
    try:
        status = app(args=list(sys.argv[1:] if arguments is None else arguments), standalone_mode=False)
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
