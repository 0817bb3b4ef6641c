"""A van's files leave its disk only when the county holds them whole in a backup that it read back."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from drivers.journal import Journal
from drivers.segments import Kind
from lims.app import open_laboratory
from lims.bench import dossier, life
from lims.config import Folder
from lims.errors import NotAllowed, NotFound, RuleBroken
from lims.queries import audit, gone, trace
from lims.services import attach, keeping
from lims.sync import files, outbox, pruning
from lims.sync.files import Stored
from tests.custody import approve
from tests.laboratory import Lab
from tests.lims.storage.keeping import SECRET
from tests.lims.sync.pruned import back_up, filed
from tests.lims.sync.vans import Van, county_and_van


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Van]:
    made = county_and_van(tmp_path)
    yield made
    made.laboratory.close()
    made.county.close()


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


def spoken(van: Van, instrument: str, entries: int) -> Path:
    """Let an instrument's journal grow by files of few bytes and be taken in; return its folder."""
    folder = van.laboratory.folder.journal / instrument
    with closing(Journal(folder, segment=200)) as journal:
        for at in range(entries):
            journal.append(Kind.RECEIVED, b"INH 12.5 %% %03d\r\n" % at)
        journal.move(journal.last)
    return folder


def test_raw_bytes_leave_with_a_visible_fact_and_none_that_the_county_has_not(
    van: Van, tmp_path: Path
) -> None:
    lab = Lab(van.laboratory, dict(van.county.accounts))
    lab.ready()
    (number,) = lab.received()
    approve(lab, number)
    folder = spoken(van, "TL310-1", 20)
    first = sorted(folder.glob("*.journal"))
    assert len(first) > 3
    van.sync()
    back_up(van, tmp_path / "usb")
    spoken(van, "TL310-1", 20)
    second = sorted(folder.glob("*.journal"))
    assert life.gather(van.laboratory, lab.as_("wang"), number).measured[0].digest
    accepted = van.sync()
    freed = pruning.prune(lab.as_("zheng"), van.laboratory.sealing, accepted)
    assert sorted(folder.glob("*.journal")) == second[len(first) - 1 :]
    assert freed.files == 2 * (len(first) - 1)
    assert attach.check(van.lims, van.laboratory.folder) == []
    assert van.lims.ask(audit.verify).ok
    origin = van.county.station.store.place.origin
    place = van.lims.ask(gone.where_raw, "TL310-1", 3)
    assert place.startswith(f"{origin} #")
    assert not van.lims.ask(gone.where_raw, "TL310-1", 30)
    (fact,) = (one for one in lab.as_("wang").ask(trace.sample, number).facts if one.what == "at_county")
    assert (fact.where, fact.detail["journal"].split()[0]) == (origin, "TL310-1")
    measured = life.gather(van.laboratory, lab.as_("wang"), number).measured[0]
    assert (measured.digest, dict(measured.pairs)["raw_at_county"]) == ("", place)
    made = dossier.export(van.laboratory, lab.as_("wang"), [number], tmp_path / "dossier.zip")
    assert all(place in one for one in made.missing)
    assert any("TL310-1 3" in one for one in made.missing)
    with closing(Journal(folder)) as journal:
        assert journal.last == 40
        assert [one.number for one in journal.entries(30)] == list(range(31, 41))


def test_a_journal_that_no_longer_is_what_was_sent_stays(van: Van, tmp_path: Path) -> None:
    lab = Lab(van.laboratory, dict(van.county.accounts))
    lab.instrument()
    folder = spoken(van, "TL310-1", 8)
    van.sync()
    back_up(van, tmp_path / "usb")
    accepted = van.sync()
    first = min(folder.glob("*.journal"))
    first.write_bytes(first.read_bytes() + b"?")
    pruning.prune(lab.as_("zheng"), van.laboratory.sealing, accepted)
    assert first.exists()


def test_an_end_between_the_note_and_the_file_is_made_good(van: Van, tmp_path: Path) -> None:
    lab = Lab(van.laboratory, dict(van.county.accounts))
    filed(lab, tmp_path, "第一份")
    van.sync()
    back_up(van, tmp_path / "usb")
    accepted = van.sync()
    (one,) = van.lims.ask(files.own)
    lab.as_("zheng").do(pruning.pruned, one, accepted.backed_up)
    assert pruning.prune(lab.as_("zheng"), van.laboratory.sealing, accepted).files == 1
    assert list(van.laboratory.folder.attachments.iterdir()) == []
