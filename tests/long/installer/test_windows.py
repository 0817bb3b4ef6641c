"""The Windows setup under Wine 10 (Debian 13): installed into a Chinese path, started, tried, upgraded, removed.

Wine is not Windows: what only a real one shows is a list for a person in `installer/README.md`.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer import wine
from installer.environment import ROOT

PLACE = r"C:\快检LIMS"
DATA = r"C:\实验室"


@pytest.fixture(scope="module")
def windows() -> Iterator[wine.Wine]:
    made = wine.begun(ROOT / "build")
    yield made
    made.remove()


def test_installed_tried_upgraded_removed(windows: wine.Wine, setup: Path) -> None:
    shutil.copy(setup, windows.drive / "setup.exe")
    windows.run(r"C:\setup.exe", "/S", "/CurrentUser", f"/D={PLACE}")
    program = windows.drive / "快检LIMS"
    assert (program / "kuaijian.exe").is_file()
    assert list(windows.drive.rglob("快检实验室.lnk"))

    windows.complete(program / "python")
    said = windows.run(rf"{PLACE}\kuaijian-smoke.exe")
    held = said.strip().splitlines()[-1]
    assert "FAILED" not in said, said
    assert held.startswith("smoke: ")
    assert "altered: []" in windows.run(rf"{PLACE}\kuaijian.exe", "version", "--check")
    windows.run(rf"{PLACE}\kuaijian.exe", "demo", "--headless", "--dir", DATA)

    (program / "mine.txt").write_text("a person's own", encoding="utf-8")
    windows.run(r"C:\setup.exe", "/S", "/CurrentUser", f"/D={PLACE}")
    windows.complete(program / "python")
    windows.run(rf"{PLACE}\kuaijian.exe", "audit", "verify", "--dir", DATA)

    windows.run(rf"{PLACE}\uninstall.exe", "/S", "/CurrentUser", f"_?={PLACE}")
    assert sorted(path.name for path in program.iterdir()) == ["mine.txt", "uninstall.exe"]
    assert (windows.drive / "实验室/laboratory.db").is_file()
    assert not list(windows.drive.rglob("快检实验室.lnk"))
