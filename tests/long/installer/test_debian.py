"""The package in fresh Debian 11, 12 and 13: installed, started with a window, upgraded, removed; the data stays."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from installer.environment import ROOT
from installer.roots import Root

SUITES = ("bullseye", "bookworm", "trixie")
DATA = "/root/演示"


def raised(package: Path, into: Path) -> Path:
    """Make the same package with a higher version, as an upgrade would come."""
    tree = into / "tree"
    subprocess.run(["dpkg-deb", "-R", str(package), str(tree)], check=True)
    control = tree / "DEBIAN/control"
    text = control.read_text("utf-8")
    (now,) = [line for line in text.splitlines() if line.startswith("Version: ")]
    control.write_text(text.replace(now, f"{now}+upgrade"), "utf-8")
    made = into / "upgrade.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(made)], check=True
    )
    shutil.rmtree(tree)
    return made


@pytest.mark.parametrize("suite", SUITES)
def test_installed_started_upgraded_removed(suite: str, package: Path, tmp_path: Path) -> None:
    kept = Root(ROOT / f"build/bare-{suite}", suite).lay()
    root = Root(tmp_path / suite, suite)
    subprocess.run(["cp", "-a", str(kept.folder), str(root.folder)], check=True)
    shutil.copy(package, root.folder / "tmp/kuaijian.deb")
    root.install("/tmp/kuaijian.deb", "fonts-wqy-microhei", "xvfb", "xauth")

    said = json.loads(root.run("kuaijian", "version", "--check", "--json").stdout)
    assert said["altered"] == []
    assert len(said["commit"]) == 40
    played = root.run(
        "kuaijian", "demo", "--headless", "--dir", DATA, variables={"QT_QPA_PLATFORM": "offscreen"}
    )
    assert "Traceback" not in played.stdout
    shown = root.run(
        *("timeout", "--preserve-status", "-s", "TERM", "20", "xvfb-run", "-a"),
        *("kuaijian", "desktop", "--dir", DATA),
        check=False,
    )
    assert shown.returncode in {0, 143}, shown.stdout
    assert "Traceback" not in shown.stdout

    shutil.copy(raised(package, tmp_path), root.folder / "tmp/upgrade.deb")
    root.install("/tmp/upgrade.deb")
    root.run("kuaijian", "audit", "verify", "--dir", DATA)

    root.run("apt-get", "purge", "-y", "-q", "kuaijian")
    left = [
        place
        for place in ("opt/apps/kuaijian", "usr/bin/kuaijian", "usr/share/applications/kuaijian.desktop")
        if (root.folder / place).exists()
    ]
    assert left == []
    assert (root.folder / DATA.lstrip("/") / "laboratory.db").is_file()
