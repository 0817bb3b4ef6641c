"""Freeze the program and, only when its smoke test holds, make an installer of it."""

import argparse
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
LINUX = HERE / "linux"


def frozen(work: Path) -> Path:
    """Freeze the program and its smoke test and return the folder they share.

    Raises:
        subprocess.CalledProcessError: PyInstaller gave up; its own words stand above.
    """
    from lims import text  # noqa: PLC0415 - only where the environment is there

    text.compile_all()
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(work / "frozen"), "--workpath", str(work / "work")]
    subprocess.run([*command, *places, str(LINUX / "kuaijian.spec")], check=True)
    return work / "frozen" / "kuaijian"


def holds(folder: Path) -> bool:
    """Run the smoke test inside the frozen program, without the clone in reach."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR", "LANG") if name in os.environ}
    offscreen = {**kept, "QT_QPA_PLATFORM": "offscreen"}
    return (
        subprocess.run([str(folder / "kuaijian-smoke")], env=offscreen, cwd=folder, check=False).returncode
        == 0
    )


def package(folder: Path, work: Path, out: Path) -> Path | None:
    """Put the frozen program into a `.deb`; None where this system cannot make one."""
    maker = shutil.which("dpkg-deb")
    if maker is None:
        return None
    tree = work / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    files = tree / "opt/apps/kuaijian/files"
    shutil.copytree(folder, files, symlinks=True)
    (files / "kuaijian-smoke").unlink()
    for source, place in (
        ("kuaijian.desktop", "usr/share/applications"),
        ("70-kuaijian-serial.rules", "lib/udev/rules.d"),
    ):
        (tree / place).mkdir(parents=True)
        shutil.copy(LINUX / source, tree / place)
    (tree / "usr/bin").mkdir()
    (tree / "usr/bin/kuaijian").symlink_to("/opt/apps/kuaijian/files/kuaijian")
    (tree / "usr/share/doc/kuaijian").mkdir(parents=True)
    shutil.copy(HERE.parent / "LICENSE", tree / "usr/share/doc/kuaijian/copyright")
    (tree / "DEBIAN").mkdir()
    asked = [maker.replace("dpkg-deb", "dpkg"), "--print-architecture"]
    architecture = subprocess.run(asked, capture_output=True, text=True, check=True)
    facts = {
        "version": version("kuaijian"),
        "architecture": architecture.stdout.strip(),
        "size": sum(
            path.stat().st_size for path in files.rglob("*") if path.is_file() and not path.is_symlink()
        )
        // 1024,
        "glibc": (os.confstr("CS_GNU_LIBC_VERSION") or "glibc 2.36").split()[1],
    }
    control = (LINUX / "control.in").read_text(encoding="utf-8").format(**facts)
    (tree / "DEBIAN/control").write_text(control, encoding="utf-8")
    made = out / f"kuaijian_{facts['version']}_{facts['architecture']}.deb"
    # xz, because older dpkg cannot unpack zstd
    subprocess.run([maker, "--root-owner-group", "-Zxz", "--build", str(tree), str(made)], check=True)
    return made


def linux(work: Path, out: Path) -> int:
    """Freeze, smoke, package; each only when the one before held."""
    try:
        folder = frozen(work)
    except subprocess.CalledProcessError:
        print("冻结失败，未生成安装包。\nFreezing failed; no installer was made.")
        return 1
    if not holds(folder):
        print("冒烟测试未通过，未生成安装包。\nThe smoke test failed; no installer was made.")
        return 1
    out.mkdir(parents=True, exist_ok=True)
    made = package(folder, work, out)
    if made is None:
        print(f"没有 dpkg-deb，只有程序文件夹：{folder}\nNo dpkg-deb here; the program's folder is {folder}")
        return 0
    print(f"安装包 / installer: {made} ({made.stat().st_size / 1e6:.0f} MB)")
    print("只适用于与本机同样新或更新的系统。\nFor systems as new as this one or newer, no older.")
    return 0


def main() -> int:
    """Read which installer is wanted and make it."""
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    parser.add_argument("target", choices=["linux", "windows"])
    parser.add_argument("--out", type=Path, default=HERE.parent / "dist")
    parser.add_argument("--work", type=Path, default=HERE.parent / "build")
    chosen = parser.parse_args()
    if chosen.target == "windows":
        print("本版本还不能生成 Windows 安装包。\nThis version cannot make the Windows installer yet.")
        return 2
    if not sys.platform.startswith("linux"):
        print("Linux 安装包要在 Linux 上生成。\nThe Linux installer is made on Linux.")
        return 2
    return linux(chosen.work.resolve(), chosen.out.resolve())


if __name__ == "__main__":
    sys.exit(main())
