"""Make a `.deb` of the frozen program, laid out as the UOS store asks; the same inputs give the same bytes."""

import os
import shutil
import subprocess
from pathlib import Path

from installer.environment import ROOT
from installer.facts import Facts, sums
from installer.roots import needs

PARTS = ROOT / "installer/linux"
APP = "opt/apps/kuaijian"
# Where each file of `linux/` goes; the store reads a second copy of the entries below the program's own folder.
PLACES = (
    ("kuaijian.desktop", "usr/share/applications/kuaijian.desktop"),
    ("kuaijian.desktop", f"{APP}/entries/applications/kuaijian.desktop"),
    ("kuaijian.svg", "usr/share/icons/hicolor/scalable/apps/kuaijian.svg"),
    ("kuaijian.svg", f"{APP}/entries/icons/hicolor/scalable/apps/kuaijian.svg"),
    ("kuaijian-mime.xml", "usr/share/mime/packages/kuaijian.xml"),
    ("70-kuaijian.rules", "lib/udev/rules.d/70-kuaijian.rules"),
    ("kuaijian.1", "usr/share/man/man1/kuaijian.1"),
)
RUNNABLE = ("postinst", "postrm")


def lay(folder: Path, tree: Path, said: Facts, glibc: str) -> None:
    """Lay the package's files out below `tree`.

    Args:
        folder: the frozen program.
        tree: where; replaced when it is there.
        said: the build's facts.
        glibc: the oldest C library it runs on, e.g. `2.28`.
    """
    shutil.rmtree(tree, ignore_errors=True)
    files = tree / APP / "files"
    shutil.copytree(folder, files, symlinks=True, ignore=shutil.ignore_patterns("kuaijian-smoke"))
    for source, place in PLACES:
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PARTS / source, tree / place)
    starter = tree / "usr/bin/kuaijian"
    starter.parent.mkdir(parents=True)
    starter.symlink_to(f"/{APP}/files/kuaijian")
    papers = tree / "usr/share/doc/kuaijian"
    papers.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", papers / "copyright")
    shutil.copyfile(ROOT / "CHANGELOG.md", papers / "changelog")
    size = sum(path.stat().st_size for path in files.rglob("*") if path.is_file() and not path.is_symlink())
    values = {"version": said.version, "architecture": architecture(), "size": size // 1024, "glibc": glibc}
    filled(PARTS / "info.in", tree / APP / "info", values)
    filled(PARTS / "control.in", tree / "DEBIAN/control", values)
    for name in RUNNABLE:
        shutil.copyfile(PARTS / name, tree / "DEBIAN" / name)
    (tree / APP / "SHA256SUMS").write_text(sums(files), encoding="utf-8")


def filled(form: Path, place: Path, values: dict[str, object]) -> None:
    """Write one of the forms with its values."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(form.read_text("utf-8").format(**values), encoding="utf-8")


def architecture() -> str:
    """Name this computer's processor as Debian does."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


def settle(tree: Path, time: int) -> None:
    """Give every file the commit's time and plain rights, so that nothing of the computer that built shows."""
    for path in (*sorted(tree.rglob("*"), reverse=True), tree):
        if not path.is_symlink():
            runnable = path.is_dir() or path.name in RUNNABLE or os.access(path, os.X_OK)
            path.chmod(0o755 if runnable else 0o644)
        os.utime(path, (time, time), follow_symlinks=False)


def make(folder: Path, work: Path, out: Path, said: Facts, glibc: str) -> Path:
    """Make the package and return its file.

    Raises:
        BuildError: dpkg-deb is not on this computer.
    """
    needs("dpkg-deb")
    tree = work / "deb"
    lay(folder, tree, said, glibc)
    settle(tree, said.time)
    out.mkdir(parents=True, exist_ok=True)
    made = out / f"kuaijian_{said.version}_{architecture()}.deb"
    # xz, because older dpkg cannot unpack zstd; one thread, because the number of them shows in the bytes.
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "--threads-max=1", "--build", str(tree), str(made)],
        env={**os.environ, "SOURCE_DATE_EPOCH": str(said.time)},
        check=True,
    )
    return made
