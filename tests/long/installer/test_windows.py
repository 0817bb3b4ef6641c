"""The Windows setup under Wine 10 (Debian 13): installed into a Chinese path, started, tried, upgraded, removed.

Wine is not Windows: what only a real one shows is a list for a person in `installer/README.md`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer.environment import ROOT
from installer.roots import Root
from tests.long.installer import complex_numbers

PLACE = r"C:\快检LIMS"
DATA = r"C:\实验室"
WINE = {
    "WINEPREFIX": "/root/wine",
    "WINEDEBUG": "-all",
    "LANG": "zh_CN.UTF-8",
    "WINEDLLOVERRIDES": "mscoree,mshtml=;ucrtbase=n,b",
}


@pytest.fixture(scope="module")
def root() -> Iterator[Root]:
    made = Root(ROOT / "build/wine", "trixie").lay(("locales",))
    if not (made.folder / "usr/bin/wine").exists():
        made.install("wine", "wine64", "xvfb", "xauth", "fonts-wqy-microhei")
        made.run("localedef", "-i", "zh_CN", "-f", "UTF-8", "zh_CN.UTF-8")
    shutil.rmtree(made.folder / "root/wine", ignore_errors=True)
    yield made
    made.run("wineserver", "-k", variables=WINE, check=False)


def wine(root: Root, *command: str) -> str:
    return root.run("xvfb-run", "-a", "wine", *command, variables=WINE).stdout


def drive(root: Root) -> Path:
    return root.folder / "root/wine/drive_c"


def test_installed_tried_upgraded_removed(root: Root, setup: Path) -> None:
    shutil.copy(setup, root.folder / "tmp/setup.exe")
    wine(root, "/tmp/setup.exe", "/S", "/CurrentUser", f"/D={PLACE}")
    program = drive(root) / "快检LIMS"
    assert (program / "kuaijian.exe").is_file()
    assert list(drive(root).rglob("快检实验室.lnk"))

    complex_numbers.lay(root, program / "python")
    said = wine(root, rf"{PLACE}\kuaijian-smoke.exe")
    held = said.strip().splitlines()[-1]
    assert "FAILED" not in said, said
    assert held.startswith("smoke: ")
    assert "altered: []" in wine(root, rf"{PLACE}\kuaijian.exe", "version", "--check")
    wine(root, rf"{PLACE}\kuaijian.exe", "demo", "--headless", "--dir", DATA)

    (program / "mine.txt").write_text("a person's own", encoding="utf-8")
    wine(root, "/tmp/setup.exe", "/S", "/CurrentUser", f"/D={PLACE}")
    complex_numbers.lay(root, program / "python")
    wine(root, rf"{PLACE}\kuaijian.exe", "audit", "verify", "--dir", DATA)

    wine(root, rf"{PLACE}\uninstall.exe", "/S", "/CurrentUser", f"_?={PLACE}")
    assert sorted(path.name for path in program.iterdir()) == ["mine.txt", "uninstall.exe"]
    assert (drive(root) / "实验室/laboratory.db").is_file()
    assert not list(drive(root).rglob("快检实验室.lnk"))
