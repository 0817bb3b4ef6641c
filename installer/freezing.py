"""Freeze the committed tree into one folder with the interpreter inside, and try what came out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from installer import interpreter, wheels
from installer.facts import Facts, export
from installer.roots import BuildError, Root

SPEC = "installer/kuaijian.spec"
QUIET = ("--noconfirm", "--clean", "--log-level", "ERROR")


def catalogues(tree: Path) -> None:
    """Compile the catalogues of an exported tree: what is shipped holds no sources of them."""
    lay = "from lims import text; text.compile_all()"
    subprocess.run(
        [sys.executable, "-c", lay], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True
    )


def in_root(work: Path, said: Facts) -> Path:
    """Freeze inside a Debian 11 with its own interpreter, for every later system; return the program's folder.

    Raises:
        BuildError: a step failed; its own last lines are in the message.
    """
    root = Root(work / "bullseye", "bullseye").lay(interpreter.PACKAGES)
    interpreter.build(root, work)
    inside = root.folder / "kuaijian"
    shutil.rmtree(inside, ignore_errors=True)
    export(inside / "source", said)
    catalogues(inside / "source")
    kept = wheels.fetch(wheels.LINUX, work, more=frozenset({wheels.FREEZING}))
    wheels.unpack(kept, wheels.LINUX, inside / "site")
    named = {
        "PYTHONPATH": "/kuaijian/source:/kuaijian/site",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(said.time),
    }
    places = ("--distpath", "/kuaijian/frozen", "--workpath", "/kuaijian/work")
    python = f"{interpreter.PREFIX}/bin/python3.11"
    root.install("binutils", "libglib2.0-0", "libegl1", "libgl1", "libdbus-1-3", "libfontconfig1", "libxkbcommon0",
                 "libx11-6", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1",
                 "libxcb-shape0", "libxcb-xkb1", "libxcb-image0", "libxcb-render-util0", "libxcb-util1",
                 "libxcb-randr0", "libcups2")  # fmt: skip
    root.run(python, "-m", "PyInstaller", *QUIET, *places, SPEC, variables=named, cwd="/kuaijian/source")
    return inside / "frozen/kuaijian"


def here(work: Path, said: Facts) -> Path:
    """Freeze with this computer's own interpreter, for systems as new as this one; return the program's folder.

    Raises:
        BuildError: PyInstaller gave up; its own words stand above.
    """
    source = work / "source"
    shutil.rmtree(source, ignore_errors=True)
    export(source, said)
    catalogues(source)
    places = ("--distpath", str(work / "frozen"), "--workpath", str(work / "work"))
    variables = {
        **os.environ,
        "PYTHONPATH": str(source),
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(said.time),
    }
    command = [sys.executable, "-m", "PyInstaller", *QUIET, *places, SPEC]
    if subprocess.run(command, cwd=source, env=variables, check=False).returncode:
        raise BuildError("冻结失败，未生成安装包。", "Freezing failed; no installer was made.")
    return work / "frozen/kuaijian"


def holds(folder: Path) -> None:
    """Run the smoke test inside the frozen program, without the clone in reach.

    Raises:
        BuildError: a check did not hold; which one stands above.
    """
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR", "LANG") if name in os.environ}
    offscreen = {**kept, "QT_QPA_PLATFORM": "offscreen"}
    if subprocess.run([str(folder / "kuaijian-smoke")], env=offscreen, cwd=folder, check=False).returncode:
        raise BuildError("冒烟测试未通过，未生成安装包。", "The smoke test failed; no installer was made.")
