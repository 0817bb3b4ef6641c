"""What a build says of itself: version, commit, time of the commit, and the hash of every part."""

import hashlib
import io
import json
import re
import subprocess
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

from installer.environment import LOCK, ROOT
from installer.roots import BuildError

STATEMENT = "lims/build.json"


@dataclass(frozen=True)
class Facts:
    """Where a build comes from.

    Attributes:
        version: the product's, from pyproject.toml.
        commit: forty hex digits.
        time: seconds since 1970 of the commit; every file of the installer bears it, so that the same inputs give
            the same bytes.
        lock: SHA-256 of requirements.lock, hex.
    """

    version: str
    commit: str
    time: int
    lock: str


def git(*arguments: str) -> bytes:
    """Ask the repository.

    Raises:
        BuildError: this is no clone.
    """
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise BuildError("这里不是 Git 仓库。", f"git {arguments[0]}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def facts() -> Facts:
    """Read the facts of the commit that stands checked out."""
    text = git("show", "HEAD:pyproject.toml").decode("utf-8")
    found = re.search(r'(?m)^version = "([^"]+)"', text)
    if found is None:
        raise BuildError("pyproject.toml 中没有版本号。", "pyproject.toml names no version.")
    commit, time = git("log", "-1", "--format=%H %ct").decode("ascii").split()
    return Facts(found[1], commit, int(time), hashlib.sha256(LOCK.read_bytes()).hexdigest())


def changed() -> list[str]:
    """Name the files whose changes are not committed: they would not be in the installer."""
    said = git("status", "--porcelain").decode("utf-8")
    return [line[3:] for line in said.splitlines()]


def export(into: Path, said: Facts) -> None:
    """Lay the committed tree into a folder, with the build's statement beside the program.

    Args:
        into: an empty or new folder.
        said: the facts, written as `lims/build.json`, which `kuaijian version` reads.
    """
    into.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(git("archive", "HEAD"))) as archive:
        archive.extractall(into, filter="data")
    (into / STATEMENT).write_text(json.dumps(asdict(said), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def sums(tree: Path) -> str:
    """Hash every file below a folder, as `sha256sum -c` reads it, sorted by name."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(tree).as_posix()}\n"
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    return "".join(lines)
