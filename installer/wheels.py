"""Which wheels of the lock a system needs, fetched by hash and laid into one folder; nothing is chosen anew."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement

from installer.environment import LOCK
from installer.roots import BuildError

OURS = "kuaijian (pyproject.toml)"
FREEZING = "pyinstaller"
LISTED = "requirements.txt"
COMMANDS = "../../bin/"


@dataclass(frozen=True)
class Target:
    """A system that wheels are fetched for.

    Attributes:
        name: what the folder of its wheels is called.
        platforms: its wheel tags, the newest first.
        markers: what its Python says of itself where that differs from this one's.
    """

    name: str
    platforms: tuple[str, ...]
    markers: Mapping[str, str] = field(default_factory=dict)


PYTHON = {"python_version": "3.11", "python_full_version": "3.11.9", "implementation_name": "cpython"}
LINUX = Target(
    "linux",
    tuple(
        f"manylinux{tag}_x86_64"
        for tag in ("_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014", "_2_12", "2010")
    ),
    {
        **PYTHON,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
    },
)
WINDOWS = Target(
    "windows",
    ("win_amd64",),
    {
        **PYTHON,
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
    },
)


@dataclass(frozen=True)
class Entry:
    """One package of the lock: the requirement, its lines with their hashes, and what asks for it."""

    requirement: Requirement
    lines: str
    asked_by: tuple[str, ...]

    @property
    def plain(self) -> str:
        """Return its lines without the marker, which pip would read with the words of this computer."""
        first, _, rest = self.lines.partition("\n")
        bare, marked, _ = first.partition(" ; ")
        return f"{bare} \\\n{rest}" if marked else self.lines


def entries(lock: str) -> list[Entry]:
    """Read the lock; a package stands in it once for each kind of system or Python that gets its own version."""
    found = []
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", lock):
        if not block.strip():
            continue
        asked, _, via = block.partition("    # via")
        first = asked.splitlines()[0].removesuffix("\\").strip()
        parents = tuple(line.strip(" #\t") for line in via.splitlines() if line.strip(" #\t"))
        found.append(Entry(Requirement(first), asked, parents))
    return found


def applies(entry: Entry, target: Target) -> bool:
    """Tell whether the lock means this package for the target at all."""
    if entry.requirement.marker is None:
        return True
    said: dict[str, str] = {**default_environment(), **target.markers}  # type: ignore[dict-item] # all are strings
    return entry.requirement.marker.evaluate(said)


def needed(lock: str, target: Target, *, more: frozenset[str] = frozenset()) -> list[Entry]:
    """List what the program needs on the target, in the lock's order, the tests' own packages left out.

    Args:
        lock: the text of the lock.
        target: the system.
        more: names wanted besides, with what they need.
    """
    known = [entry for entry in entries(lock) if applies(entry, target)]
    wanted = {entry.requirement.name for entry in known if OURS in entry.asked_by} | more
    before = -1
    while len(wanted) > before:
        before = len(wanted)
        wanted |= {entry.requirement.name for entry in known if wanted.intersection(entry.asked_by)}
    return [entry for entry in known if entry.requirement.name in wanted]


def fetch(target: Target, place: Path, *, more: frozenset[str] = frozenset()) -> Path:
    """Fetch the wheels, each held to its hash in the lock, and return their folder.

    Raises:
        BuildError: one is not to be had for this system, or has another hash.
    """
    folder = place / f"wheels-{target.name}"
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / LISTED
    listed.write_text(
        "".join(entry.plain for entry in needed(LOCK.read_text("utf-8"), target, more=more)), "utf-8"
    )
    asked = [
        "--require-hashes",
        "--no-deps",
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.11",
    ]
    asked += [
        "--abi=cp311",
        "--abi=abi3",
        "--abi=none",
        *(f"--platform={tag}" for tag in (*target.platforms, "any")),
    ]
    pip(["download", "--quiet", *asked, "--dest", str(folder), "--requirement", str(listed)])
    return folder


def unpack(folder: Path, target: Target, into: Path) -> None:
    """Lay the fetched wheels of a foreign system into one folder, without running anything of theirs.

    They are asked for by name and hash, not by path: a wheel that an older lock left in the folder stays there, and
    no path of this computer gets into what pip writes down beside them. The commands that pip makes for this
    computer, and their hashes, are taken away again.
    """
    asked = ["--no-deps", "--no-index", "--no-compile", "--implementation=cp", "--python-version=3.11"]
    asked += ["--only-binary=:all:", "--abi=cp311", "--abi=abi3", "--abi=none", "--require-hashes"]
    asked += [f"--platform={tag}" for tag in (*target.platforms, "any")]
    asked += [f"--find-links={folder}", f"--requirement={folder / LISTED}"]
    pip(["install", "--quiet", *asked, "--target", str(into)])
    shutil.rmtree(into / "bin", ignore_errors=True)
    for record in into.glob("*.dist-info/RECORD"):
        lines = record.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(COMMANDS)]
        record.write_text("".join(kept), encoding="utf-8", newline="")


def pip(arguments: list[str]) -> None:
    """Run pip of the clone's own environment.

    Raises:
        BuildError: it gave up; its last lines are in the message.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stderr.splitlines()[-8:])
        raise BuildError("软件包下载或校验失败。", f"pip {arguments[0]} failed:\n{said}")
