"""A watched folder: read only, once, and only what stands still; entered in the ledger after the journal has it."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from drivers.errors import LinkLost, Refused
from drivers.links.folder import FolderLink, Ledger, Watch
from protocols import files
from protocols.files import FileCodec, FileShot


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def link(folder: Path, clock: Clock, ledger: Path | None = None, pattern: str = "*.csv; *.txt") -> FolderLink:
    return FolderLink(Watch(folder, pattern, settle=2.0, rescan=1.0), Ledger(ledger), clock)


def taken(line: FolderLink, clock: Clock, seconds: int = 8) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    codec = FileCodec()
    for _ in range(seconds):
        clock.now += 1.0
        for one in codec.receive(line.read(0.0), clock.now):
            assert isinstance(one, FileShot)
            found.append((one.name, one.data))
    return found


def test_files_are_taken_once_oldest_first_and_left_where_they_are(tmp_path: Path) -> None:
    for age, name in enumerate(("b.csv", "a.TXT", "c.xls", ".hidden.csv", "~$a.csv")):
        (tmp_path / name).write_bytes(name.encode())
        os.utime(tmp_path / name, (1000 + age, 1000 + age))
    clock = Clock()
    line = link(tmp_path, clock)
    assert taken(line, clock) == [("b.csv", b"b.csv"), ("a.TXT", b"a.TXT")]
    line.close()
    assert len(list(tmp_path.iterdir())) == 5


def test_a_file_that_grows_is_waited_for(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "a.csv"
    line = link(tmp_path, clock)
    path.write_bytes(b"1")
    assert taken(line, clock, 2) == []
    path.write_bytes(b"12")
    assert taken(line, clock, 2) == []
    assert taken(line, clock, 4) == [("a.csv", b"12")]
    line.close()


def test_a_file_that_changes_comes_again_and_a_copy_does_not(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "a.csv"
    line = link(tmp_path, clock)
    path.write_bytes(b"1")
    assert len(taken(line, clock)) == 1
    (tmp_path / "copy.csv").write_bytes(b"1")
    assert taken(line, clock) == []
    path.write_bytes(b"1\n2")
    assert taken(line, clock) == [("a.csv", b"1\n2")]
    line.close()


def test_a_content_is_in_the_ledger_only_after_the_next_read(tmp_path: Path) -> None:
    folder, ledger, clock = tmp_path / "in", tmp_path / "ledger", Clock()
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"1")
    digest = hashlib.sha256(b"1").hexdigest()
    line = link(folder, clock, ledger)
    while not line.read(0.0):
        clock.now += 1.0
    assert not ledger.exists()
    line.read(0.0)
    assert ledger.read_text("utf-8") == f"{digest} a.csv\n"
    line.close()
    again = link(folder, clock, ledger)
    assert taken(again, clock) == []
    again.close()


def test_empty_and_oversized_files_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.links.folder.LARGEST", 3)
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(b"1234")
    clock = Clock()
    line = link(tmp_path, clock)
    assert taken(line, clock) == []
    assert line.notes == ("file_too_big",)
    line.close()


def test_a_folder_that_is_gone_is_a_lost_line(tmp_path: Path) -> None:
    folder, clock = tmp_path / "in", Clock()
    with pytest.raises(LinkLost, match="folder_gone"):
        link(folder, clock)
    folder.mkdir()
    line = link(folder, clock)
    folder.rmdir()
    with pytest.raises(LinkLost, match="folder_gone"):
        taken(line, clock)
    line.close()


def test_a_ledger_that_cannot_be_written_is_a_lost_line(tmp_path: Path) -> None:
    folder, clock = tmp_path / "in", Clock()
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"1")
    line = link(folder, clock, tmp_path / "no such folder" / "ledger")
    with pytest.raises(LinkLost, match="folder_ledger"):
        taken(line, clock)
    line.close()


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    line = link(tmp_path, Clock())
    line.write(b"")
    with pytest.raises(Refused, match="folder_read_only"):
        line.write(b"x")
    line.close()
    line.close()
    assert list(tmp_path.iterdir()) == []


def test_the_system_wakes_a_sleeping_link(tmp_path: Path) -> None:
    line = FolderLink(Watch(tmp_path, "*", settle=0.05, rescan=3600.0), Ledger(None))
    for _ in range(3):
        assert line.read(0.01) == b""
    (tmp_path / "a.csv").write_bytes(b"1")
    limit = time.monotonic() + 10.0
    found = b""
    while not found and time.monotonic() < limit:
        found = line.read(0.2)
    line.close()
    assert found == files.encode("a.csv", b"1")
