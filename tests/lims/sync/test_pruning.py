"""A van's files leave its disk only when the county holds them whole in a backup that it read back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lims.app import open_laboratory
from lims.config import Folder
from lims.errors import NotAllowed, NotFound, RuleBroken
from lims.services import attach, keeping
from lims.services.attach import Subject
from lims.storage import keys
from lims.sync import files, outbox, pruning
from lims.sync.files import Stored
from tests.laboratory import Lab
from tests.lims.storage.keeping import SECRET, recovery
from tests.lims.sync.vans import Van, county_and_van


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()


def back_up(van: Van, to: Path) -> None:
    to.mkdir()
    county = van.county.laboratory
    keys.write_file(county.folder.root / keys.RECOVERY, recovery()[0].plain())
    keeping.back_up(county.lims, county.folder.root, to)


def filed(lab: Lab, folder: Path, text: str) -> str:
    path = folder / "note.txt"
    path.write_text(text, "utf-8")
    number = lab.draw()
    return attach.file(lab.as_("chen"), lab.laboratory.folder, path, Subject("sample", number, "other"))


def test_only_what_a_backup_holds_and_the_county_did_not_lose_again_leaves_the_disk(
    van: Van, tmp_path: Path
) -> None:
    lab = Lab(van.laboratory, dict(van.county.accounts))
    manager, here = lab.as_("zheng"), van.laboratory.folder
    first, third = filed(lab, tmp_path, "第一份"), filed(lab, tmp_path, "丢失的一份")
    accepted = van.sync()
    with pytest.raises(RuleBroken, match=r"sync\.no_backup"):
        pruning.prune(manager, van.laboratory.sealing, accepted)
    back_up(van, tmp_path / "usb")
    held = van.county.laboratory.folder.attachments
    next(path for path in held.iterdir() if path.read_text("utf-8") == "丢失的一份").unlink()
    second = filed(lab, tmp_path, "第二份")
    accepted = van.sync()
    with pytest.raises(NotAllowed):
        pruning.prune(lab.as_("lin"), van.laboratory.sealing, accepted)
    freed = pruning.prune(manager, van.laboratory.sealing, accepted)
    assert (freed.files, freed.bytes) == (1, len("第一份".encode()))
    assert attach.read(van.lims, here, second) == "第二份".encode()
    assert attach.read(van.lims, here, third) == "丢失的一份".encode()
    with pytest.raises(NotFound, match=r"attachment\.pruned"):
        attach.read(van.lims, here, first)
    assert attach.check(van.lims, here) == []
    stay = van.lims.ask(files.own)
    assert len(stay) == 2
    for one in stay:
        with pytest.raises(RuleBroken, match=r"sync\.not_safe"):
            manager.do(pruning.pruned, one, accepted.backed_up)
    assert van.lims.ask(outbox.waiting).photos == 1
    van.sync()
    assert van.lims.ask(outbox.waiting).photos == 0
    assert sorted(path.read_text("utf-8") for path in held.iterdir()) == ["丢失的一份", "第一份", "第二份"]


def test_a_backup_made_before_a_file_has_its_place_holds_it(
    van: Van, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(van.laboratory, dict(van.county.accounts))
    filed(lab, tmp_path, "路上的一份")
    finish, usb = files.finish, tmp_path / "usb"

    def late(folder: Folder, known: Sequence[Stored]) -> list[str]:
        """Let the backup come between the bundle's commit and the end of writing its files."""
        back_up(van, usb)
        monkeypatch.setattr(files, "finish", finish)
        return finish(folder, known)

    monkeypatch.setattr(files, "finish", late)
    accepted = van.sync()
    assert pruning.prune(lab.as_("zheng"), van.laboratory.sealing, accepted).files == 1
    van.county.close()
    keeping.bring_back(next(usb.iterdir()), tmp_path / "anew", SECRET)
    van.county = Lab(open_laboratory(tmp_path / "anew"), dict(van.county.accounts))
    van.sync()
    (held,) = van.county.laboratory.folder.attachments.iterdir()
    assert held.read_text("utf-8") == "路上的一份"
