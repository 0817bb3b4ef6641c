"""The Windows setup under Wine 10 (Debian 13): installed into a Chinese path, started, tried, upgraded, removed.

Wine is not Windows: what only a real one shows is a list for a person in `installer/README.md`.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from installer import wine
from installer.environment import ROOT
from installer.roots import BuildError
from lims.version import BUILD
from tests.long.installer import windows_core

PLACE = r"C:\快检LIMS"
DATA = r"C:\实验室"
ENTRY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Kuaijian"


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

    windows.share("y")
    with pytest.raises(BuildError, match="SMB"):
        windows.run(rf"{PLACE}\kuaijian.exe", "demo", "--headless", "--dir", r"Y:\实验室")

    (program / "mine.txt").write_text("a person's own", encoding="utf-8")
    windows.run(r"C:\setup.exe", "/S", "/CurrentUser", f"/D={PLACE}")
    windows.complete(program / "python")
    windows.run(rf"{PLACE}\kuaijian.exe", "audit", "verify", "--dir", DATA)

    windows.run(rf"{PLACE}\uninstall.exe", "/S", "/CurrentUser", f"_?={PLACE}")
    assert sorted(path.name for path in program.iterdir()) == ["mine.txt", "uninstall.exe"]
    assert (windows.drive / "实验室/laboratory.db").is_file()
    assert not list(windows.drive.rglob("快检实验室.lnk"))


def test_for_the_whole_computer_in_english(windows: wine.Wine, setup: Path) -> None:
    shutil.copy(setup, windows.drive / "setup.exe")
    english = {"LANG": "C.UTF-8"}
    windows.run(r"C:\setup.exe", "/S", "/AllUsers", variables=english)
    program = windows.drive / "Program Files/Kuaijian"
    assert (program / "kuaijian.exe").is_file()
    assert list((windows.drive / "ProgramData").rglob("Kuaijian LIMS.lnk"))
    said = windows.run("reg", "query", rf"HKLM\{ENTRY}", "/v", "DisplayVersion", variables=english)
    assert said.split()[-1] == BUILD
    windows.complete(program / "python")
    assert "altered: []" in windows.run(r"C:\Program Files\Kuaijian\kuaijian.exe", "version", "--check")

    bare = "_?=C:\\Program Files\\Kuaijian"  # the last argument stands without quotes, which only a script can write
    script = f'"C:\\Program Files\\Kuaijian\\uninstall.exe" /S /AllUsers {bare}\r\n'
    (windows.drive / "remove.bat").write_text(script, encoding="ascii", newline="")
    windows.run("cmd", "/c", r"C:\remove.bat")
    assert [path.name for path in program.iterdir()] == ["uninstall.exe"]
    assert not list(windows.drive.rglob("Kuaijian LIMS.lnk"))
    with pytest.raises(BuildError):
        windows.run("reg", "query", rf"HKLM\{ENTRY}")


def test_the_core_of_the_tests_holds_under_the_installed_python(windows: wine.Wine, setup: Path) -> None:
    shutil.copy(setup, windows.drive / "setup.exe")
    windows.run(r"C:\setup.exe", "/S", "/CurrentUser", r"/D=C:\核心")
    program = windows.drive / "核心"
    windows.complete(program / "python")
    windows_core.lay(program)
    said = windows.run(r"C:\核心\python\python.exe", *windows_core.arguments(), inside="核心/suite")
    (held,) = re.findall(r"(?m)^(\d+) passed(?:, \d+ deselected)? in ", said)
    assert int(held) > 4000
