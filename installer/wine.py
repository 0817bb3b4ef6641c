"""Wine 10 in a Debian 13 of its own: where a Windows program is tried before a setup of it is made.

Wine is not Windows: what only a real one shows is a list for a person in `installer/README.md`. Every command gets a
screen of its own and ends the whole session, so that nothing stays running and the next one finds the disk settled.
"""

import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installer import complex_numbers
from installer.roots import BuildError, Root

SUITE = "trixie"
VARIABLES = {
    "WINEDEBUG": "-all",
    "LANG": "zh_CN.UTF-8",
    "WINEDLLOVERRIDES": "mscoree,mshtml=;ucrtbase=n,b",
}
SESSION = 'wine "$@"; ended=$?; wineserver -k; exit $ended'
NOISE = re.compile(r"X connection to |wine: |0x[0-9a-f]+:\d+: ")


def of_the_program(said: str) -> str:
    """Leave out what Wine and its screen say of themselves."""
    return "".join(line for line in said.splitlines(keepends=True) if not NOISE.match(line))


@dataclass(frozen=True)
class Wine:
    """A Windows of one's own: a fresh drive in the root that all of them share.

    Attributes:
        root: the Debian with Wine in it.
        name: what the drive's folder inside is called.
    """

    root: Root
    name: str

    @property
    def drive(self) -> Path:
        """Where its C: lies, seen from this computer."""
        return self.root.folder / f"root/{self.name}/drive_c"

    def run(self, *command: str, variables: Mapping[str, str] | None = None, inside: str = "") -> str:
        """Run a command on a screen of its own and return what it said.

        Args:
            command: the program and its arguments, as Windows sees them.
            variables: more of its environment.
            inside: the folder of the drive in which it runs.

        Raises:
            BuildError: it failed; its last lines stand in the message.
        """
        named = {**VARIABLES, "WINEPREFIX": f"/root/{self.name}", **(variables or {})}
        asked = ("xvfb-run", "-a", "sh", "-c", SESSION, "wine", *command)
        place = f"/root/{self.name}/drive_c/{inside}"
        return of_the_program(self.root.run(*asked, variables=named, cwd=place if inside else "/").stdout)

    def share(self, letter: str) -> None:
        """Give the drive of this letter out as one that lies on another computer."""
        (self.drive.parent / f"dosdevices/{letter}:").symlink_to("/root")
        self.run("reg", "add", r"HKLM\Software\Wine\Drives", "/v", f"{letter}:", "/d", "network", "/f")

    def remove(self) -> None:
        """Remove the drive."""
        shutil.rmtree(self.drive.parent, ignore_errors=True)

    def complete(self, python: Path) -> None:
        """Lay beside a Windows Python what Wine lacks and Windows has."""
        complex_numbers.lay(self.root, python)


def begun(work: Path) -> Wine:
    """Lay the root down unless it lies there already, and begin an empty drive in it.

    Raises:
        BuildError: this is not root, or the archive does not serve the release.
    """
    root = Root(work / "wine", SUITE).lay(("locales",))
    if not (root.folder / "usr/bin/wine").exists():
        root.install("wine", "wine64", "xvfb", "xauth", "fonts-wqy-microhei")
        root.run("localedef", "-i", "zh_CN", "-f", "UTF-8", "zh_CN.UTF-8")
    made = Wine(root, f"wine-{uuid.uuid4().hex[:8]}")
    made.run("cmd", "/c", "ver")
    return made


def holds(tree: Path, work: Path) -> str:
    """Run the smoke test inside a laid tree, in a folder with a Chinese name; return what it said.

    Raises:
        BuildError: a check did not hold; what was seen stands in the message.
    """
    wine = begun(work)
    try:
        place = wine.drive / "试用"
        shutil.copytree(tree, place, copy_function=os.link)
        wine.complete(place / "python")
        return wine.run(r"C:\试用\kuaijian-smoke.exe")
    except BuildError as fault:
        raise BuildError("冒烟测试未通过，未生成安装包。", f"No installer was made: {fault}") from None
    finally:
        wine.remove()
