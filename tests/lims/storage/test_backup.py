"""Backups and restores on real databases: everything comes back and is proved, and nothing else is taken for it."""

import hashlib
import io
import json
import shutil
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from lims.app import open_laboratory
from lims.errors import Invalid, LimsError, NotAllowed, NotFound, StorageUnfit, Tampered
from lims.evidence.checkpoint import Checkpoint
from lims.queries import audit, samples
from lims.queries import keeping as questions
from lims.services import keeping
from lims.storage import archive, keys
from lims.storage.keys import Secret
from lims.storage.log import checkpoint
from lims.storage.sealed import Sealer
from tests.laboratory import Lab, found_lab
from tests.lims.storage.keeping import PHRASE, SECRET, fill, recovery
from tests.servers import Servers


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    (tmp_path / "usb").mkdir()
    return tmp_path / "usb"


def root(lab: Lab) -> Path:
    return lab.laboratory.folder.root


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("laboratory.db")
    }


def head(lab: Lab) -> Checkpoint:
    with lab.station.store.engine.connect() as connection:
        return checkpoint(connection, lab.station.store.place)


@pytest.mark.parametrize("way", ["passphrase", "shares"])
def test_a_laboratory_comes_back_on_an_empty_machine(lab: Lab, usb: Path, tmp_path: Path, way: str) -> None:
    numbers = fill(lab)
    before = tree(root(lab))
    made = keeping.back_up(lab.station, root(lab), usb)
    secret = SECRET if way == "passphrase" else Secret(shares=recovery()[1][1:])
    found = keeping.bring_back(made.file, tmp_path / "new" / "lab", secret)
    assert [path.name for path in usb.iterdir()] == [made.file.name]
    wanted = {name: data for name, data in before.items() if not name.endswith("/lock")}
    assert wanted.items() <= tree(found.folder).items()
    again = open_laboratory(found.folder)
    try:
        assert again.lims.ask(audit.verify).ok
        assert {row.number for row in again.lims.ask(samples.page)} == set(numbers)
        assert again.lims.ask(questions.state).restores == 1
    finally:
        again.close()


def test_a_server_takes_a_laboratory_back(lab: Lab, usb: Path, tmp_path: Path, servers: Servers) -> None:
    numbers = fill(lab)
    made = keeping.back_up(lab.station, root(lab), usb)
    database = servers.fresh()
    found = keeping.bring_back(made.file, tmp_path / "new", SECRET, database=database)
    assert not (found.folder / archive.DATABASE).exists()
    again = open_laboratory(found.folder, database)
    try:
        assert again.lims.ask(audit.verify).ok
        assert {row.number for row in again.lims.ask(samples.page)} == set(numbers)
    finally:
        again.close()
    with pytest.raises(StorageUnfit, match=r"storage\.founded"):
        keeping.bring_back(made.file, tmp_path / "twice", SECRET, database=database)
    assert not (tmp_path / "twice").exists()


def test_a_backup_is_noted_and_nothing_of_it_can_be_read(lab: Lab, usb: Path) -> None:
    fill(lab)
    made = keeping.back_up(lab.station, root(lab), usb)
    (noted,) = lab.as_("zheng").ask(questions.backups)
    assert (noted.file, noted.sha256, noted.bytes) == (made.file.name, made.sha256, made.file.stat().st_size)
    assert noted.size == made.heads[0].size
    assert not noted.second_medium
    sealed = made.file.read_bytes()
    assert not [word for word in ("豇豆".encode(), b"photo", b"SQLite format", b"LJ01") if word in sealed]
    assert not lab.as_("zheng").ask(questions.state).backup_due


def test_personal_fields_come_back_too(lab: Lab, usb: Path, tmp_path: Path) -> None:
    lab.draw(contact="郑小小")
    fill(lab)
    made = keeping.back_up(lab.station, root(lab), usb)
    found = keeping.bring_back(made.file, tmp_path / "new", SECRET)
    again = open_laboratory(found.folder)
    try:
        with again.lims.store.engine.connect() as connection:
            assert "郑小小" in list(connection.scalars(text("SELECT text FROM personal")))
    finally:
        again.close()


def test_a_backup_is_made_while_others_write(tmp_path: Path, usb: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    stop = threading.Event()
    drawn: list[str] = []

    def work() -> None:
        while not stop.is_set():
            drawn.append(lab.draw())

    thread = threading.Thread(target=work)
    thread.start()
    try:
        made = [keeping.back_up(lab.station, root(lab), usb) for _ in range(2)]
    finally:
        stop.set()
        thread.join()
        lab.close()
    found = [keeping.bring_back(one.file, tmp_path / f"r{n}", SECRET) for n, one in enumerate(made)]
    assert drawn
    assert found[0].head.size < found[1].head.size


def test_a_drill_files_its_own_record(lab: Lab, usb: Path) -> None:
    fill(lab)
    assert lab.station.ask(questions.state).drill_due
    made = keeping.back_up(lab.station, root(lab), usb)
    lab.draw()
    tried = keeping.drill(lab.as_("zheng"), None, SECRET)
    (filed,) = lab.as_("zheng").ask(questions.drills)
    assert (filed.file, filed.fault, filed.by, filed.size) == (
        made.file.name,
        "",
        "郑质量",
        made.heads[0].size,
    )
    assert (tried.sha256, tried.root) == (made.sha256, made.heads[0].root.hex())
    assert not lab.station.ask(questions.state).drill_due
    assert lab.station.ask(audit.verify).ok


def test_a_failed_drill_is_filed_too(lab: Lab, usb: Path) -> None:
    fill(lab)
    made = keeping.back_up(lab.station, root(lab), usb)
    damage(made.file, made.file.stat().st_size // 2)
    with pytest.raises(Tampered):
        keeping.drill(lab.station, made.file, SECRET)
    (filed,) = lab.station.ask(questions.drills)
    assert (filed.fault, filed.size) == ("backup.damaged", 0)
    assert lab.station.ask(questions.state).drill_due


def test_a_drill_with_another_laboratorys_backup_fails(tmp_path: Path, usb: Path) -> None:
    one, other = found_lab(tmp_path / "one"), found_lab(tmp_path / "other")
    try:
        fill(one)
        fill(other)
        made = keeping.back_up(one.station, root(one), usb)
        with pytest.raises(Tampered, match=r"keeping\.other"):
            keeping.drill(other.station, made.file, SECRET)
        with pytest.raises(NotFound, match=r"backup\.none_made"):
            keeping.drill(other.station, None, SECRET)
        with pytest.raises(NotAllowed, match=r"key\.passphrase"):
            keeping.drill(other.station, made.file, Secret("a mistyped passphrase"))
        assert [one.fault for one in other.station.ask(questions.drills)] == ["keeping.other"]
    finally:
        one.close()
        other.close()


def damage(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 0x10
    file.write_bytes(data)


@pytest.fixture
def kept(tmp_path: Path, usb: Path) -> tuple[Path, Checkpoint]:
    """A backup on a stick, and a head of the log that was printed later."""
    lab = found_lab(tmp_path / "lab")
    fill(lab)
    made = keeping.back_up(lab.station, root(lab), usb)
    lab.draw()
    later = head(lab)
    lab.close()
    return made.file, later


def test_every_damaged_place_is_found_and_leaves_nothing(
    kept: tuple[Path, Checkpoint], tmp_path: Path
) -> None:
    file, _ = kept
    whole = file.read_bytes()
    for place in [0, 17, 21, *range(40, len(whole), len(whole) // 12), len(whole) - 1]:
        damage(file, place)
        with pytest.raises(LimsError):
            keeping.bring_back(file, tmp_path / "new", SECRET)
        file.write_bytes(whole)
    for size in (0, 10, 500, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        with pytest.raises(LimsError):
            keeping.bring_back(file, tmp_path / "new", SECRET)
    assert not [path for path in tmp_path.iterdir() if path.name not in ("lab", "usb")]


def test_an_older_backup_than_a_known_head_is_refused(kept: tuple[Path, Checkpoint], tmp_path: Path) -> None:
    file, later = kept
    with pytest.raises(Tampered, match=r"keeping\.shorter"):
        keeping.bring_back(file, tmp_path / "new", SECRET, known=[later])
    forged = Checkpoint(later.origin, 2, bytes(32))
    with pytest.raises(Tampered, match=r"keeping\.other"):
        keeping.bring_back(file, tmp_path / "new", SECRET, known=[forged])
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        (Secret(), "key.needed"),
        (Secret("another long passphrase"), "key.passphrase"),
        (Secret(shares=["AEBAC-MMUTM"]), "key.share"),
    ],
)
def test_without_the_key_nothing_opens(
    kept: tuple[Path, Checkpoint], tmp_path: Path, secret: Secret, code: str
) -> None:
    with pytest.raises(LimsError) as refused:
        keeping.bring_back(kept[0], tmp_path / "new", secret)
    assert refused.value.code == code


def test_a_restore_never_writes_over_anything(kept: tuple[Path, Checkpoint], tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine")
    with pytest.raises(StorageUnfit, match=r"restore\.not_empty"):
        keeping.bring_back(kept[0], tmp_path / "new", SECRET)
    with pytest.raises(StorageUnfit, match=r"restore\.not_empty"):
        keeping.bring_back(kept[0], kept[0], SECRET)
    with pytest.raises(NotFound, match=r"backup\.none"):
        keeping.bring_back(tmp_path / "no-such-file", tmp_path / "other", SECRET)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.txt"]


def crafted(path: Path, fill_: Callable[[tarfile.TarFile], None]) -> Path:
    """A backup that whoever knows the public half alone can make."""
    key, header = archive.new_key(recovery()[0])
    with path.open("wb") as file:
        sealer = Sealer(file, key, header)
        with tarfile.open(fileobj=sealer, mode="w|") as tar:
            fill_(tar)
        sealer.finish()
    return path


def member(
    name: str, data: bytes = b"x", kind: bytes = tarfile.REGTYPE
) -> tuple[tarfile.TarInfo, io.BytesIO]:
    made = tarfile.TarInfo(name)
    made.size, made.type, made.linkname = (len(data) if kind == tarfile.REGTYPE else 0), kind, "/etc/passwd"
    return made, io.BytesIO(data)


@pytest.mark.parametrize(
    "name",
    [
        "../out",
        "/etc/x",
        "a/../../out",
        "C:/x",
        "a\\..\\x",
        "journal/con",
        "NUL.txt",
        "a//b",
        ".",
        "a/b. ",
        "COM1",
        "a\nb",
    ],
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    file = crafted(tmp_path / "evil.kjbackup", lambda tar: tar.addfile(*member(name)))
    with pytest.raises(Invalid, match=r"backup\.member"):
        keeping.bring_back(file, tmp_path / "new", SECRET)
    assert [path.name for path in tmp_path.iterdir()] == ["evil.kjbackup"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    file = crafted(tmp_path / "evil.kjbackup", lambda tar: tar.addfile(*member("journal/x", b"", kind)))
    with pytest.raises(Invalid, match=r"backup\.member"):
        keeping.bring_back(file, tmp_path / "new", SECRET)


A = {"a": [1, hashlib.sha256(b"x").hexdigest()]}


def test_a_manifest_that_says_otherwise_is_refused(tmp_path: Path) -> None:
    manifests = [
        {"form": "kuaijian-backup-1", "files": {}},
        {"form": "other", "files": A},
        {"form": "kuaijian-backup-1", "files": A},
        [],
    ]
    for manifest in manifests:

        def pack(tar: tarfile.TarFile, said: object = manifest) -> None:
            tar.addfile(*member("a"))
            tar.addfile(*member(archive.MANIFEST, json.dumps(said).encode()))

        with pytest.raises((Tampered, Invalid)):
            keeping.bring_back(crafted(tmp_path / "evil.kjbackup", pack), tmp_path / "new", SECRET)
    file = crafted(tmp_path / "none.kjbackup", lambda tar: tar.addfile(*member("a")))
    with pytest.raises(Tampered):
        keeping.bring_back(file, tmp_path / "new", SECRET)


def test_media_are_compared_without_any_secret(lab: Lab, usb: Path) -> None:
    fill(lab)
    (root(lab) / keys.RECOVERY).rename(root(lab) / "away")
    with pytest.raises(NotAllowed, match=r"key\.no_recovery"):
        keeping.back_up(lab.station, root(lab), usb)
    (root(lab) / "away").rename(root(lab) / keys.RECOVERY)
    made = keeping.back_up(lab.station, root(lab), usb)
    assert [one.fault for one in keeping.on_media(lab.station)] == [""]
    damage(made.file, 5000)
    assert [one.fault for one in keeping.on_media(lab.station)] == ["changed"]
    shutil.rmtree(usb)
    assert [one.fault for one in keeping.on_media(lab.station)] == ["absent"]
    with pytest.raises(NotFound, match=r"backup\.none"):
        keeping.drill(lab.station, None, Secret(PHRASE))
