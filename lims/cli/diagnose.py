"""The command that writes one file for the repairman."""

from pathlib import Path
from typing import Annotated

import typer

from lims import clock
from lims.bench import diagnosis
from lims.cli.options import Database, Dir, opened, show


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diagnose")(diagnose)


def diagnose(
    out: Annotated[Path | None, typer.Option("--out", help="输出的 zip 文件 / the zip file to write")] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="同时核对整个日志 / check the whole log too")
    ] = False,
    root: Dir = None,
    database: Database = "",
) -> None:
    """给维修人员的诊断文件，不含个人和业户信息 / one file for the repairman; no person or business is in it."""
    target = out or Path(f"kuaijian-diagnose-{clock.local(clock.now()):%Y%m%d-%H%M%S}.zip")
    with opened(root, database) as laboratory:
        show(str(diagnosis.write(laboratory, target, verify=verify)))
