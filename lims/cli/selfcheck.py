"""Checks that a laboratory may run on its own computer."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from lims.bench import wires
from lims.cli.options import AsJson, show, show_json


def add(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, help="自检 / checks of this computer")
    group.command("kill")(kill)
    group.command("capture", hidden=True)(capture)
    app.add_typer(group, name="selfcheck")


def kill(
    times: Annotated[int, typer.Option("--times", help="次数 / how many kills")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / seed of the instants")] = 0,
    as_json: AsJson = False,
) -> None:
    """反复强制结束采集进程，核对有无丢失或重复 / kill the capture again and again; nothing may be lost or doubled."""

    def told(done: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done}/{times}")

    with tempfile.TemporaryDirectory(prefix="kuaijian-kill-") as folder:
        found = wires.kill(times, Path(folder) / "kill", seed, told)
    if as_json:
        show_json(found)
    else:
        show(
            f"强制结束 / kills {found.kills}, 已应答 / acknowledged {found.acknowledged}, "
            f"丢失 / lost {found.lost}, 重复 / doubled {found.doubled}"
        )
    if found.lost or found.doubled:
        raise typer.Exit(1)


def capture(folder: Path, address: str) -> None:
    """强制结束试验中的采集进程 / the process that `kill` kills."""
    wires.capture_for_kill(folder, address)
