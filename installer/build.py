"""Make an installer: freeze the committed tree, try it, pack it; an installer whose smoke test fails is not made.

build.py linux        one .deb for Debian 11 to 13, UOS V20 and Kylin V10 (needs root and debootstrap)
build.py linux-here   a .deb for systems as new as this computer
build.py windows      a 64-bit setup.exe for Windows 10 and later, tried under Wine (needs root, debootstrap, makensis)
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installer import deb, freezing, glibc, windows
from installer.environment import ROOT
from installer.facts import Facts, changed, facts
from installer.roots import BuildError


def linux(work: Path, out: Path, said: Facts) -> Path:
    """Freeze in an old system, hold the result to the oldest C library, try it, and make the package.

    Raises:
        BuildError: a step failed, or a file needs a newer C library than the oldest system has.
    """
    folder = freezing.in_root(work, said)
    guilty = glibc.too_new(folder)
    if guilty:
        listed = ", ".join(f"{name} ({version})" for name, version in guilty.items())
        raise BuildError(f"需要更新的 glibc：{listed}", f"These files need a newer glibc than 2.28: {listed}")
    freezing.holds(folder)
    return deb.make(folder, work, out, said, ".".join(map(str, glibc.NEWEST)))


def linux_here(work: Path, out: Path, said: Facts) -> Path:
    """Freeze with this computer's own interpreter, try it, and make the package."""
    folder = freezing.here(work, said)
    freezing.holds(folder)
    own = (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.36").split()[1]
    return deb.make(folder, work, out, said, own)


TARGETS: dict[str, Callable[[Path, Path, Facts], Path]] = {
    "linux": linux,
    "linux-here": linux_here,
    "windows": windows.make,
}


def main() -> int:
    """Read which installer is wanted and make it; return 1 with a sentence when it was not made."""
    parser = argparse.ArgumentParser(
        prog="build.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the installer goes")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="kept between builds to save time")
    chosen = parser.parse_args()
    if not sys.platform.startswith("linux"):
        print("安装包要在 Linux 上生成。\nInstallers are made on Linux.")
        return 2
    work = chosen.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    try:
        said = facts()
        for name in changed():
            print(f"未提交，不会进入安装包 / not committed, so not in the installer: {name}")
        made = TARGETS[chosen.target](work, chosen.out.resolve(), said)
    except BuildError as fault:
        print(fault)
        return 1
    print(f"安装包 / installer: {made} ({made.stat().st_size / 1e6:.0f} MB), commit {said.commit[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
