"""What must not stand in the clone: registry addresses in the lock, places of one person's computer."""

import re
from pathlib import Path

from tests.shape.tree import PACKAGES, ROOT, named

# The folder this clone lies in, and a person's home.
MACHINE = re.compile(re.escape(f"{ROOT}/") + r"|/home/(?!user|lab|lin)\w+/|C:\\Users\\(?!user)\w+")
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".po",
    ".txt",
    ".yaml",
    ".wire",
    ".lock",
    ".cfg",
    ".csv",
    ".desktop",
    ".mako",
    "",
}


def texts() -> list[Path]:
    """List every text of the clone that is committed by hand."""
    tops = [
        path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith((".coverage", ".git"))
    ]
    folders = (*PACKAGES, "tests", "installer", ".ci")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [path for path in (*tops, *found) if path.suffix in TEXTS and "__pycache__" not in path.parts]


def test_the_lock_names_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|file:|@ ", lock) == []


def test_every_requirement_of_the_lock_has_a_hash() -> None:
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", (ROOT / "requirements.lock").read_text("utf-8"))
    assert [entry.split()[0] for entry in entries if entry.strip() and "--hash=sha256:" not in entry] == []


def test_no_lock_with_addresses_lies_beside_it() -> None:
    assert [
        name for name in ("uv.lock", "pylock.toml", "Pipfile.lock", "poetry.lock") if (ROOT / name).exists()
    ] == []


def test_nothing_names_one_computers_places() -> None:
    guilty = [
        f"{named(path)}:{number}"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if MACHINE.search(line)
    ]
    assert guilty == []


def test_hooks_fetch_nothing() -> None:
    assert "http" not in (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
