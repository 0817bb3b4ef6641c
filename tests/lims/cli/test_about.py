"""The program says what it is, and whether its files are as they were built."""

import json
from pathlib import Path

import pytest

from installer.facts import sums
from lims.cli.about import altered
from lims.cli.main import run
from lims.version import BUILD, fingerprint


def test_the_version_is_the_logs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["version"], said["program"]) == (BUILD, fingerprint())


def test_a_clone_has_no_list_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version", "--check"]) == 1
    assert "not installed from a package" in capsys.readouterr().out


def test_a_changed_and_a_missing_file_are_named(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name in ("kept", "changed", "gone"):
        (files / name).write_text(name, encoding="utf-8")
    listed = tmp_path / "SHA256SUMS"
    listed.write_text(sums(files), encoding="utf-8")
    assert altered(listed) == []
    (files / "changed").write_text("otherwise", encoding="utf-8")
    (files / "gone").unlink()
    assert altered(listed) == ["changed", "gone"]
