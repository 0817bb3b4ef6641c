"""What this program is: its version, the commit it was built from, and whether its files are as they were built."""

import hashlib
import platform
import sys
from pathlib import Path
from typing import Annotated

import typer

from lims.cli.options import AsJson, show, show_json
from lims.version import BUILD, SCHEMA, fingerprint, statement

NO_LIST = "没有安装清单，不是由安装包安装的 / no installer's list here: not installed from a package"


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("version")(version)


def sums_file() -> Path | None:
    """Find the list of hashes an installer laid beside the program, above this file or above the starter."""
    places = (*Path(__file__).resolve().parents, *Path(sys.executable).resolve().parents)
    return next((found for place in places if (found := place / "SHA256SUMS").is_file()), None)


def altered(listed: Path) -> list[str]:
    """Name the files that are gone or have another hash than the installer's list says.

    Args:
        listed: a `SHA256SUMS`; its names count from the folder it lies in, or from `files` beside it.
    """
    inside = listed.parent / "files"
    top = inside if inside.is_dir() else listed.parent
    wrong = []
    for line in listed.read_text("utf-8").splitlines():
        told, _, name = line.partition("  ")
        place = top / name
        if not place.is_file() or hashlib.sha256(place.read_bytes()).hexdigest() != told:
            wrong.append(name)
    return wrong


def version(
    check: Annotated[
        bool,
        typer.Option("--check", help="核对程序文件 / compare the program's files with the installer's list"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """版本、提交与构建 / version, commit and build."""
    said: dict[str, object] = {"version": BUILD, "schema": SCHEMA, "python": platform.python_version()}
    said |= {"program": fingerprint(), **statement()}
    wrong: list[str] = []
    if check:
        listed = sums_file()
        wrong = altered(listed) if listed else [NO_LIST]
        said |= {"altered": wrong}
    if as_json:
        show_json(said)
    else:
        show(f"快检 LIMS {BUILD}")
        for name, value in said.items():
            show(f"{name}: {value}")
    if wrong:
        raise typer.Exit(1)
