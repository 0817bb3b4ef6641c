"""The package's tree: the store's layout, files that keep data, the same bytes from the same inputs."""

import configparser
import json
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from installer import deb
from installer.facts import Facts, sums

SAID = Facts("0.1.0", "a" * 40, 1_700_000_000, "b" * 64)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "frozen"
    (folder / "_internal").mkdir(parents=True)
    (folder / "kuaijian").write_bytes(b"#!/bin/sh\necho here\n")
    (folder / "kuaijian").chmod(0o700)
    (folder / "_internal/字.txt").write_text("快检", encoding="utf-8")
    return folder


@pytest.fixture
def tree(frozen: Path, tmp_path: Path) -> Path:
    deb.lay(frozen, tmp_path / "tree", SAID, "2.28")
    deb.settle(tmp_path / "tree", SAID.time)
    return tmp_path / "tree"


def test_the_store_finds_the_program_its_entries_and_its_info(tree: Path) -> None:
    app = tree / "opt/apps/kuaijian"
    assert sorted(path.name for path in app.iterdir()) == ["SHA256SUMS", "entries", "files", "info"]
    assert json.loads((app / "info").read_text("utf-8"))["version"] == "0.1.0"
    assert (app / "SHA256SUMS").read_text("utf-8") == sums(app / "files")
    assert (tree / "usr/bin/kuaijian").readlink() == Path("/opt/apps/kuaijian/files/kuaijian")


def test_the_menu_entry_opens_a_bundle_and_its_icon_is_there(tree: Path) -> None:
    menu = configparser.ConfigParser(interpolation=None)
    menu.read(tree / "usr/share/applications/kuaijian.desktop", encoding="utf-8")
    entry = menu["Desktop Entry"]
    assert entry["Exec"] == "/usr/bin/kuaijian desktop %f"
    assert (tree / f"usr/share/icons/hicolor/scalable/apps/{entry['Icon']}.svg").is_file()
    mime = ET.parse(tree / "usr/share/mime/packages/kuaijian.xml").getroot()
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    (kind,) = mime.findall("m:mime-type", space)
    assert entry["MimeType"] == f"{kind.get('type')};"
    assert [each.get("pattern") for each in kind.findall("m:glob", space)] == ["*.kjbundle"]


def test_control_says_the_version_and_the_oldest_c_library(tree: Path) -> None:
    said = (tree / "DEBIAN/control").read_text("utf-8")
    assert "\nVersion: 0.1.0\n" in said
    assert "libc6 (>= 2.28)" in said


def test_removal_touches_no_data(tree: Path) -> None:
    script = (tree / "DEBIAN/postrm").read_text("utf-8")
    assert "rm " not in script
    for name in deb.RUNNABLE:
        done = subprocess.run(
            ["sh", "-n", tree / "DEBIAN" / name], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_the_same_inputs_make_the_same_package(frozen: Path, tmp_path: Path) -> None:
    first = deb.make(frozen, tmp_path / "one", tmp_path / "out1", SAID, "2.28").read_bytes()
    (frozen / "kuaijian").touch()
    again = tmp_path / "elsewhere"
    shutil.copytree(frozen, again)
    before = os.umask(0o077)  # the rights of the person who builds do not show either
    try:
        second = deb.make(again, tmp_path / "two", tmp_path / "out2", SAID, "2.28").read_bytes()
    finally:
        os.umask(before)
    assert second == first
