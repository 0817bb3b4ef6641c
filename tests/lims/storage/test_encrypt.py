"""The database encrypted at rest: unreadable without the key, whole with it, never half after a kill."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lims.app import Laboratory, open_laboratory
from lims.errors import LimsError, NotAllowed, NotFound, StorageUnfit
from lims.queries import audit, samples
from lims.services import keeping, sample
from lims.storage import encrypt, keys
from lims.storage.engine import open_engine
from lims.storage.keys import Secret
from tests.counts import Counts
from tests.laboratory import filled, found_lab
from tests.lims.storage.keeping import PHRASE, QUICK, SECRET, fill, recovery, start

FOOD = "连江丁香鱼干"
OTHER = "another long passphrase"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    lab.draw(food=FOOD, contact="郑小小")
    lab.close()
    return tmp_path / "lab"


def opened(folder: Path, phrase: str = PHRASE) -> Laboratory:
    return open_laboratory(folder, passphrase=lambda _folder: phrase)


def foods(folder: Path, phrase: str = PHRASE) -> list[str]:
    laboratory = opened(folder, phrase)
    try:
        assert laboratory.lims.ask(audit.verify).ok
        return sorted(row.food for row in laboratory.lims.ask(samples.page))
    finally:
        laboratory.close()


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("laboratory.db*"))


def readable(data: bytes) -> list[str]:
    words = (FOOD, "郑小小", "豇豆", "LJ01", "sample", "SQLite format 3", "KUAIJIAN")
    return [word for word in words if word.encode() in data]


def test_nothing_of_a_sample_is_in_the_files_bytes(folder: Path) -> None:
    before = foods(folder)
    assert FOOD in readable(on_disk(folder))
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    assert encrypt.is_encrypted(folder)
    assert readable(on_disk(folder)) == []
    laboratory = opened(folder)
    try:  # the write-ahead log of a live laboratory too
        with laboratory.lims.store.engine.connect() as held:
            held.exec_driver_sql("SELECT 1")
            laboratory.lims.do(sample.draw, filled(food=FOOD))
            assert (folder / "laboratory.db-wal").stat().st_size > 0
            assert readable(on_disk(folder)) == []
    finally:
        laboratory.close()
    assert foods(folder) == sorted([*before, FOOD])


def test_a_wrong_or_missing_passphrase_is_a_sentence(folder: Path) -> None:
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    with pytest.raises(NotAllowed, match=r"key\.passphrase"):
        opened(folder, OTHER)
    with pytest.raises(NotAllowed, match=r"key\.needed"):
        opened(folder, "")
    assert len(foods(folder)) == 4


@pytest.mark.parametrize("key", [None, bytes(32)])
def test_a_wrong_key_and_a_lost_key_file_are_clear(folder: Path, key: bytes | None) -> None:
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    before = on_disk(folder)
    with pytest.raises(StorageUnfit, match=r"storage\.key"):
        open_engine(folder / "laboratory.db", [key])
    (folder / keys.DATABASE).unlink()
    with pytest.raises(StorageUnfit, match=r"storage\.key"):
        open_laboratory(folder)
    assert on_disk(folder) == before


def test_pages_that_were_altered_are_found(folder: Path) -> None:
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    data = bytearray((folder / "laboratory.db").read_bytes())
    for eighth in range(1, 8):
        data[len(data) * eighth // 8] ^= 1
    (folder / "laboratory.db").write_bytes(data)
    with pytest.raises(LimsError):
        foods(folder)


def test_another_key_another_passphrase_and_back_to_plain(folder: Path) -> None:
    database = folder / "laboratory.db"
    before = foods(folder)
    encrypt.encrypt(database, Secret(), PHRASE, QUICK)
    first = database.read_bytes()[:16]
    encrypt.encrypt(database, SECRET, OTHER, QUICK)
    assert database.read_bytes()[:16] != first
    with pytest.raises(NotAllowed):
        opened(folder, PHRASE)
    assert foods(folder, OTHER) == before
    encrypt.set_passphrase(folder, Secret(OTHER), PHRASE, QUICK)
    assert foods(folder, PHRASE) == before
    encrypt.decrypt(database, SECRET)
    assert not encrypt.is_encrypted(folder)
    assert FOOD in readable(on_disk(folder))
    assert foods(folder, "") == before
    assert not [path.name for path in folder.iterdir() if path.suffix in (".draft", ".new")]


def test_two_shares_open_a_van_whose_passphrase_is_lost(folder: Path) -> None:
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    encrypt.set_passphrase(folder, Secret(shares=recovery()[1][:2]), OTHER, QUICK)
    assert len(foods(folder, OTHER)) == 4
    (folder / keys.RECOVERY).unlink()
    encrypt.set_passphrase(folder, Secret(OTHER), PHRASE, QUICK)
    with pytest.raises(LimsError, match=r"key\.no_shares"):
        encrypt.set_passphrase(folder, Secret(shares=recovery()[1][:2]), OTHER, QUICK)


def test_an_encrypted_laboratory_is_backed_up_and_comes_back_encrypted(folder: Path, tmp_path: Path) -> None:
    encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    (tmp_path / "usb").mkdir()
    laboratory = opened(folder)
    try:
        made = keeping.back_up(laboratory.lims, folder, tmp_path / "usb")
        assert keeping.drill(laboratory.lims, None, SECRET).fault == ""
    finally:
        laboratory.close()
    found = keeping.bring_back(made.file, tmp_path / "new", Secret(shares=recovery()[1][1:]))
    assert readable(on_disk(found.folder)) == []
    assert foods(found.folder) == foods(folder)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda f: encrypt.encrypt(f / "laboratory.db", Secret(), "short", QUICK), "key.short"),
        (lambda f: encrypt.encrypt(f / "none.db", Secret(), PHRASE, QUICK), "laboratory.none"),
        (lambda f: encrypt.set_passphrase(f, Secret(), PHRASE, QUICK), "key.plain"),
        (lambda f: (f / keys.DATABASE).write_text("{}") and encrypt.is_encrypted(f), "key.file"),
        (lambda f: (f / keys.DATABASE).write_text("[") and opened(f), "key.file"),
    ],
)
def test_what_cannot_be_done_changes_nothing(folder: Path, call: Callable[[Path], object], code: str) -> None:
    before = on_disk(folder)
    with pytest.raises((LimsError, NotFound)) as refused:
        call(folder)
    assert refused.value.code == code
    assert on_disk(folder) == before


def test_a_laboratory_in_use_is_not_converted(folder: Path) -> None:
    laboratory = opened(folder)
    try:
        with laboratory.lims.store.engine.connect() as held:
            held.exec_driver_sql("SELECT * FROM sample").fetchall()
            with pytest.raises(StorageUnfit, match=r"key\.in_use"):
                encrypt.encrypt(folder / "laboratory.db", Secret(), PHRASE, QUICK)
    finally:
        laboratory.close()
    assert not encrypt.is_encrypted(folder)
    assert len(foods(folder, "")) == 4


CONVERT = """
    import sys
    from pathlib import Path
    from lims.storage import encrypt
    from lims.storage.keys import Cost, Secret
    database, old, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    print("begun", flush=True)
    if new:
        encrypt.encrypt(database, Secret(old), new, Cost(1, 8, 1))
    else:
        encrypt.decrypt(database, Secret(old))
"""


def test_a_conversion_killed_at_any_instant_leaves_one_that_opens(folder: Path, counts: Counts) -> None:
    chance = random.Random(20261124)
    before, phrase, killed = foods(folder), "", 0
    for turn in range(counts.conversion_kills):
        new = "" if turn % 3 == 2 else (PHRASE, OTHER)[turn % 2]
        child = start(CONVERT, folder / "laboratory.db", phrase, new)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, 0.35))
        child.kill()
        child.communicate()
        killed += child.returncode != 0
        fits = []
        for one in {phrase, new}:
            try:
                assert foods(folder, one) == before
            except NotAllowed:
                continue
            fits.append(one)
        assert fits, f"turn {turn}: neither the old nor the new passphrase opens it"
        phrase = new if new in fits and (new or not encrypt.is_encrypted(folder)) else fits[0]
    assert killed
