"""Keeping by commands: recovery key, backup, list, drill, restore on an empty machine, encryption."""

import json
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.cli import main
from lims.queries import audit
from lims.storage.log import checkpoint
from tests.laboratory import found_lab

PHRASE = "春眠不觉晓处处闻啼鸟夜来"
OTHER = "another long passphrase"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lab = found_lab(tmp_path / "lab")
    lab.received(2)
    lab.close()
    (tmp_path / "usb").mkdir()
    return tmp_path / "lab"


def test_from_the_key_to_a_laboratory_on_another_machine(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: object, code: int = 0) -> str:
        assert main.run([str(part) for part in arguments]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    here = ("--dir", folder)
    assert "recovery-key" in run("backup", "--to", tmp_path / "usb", *here, code=1)
    shares = run("recovery-key", "--new", PHRASE, *here).splitlines()[1:]
    assert len(shares) == 3
    made = json.loads(run("backup", "--to", tmp_path / "usb", *here, "--json"))
    assert json.loads(run("backup", "--to", tmp_path / "usb", "--older", 24, *here, "--json")) == {
        "done": None
    }
    assert "备份与数据在同一块盘上" in run("backup", "--to", tmp_path / "usb", *here)
    assert "应做恢复演练" in run("backups", *here)
    run("drill", "--passphrase", PHRASE, *here)
    listed = run("backups", "--check", *here)
    assert "应做恢复演练" not in listed
    assert listed.count("一致") == 2
    file, new = Path(made["file"]), tmp_path / "empty machine"
    assert "口令不对" in run("restore", file, "--dir", new, "--passphrase", OTHER, code=1)
    said = run("restore", file, "--dir", new, "--share", shares[0], "--share", shares[2].lower())
    assert str(new) in said
    assert "完整" in run("audit", "verify", "--dir", new)
    assert "不是空文件夹" in run("restore", file, "--dir", new, "--passphrase", PHRASE, code=1)
    file.write_bytes(b"encrypted by somebody")
    assert main.run(["backups", "--check", "--dir", str(folder)]) == 1


def test_a_restore_is_compared_with_a_head_on_paper(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["recovery-key", "--new", PHRASE, "--dir", str(folder)]) == 0
    assert main.run(["backup", "--to", str(tmp_path / "usb"), "--dir", str(folder)]) == 0
    laboratory = open_laboratory(folder)
    with laboratory.lims.store.engine.connect() as connection:
        (tmp_path / "head.txt").write_text(checkpoint(connection, laboratory.lims.store.place).text())
    laboratory.close()
    (file,) = (tmp_path / "usb").iterdir()
    arguments = ["restore", str(file), "--passphrase", PHRASE, "--dir", str(tmp_path / "new"), "--head"]
    assert main.run([*arguments, str(tmp_path / "head.txt")]) == 1
    assert "记录已丢失" in capsys.readouterr().err
    assert main.run([*arguments, str(tmp_path / "no.txt")]) == 1
    assert not (tmp_path / "new").exists()


def test_encryption_on_another_passphrase_and_off(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ["--dir", str(folder)]
    assert main.run(["encryption", "on", "--new", PHRASE, *here]) == 0
    assert main.run(["samples", *here]) == 1
    assert "KUAIJIAN_PASSPHRASE" in capsys.readouterr().err
    monkeypatch.setenv("KUAIJIAN_PASSPHRASE", PHRASE)
    assert main.run(["samples", *here]) == 0
    assert main.run(["encryption", "passphrase", "--new", OTHER, *here]) == 0
    assert main.run(["samples", *here]) == 1
    assert "口令不对" in capsys.readouterr().err
    assert main.run(["encryption", "off", "--old", OTHER, *here]) == 0
    monkeypatch.delenv("KUAIJIAN_PASSPHRASE")
    laboratory = open_laboratory(folder)
    try:
        assert laboratory.lims.ask(audit.verify).ok
        assert [act.verb for act in laboratory.lims.ask(audit.acts)][:3] == ["keeping.kept_by"] * 3
    finally:
        laboratory.close()
    assert main.run(["encryption", "on", "--new", "short", *here]) == 1
    assert "至少 12 个字符" in capsys.readouterr().err
