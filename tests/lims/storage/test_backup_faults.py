"""Media that are full, gone, read-only or lie; a live disk that is full; a write-ahead log that vanishes."""

import errno
import json
import os
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.errors import LimsError, NotAllowed, StorageUnfit, Tampered
from lims.evidence import checkpoint
from lims.queries import audit, samples
from lims.queries import keeping as questions
from lims.services import keeping
from lims.storage import backup, soundness
from lims.storage.keys import Secret
from tests.counts import Counts, counts_of
from tests.laboratory import Lab, found_lab
from tests.lims.storage.keeping import SECRET, fill, recovery, script, start


@pytest.fixture
def filled(tmp_path: Path) -> Lab:
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    (tmp_path / "usb").mkdir()
    return lab


def root(lab: Lab) -> Path:
    return lab.laboratory.folder.root


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EIO, "backup.gone"),
        (errno.ENODEV, "backup.gone"),
        (errno.ENOSPC, "backup.full"),
        (errno.EROFS, "backup.readonly"),
    ],
)
def test_a_medium_that_fails_at_the_sync_leaves_no_backup_and_no_note(
    filled: Lab, tmp_path: Path, number: int, code: str
) -> None:
    def sync(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    with pytest.raises(StorageUnfit) as refused:
        backup.make(filled.station.store, root(filled), tmp_path / "usb", recovery()[0], sync=sync)
    assert refused.value.code == code
    assert list((tmp_path / "usb").iterdir()) == []
    assert not list(root(filled).glob(".backup-*"))
    filled.close()


def test_a_medium_that_was_pulled_or_is_no_folder_is_named(filled: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "pulled", tmp_path / "file"):
        with pytest.raises(StorageUnfit, match=r"backup\.gone"):
            keeping.back_up(filled.station, root(filled), place)
    assert filled.station.ask(questions.backups) == []
    filled.close()


def test_a_medium_that_may_not_be_written_is_named(filled: Lab) -> None:
    with pytest.raises(StorageUnfit) as refused:
        keeping.back_up(filled.station, root(filled), Path("/proc/self"))
    assert refused.value.code in ("backup.readonly", "backup.gone", "backup.full")
    filled.close()


FULL = """
    import resource, sys
    from pathlib import Path
    from lims.app import open_laboratory
    from lims.errors import StorageUnfit
    from lims.services import keeping
    folder, to, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    laboratory = open_laboratory(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        keeping.back_up(laboratory.lims, folder, to)
        print("made")
    except StorageUnfit as fault:
        print(fault.code)
    laboratory.close()
"""


def test_a_medium_that_fills_up_on_the_way_leaves_nothing(filled: Lab, tmp_path: Path) -> None:
    filled.close()
    # the database's copy must fit under the limit, the archive that holds it and an attachment must not
    (root(filled) / "attachments" / "large").write_bytes(os.urandom(4 << 20))
    ended = script(FULL, root(filled), tmp_path / "usb", (4 << 20) + 1000)
    assert ended.out.strip() == "backup.full", ended.err
    assert list((tmp_path / "usb").iterdir()) == []
    laboratory = open_laboratory(root(filled))
    try:
        assert laboratory.lims.ask(audit.verify).ok
        assert laboratory.lims.ask(questions.backups) == []
    finally:
        laboratory.close()


def test_what_something_encrypted_on_the_medium_is_an_alarm(filled: Lab, tmp_path: Path) -> None:
    older = keeping.back_up(filled.station, root(filled), tmp_path / "usb")
    older.file.rename(tmp_path / "offline")  # the copy that was taken out of the drawer only now
    older.file.write_bytes(os.urandom(older.size))
    assert [one.fault for one in keeping.on_media(filled.station)] == ["changed"]
    with pytest.raises(LimsError) as refused:
        keeping.drill(filled.station, older.file, SECRET)
    assert refused.value.code == "backup.foreign"
    found = keeping.bring_back(tmp_path / "offline", tmp_path / "new", SECRET)
    assert found.sha256 == older.sha256
    filled.close()


def test_with_the_passphrase_lost_two_of_three_people_bring_it_back(filled: Lab, tmp_path: Path) -> None:
    made = keeping.back_up(filled.station, root(filled), tmp_path / "usb")
    filled.close()
    with pytest.raises(NotAllowed):
        keeping.bring_back(made.file, tmp_path / "a", Secret("what was it again?"))
    with pytest.raises(LimsError, match=r"key\.few_shares"):
        keeping.bring_back(made.file, tmp_path / "a", Secret(shares=recovery()[1][2:]))
    found = keeping.bring_back(made.file, tmp_path / "a", Secret(shares=recovery()[1][::2]))
    assert found.head == made.heads[0]


# The live database ---------------------------------------------------------------------------------------------

WRITES = """
    import resource, sys, json
    from pathlib import Path
    from lims.app import open_laboratory
    from lims.errors import StorageUnfit
    from lims.evidence.checkpoint import Checkpoint
    from lims.services import sample
    from lims.storage.log import checkpoint
    from tests.laboratory import filled
    laboratory = open_laboratory(Path(sys.argv[1]))
    room = int(sys.argv[2])
    reader = laboratory.lims.store.engine.connect()  # as a screen has: the write-ahead log stays while it is open
    reader.exec_driver_sql("SELECT 1")
    if room:
        size = max(p.stat().st_size for p in Path(sys.argv[1]).glob("laboratory.db*")) + room
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    refused = 0
    while refused < 3:
        try:
            number = laboratory.lims.do(sample.draw, filled())
        except StorageUnfit as fault:
            refused += 1
            print(json.dumps({"refused": fault.code}), flush=True)
            continue
        with laboratory.lims.store.engine.connect() as connection:
            head = checkpoint(connection, laboratory.lims.store.place)
        print(json.dumps({"acked": number, "head": head.text()}), flush=True)
"""


def numbers(folder: Path) -> set[str]:
    laboratory = open_laboratory(folder)
    try:
        assert laboratory.lims.ask(audit.verify).ok
        return {row.number for row in laboratory.lims.ask(samples.page, count=10_000)}
    finally:
        laboratory.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "room" in metafunc.fixturenames:
        metafunc.parametrize("room", counts_of(metafunc.config).full_disks)


def test_a_disk_that_is_full_refuses_and_loses_nothing(filled: Lab, room: int, counts: Counts) -> None:
    assert room in counts.full_disks
    filled.close()
    before = numbers(root(filled))
    ended = script(WRITES, root(filled), room)
    lines = [json.loads(line) for line in ended.out.splitlines()]
    acked = {line["acked"] for line in lines if "acked" in line}
    assert len([line for line in lines if "refused" in line]) == 3, ended.err
    assert numbers(root(filled)) == before | acked


def test_a_deleted_write_ahead_log_is_found_by_a_head_kept_outside(filled: Lab) -> None:
    filled.close()
    child = start(WRITES, root(filled), 0)
    assert child.stdout is not None
    lines = [json.loads(child.stdout.readline()) for _ in range(5)]
    child.kill()
    child.communicate()
    last = checkpoint.parse(lines[-1]["head"])
    wal = root(filled) / "laboratory.db-wal"
    assert wal.stat().st_size > 0
    wal.unlink()
    laboratory = open_laboratory(root(filled))
    try:
        assert laboratory.lims.ask(audit.verify).ok  # the log alone cannot know
        with pytest.raises(Tampered, match=r"keeping\.shorter"):
            soundness.contains(laboratory.lims.store.engine, last)
    finally:
        laboratory.close()


def test_a_killed_writer_keeps_every_acknowledged_sample(filled: Lab, counts: Counts) -> None:
    filled.close()
    acked: set[str] = set()
    for _ in range(counts.killed_writers):
        child = start(WRITES, root(filled), 0)
        assert child.stdout is not None
        lines = [json.loads(child.stdout.readline()) for _ in range(3)]
        child.kill()
        rest, _ = child.communicate()
        whole = [json.loads(line) for line in rest.splitlines() if line.endswith("}")]
        acked |= {line["acked"] for line in (*lines, *whole)}
    assert acked <= numbers(root(filled))
