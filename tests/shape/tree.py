"""What the shape tests look at: every source and test file of the clone, found on disk, never listed."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("protocols", "drivers", "lims", "gui")


def python(*places: str) -> list[Path]:
    """List the Python files of some folders or files, what tools generate left out."""
    found = [ROOT / place for place in places if place.endswith(".py")]
    for place in places:
        found += sorted((ROOT / place).rglob("*.py")) if not place.endswith(".py") else []
    return [path for path in found if "versions" not in path.parts]


def sources() -> list[Path]:
    """List what ships or sets up."""
    return python(*PACKAGES, "installer", "run.py")


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> set[str]:
    """Return the dotted names that a file imports, late imports included."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {"." * node.level + (node.module or "")}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def named(path: Path) -> str:
    """Return a file's place in the clone, for messages."""
    return path.relative_to(ROOT).as_posix()
