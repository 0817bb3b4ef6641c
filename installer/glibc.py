"""The gate before a Linux installer: no file in it may ask for a newer C library than the oldest system has."""

import re
import subprocess
from pathlib import Path

from installer.roots import needs

NEWEST = (2, 28)
ASKED = re.compile(r"GLIBC_(\d+(?:\.\d+)+)")


def versions(symbols: str) -> set[tuple[int, ...]]:
    """Read the C library's versions that a symbol table asks for, as `objdump -T` prints it."""
    return {tuple(map(int, found.split("."))) for found in ASKED.findall(symbols)}


def is_elf(path: Path) -> bool:
    """Tell a Linux program or library by its first four bytes."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def too_new(tree: Path, newest: tuple[int, ...] = NEWEST) -> dict[str, str]:
    """List the files below a folder that need a newer C library, each with the version it asks for.

    Raises:
        BuildError: objdump is not on this computer.
    """
    needs("objdump")
    found = {}
    for path in sorted(tree.rglob("*")):
        if path.is_symlink() or not path.is_file() or not is_elf(path):
            continue
        table = subprocess.run(
            ["objdump", "-T", str(path)], capture_output=True, text=True, check=False
        ).stdout
        most = max(versions(table), default=(0,))
        if most > newest:
            found[path.relative_to(tree).as_posix()] = ".".join(map(str, most))
    return found
