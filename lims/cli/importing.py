"""The group of commands that take tables in: `kuaijian import ...`."""

import typer

from lims.cli import intake, limits


def add(app: typer.Typer) -> None:
    """Add the group, and the command that writes what it takes."""
    group = typer.Typer(no_args_is_help=True, help="导入表格 / take a table in")
    limits.extend(group)
    intake.extend(group)
    app.add_typer(group, name="import")
    app.command("export")(intake.export)
