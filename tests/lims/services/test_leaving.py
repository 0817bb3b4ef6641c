"""Heads that leave: what a slip, a page or a witness holds finds a cut tail, an old copy and a rewritten chain."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from lims.app import open_laboratory
from lims.bench import dossier
from lims.errors import LimsError, NotAllowed, RuleBroken, Tampered
from lims.evidence import checkpoint, notes, verify
from lims.evidence.canonical import PREFIX, encode
from lims.evidence.hashing import algorithm
from lims.evidence.tree import Frontier, leaf_hash
from lims.queries import audit, proofs, slips
from lims.queries import oversight as found
from lims.services import certify, enrol, sample
from lims.services.sample import Seen
from lims.storage import rebuild
from lims.storage.project import projected
from tests.custody import approve
from tests.laboratory import PASSWORD, Lab, found_lab
from tests.lims.storage.meddling import drop_guards, run, told

PAIR = (("zheng", PASSWORD), ("admin", PASSWORD))


@pytest.fixture
def issued(tmp_path: Path) -> Lab:
    """A laboratory from which one slip left."""
    lab = found_lab(tmp_path / "lab")
    (number,) = lab.received()
    approve(lab, number)
    lab.accounts["slip"] = lab.as_("zhao").do(certify.issue, number)
    return lab


def again(lab: Lab) -> Lab:
    """Close the laboratory and open it as the next morning does."""
    lab.close()
    return Lab(open_laboratory(lab.laboratory.folder.root), lab.accounts)


def rewrite(lab: Lab, change: Callable[[dict[str, object]], None]) -> None:
    """Rewrite the whole chain as its owner could: every entry, leaf, root, head and table fits again."""
    drop_guards(lab)
    hash_, frontier, prev = algorithm("sha256"), Frontier(), ""
    for seq, data in told(lab, "SELECT seq, data FROM log_entry ORDER BY seq"):
        body = json.loads(bytes(data)[len(PREFIX) :])
        change(body)
        made = PREFIX + encode({**body, "prev": prev})
        leaf = leaf_hash(hash_, made)
        frontier, prev = frontier.append(hash_, leaf), leaf.hex()
        values = {"data": made, "leaf": leaf, "root": frontier.root(hash_), "seq": seq}
        run(
            lab,
            "UPDATE log_entry SET data = :data, leaf = :leaf, root = :root WHERE seq = :seq",
            values=values,
        )
    head = {"leaf": bytes.fromhex(prev), "frontier": b"".join(frontier.nodes)}
    run(lab, "UPDATE log_head SET leaf = :leaf, frontier = :frontier", values=head)
    with lab.station.store.engine.execution_options(writes=True).begin() as connection:
        for table in reversed(projected()):
            connection.execute(table.delete())
        assert rebuild.replay(connection, connection, "LJ") == []


def milder(body: dict[str, object]) -> None:
    for change in body["changes"]:  # type: ignore[attr-defined]
        if change["table"] == "reading" and change["row"]["value"] == "12.5":
            change["row"]["value"] = "1.5"


def test_the_head_of_each_slip_leaves_and_lies_outside(issued: Lab) -> None:
    sealing = issued.laboratory.sealing
    assert sealing.fault is None
    (left,) = issued.station.ask(proofs.left)
    assert (left.way, left.what) == ("slip", issued.accounts["slip"])
    newest = sealing.outside.newest()
    assert newest is not None
    seal = issued.station.ask(slips.slip, issued.accounts["slip"]).seal
    assert newest[0] == seal
    assert sealing.examine() is None
    issued = again(issued)
    assert issued.laboratory.barred is None
    issued.close()


def test_a_log_rewritten_with_every_key_at_hand_is_found_by_what_left(issued: Lab, tmp_path: Path) -> None:
    seal = issued.station.ask(slips.slip, issued.accounts["slip"]).seal
    sealing = issued.laboratory.sealing
    rewrite(issued, milder)
    assert issued.as_("zheng").ask(audit.verify).ok, "a chain alone does not stop its owner"
    assert issued.station.ask(proofs.standing, seal).word == "differs"
    assert sealing.examine().code == "seal.differs"  # type: ignore[union-attr] # it is there
    dossier.log_export(issued.laboratory, issued.station, tmp_path / "log.txt")
    report = verify.check_log(tmp_path / "log.txt", [seal.text()])
    assert (report.ok, report.faults) == (False, ["outside"])
    issued.close()


def test_an_old_copy_brought_back_bars_every_write_until_two_people_go_on(
    issued: Lab, tmp_path: Path
) -> None:
    root = issued.laboratory.folder.root
    issued.close()
    kept = tmp_path / "yesterday.db"
    shutil.copy(root / "laboratory.db", kept)
    issued = Lab(open_laboratory(root), issued.accounts)
    size = issued.station.ask(proofs.head).size
    issued.laboratory.sealing.leave("shift")
    issued.draw()
    last = issued.laboratory.sealing.leave("shift")
    issued.close()
    for name in ("laboratory.db-wal", "laboratory.db-shm"):
        (root / name).unlink(missing_ok=True)
    shutil.copy(kept, root / "laboratory.db")
    issued = Lab(open_laboratory(root), issued.accounts)
    barred = issued.laboratory.barred
    assert isinstance(barred, Tampered)
    head = checkpoint.parse(last.body)
    assert (barred.code, barred.values["first"], barred.values["last"]) == (
        "seal.shorter",
        size,
        head.size - 1,
    )
    with pytest.raises(Tampered, match=r"seal\.shorter"):
        issued.draw()
    with pytest.raises(Tampered):
        issued.laboratory.sign_in("zheng", PASSWORD)
    sealing = issued.laboratory.sealing
    for pair, code in (
        ((("zheng", "wrong"), PAIR[1]), "sign_in.wrong"),
        ((PAIR[0], ("wang", PASSWORD)), "seal.administrator"),
        ((PAIR[0], PAIR[0]), "seal.administrator"),
        ((("lin", PASSWORD), PAIR[1]), "door.role"),
    ):
        with pytest.raises(NotAllowed, match=code.replace(".", r"\.")):
            sealing.recover(*pair, "恢复了昨天的备份")
        assert issued.laboratory.barred is not None
    with pytest.raises(RuleBroken, match=r"seal\.reason"):
        sealing.recover(*PAIR, " ")
    sealing.recover(*PAIR, "恢复了昨天的备份")
    issued.draw()
    issued = again(issued)
    assert issued.laboratory.barred is None
    assert "log_mended" in [one.kind for one in issued.as_("wang").ask(found.queue)]
    assert [path.name for path in sealing.outside.folder.glob("lost-*")] == [f"lost-{head.size:012d}.note"]
    with pytest.raises(RuleBroken, match=r"seal\.no_need"):
        issued.laboratory.sealing.recover(*PAIR, "x")
    issued.close()


@pytest.mark.parametrize("damage", ["", "no head at all", "LJ/LJ01/sha256\n1\nAAAA\n"])
def test_an_outside_head_that_cannot_be_read_bars_too_and_is_never_thrown_away(
    issued: Lab, damage: str
) -> None:
    sealing = issued.laboratory.sealing
    sealing.outside.path.write_text(damage, "utf-8")
    issued = again(issued)
    barred = issued.laboratory.barred
    assert barred is not None
    assert barred.code == "outside.unreadable"
    with pytest.raises(LimsError):
        issued.draw()
    issued.laboratory.sealing.recover(*PAIR, "磁盘坏道")
    issued.draw()
    assert [path.read_text("utf-8") for path in sealing.outside.folder.glob("newest.unreadable-*")] == [
        damage
    ]
    issued.close()


def test_a_head_that_a_stranger_signed_is_not_taken(issued: Lab, tmp_path: Path) -> None:
    sealing = issued.laboratory.sealing
    head = issued.station.ask(proofs.head)
    stranger = notes.file_signer(tmp_path / "keys", sealing.origin)
    sealing.outside.keep(notes.sign(head.text(), sealing.origin, stranger))
    fault = sealing.guard()
    assert fault is not None
    assert fault.code == "seal.unsigned"
    issued.close()


def test_a_stations_key_is_replaced_by_two_and_the_old_heads_stay_good(issued: Lab) -> None:
    sealing, zheng = issued.laboratory.sealing, issued.as_("zheng")
    before = issued.station.ask(proofs.present_key)
    for second in ("", issued.accounts["zheng"]):
        with pytest.raises(NotAllowed, match=r"seal\.two_people"):
            sealing.rekey(zheng, second)
    sealing.rekey(zheng, issued.accounts["wang"])
    after = issued.station.ask(proofs.present_key)
    assert before is not None
    assert after is not None
    assert before.public != after.public
    assert sealing.examine() is None, "the head that left was signed by the former key"
    sealing.leave("shift")
    assert sealing.examine() is None
    issued.close()


def test_a_shift_ends_with_one_page_that_another_computer_can_check(issued: Lab, tmp_path: Path) -> None:
    issued.as_("lin").do(sample.receive, issued.draw(), Seen("good", "intact", "F0001"))
    page = dossier.shift(issued.laboratory, issued.as_("lin"))
    document = PdfDocument(page)
    words = document[0].get_textpage().get_text_range()
    assert len(document) == 1
    document.close()
    left = issued.station.ask(proofs.left)[0]
    head = notes.parse(left.note).body
    assert all(line in words for line in head.splitlines())
    issued.draw()
    assert issued.station.ask(proofs.standing, checkpoint.parse(head)).word == "extends"
    dossier.log_export(issued.laboratory, issued.as_("zheng"), tmp_path / "log.txt")
    assert verify.main(["--slip", head.replace("\n", "\\n"), str(tmp_path / "log.txt")]) == 0
    issued.close()


def test_a_slips_code_is_checked_against_a_whole_log(issued: Lab, tmp_path: Path) -> None:
    seal = issued.station.ask(slips.slip, issued.accounts["slip"]).seal
    path = tmp_path / "log.txt"
    dossier.log_export(issued.laboratory, issued.as_("zheng"), path)
    assert verify.check_log(path, [seal.text()]).ok
    lines = path.read_bytes().split(b"\n")
    for damage in (
        lines[:4] + lines[5:],
        [*lines[:4], lines[5], lines[4], *lines[6:]],
        lines[:-9] + lines[-8:],
    ):
        path.write_bytes(b"\n".join(damage))
        assert not verify.check_log(path, [seal.text()]).ok
    issued.close()


def test_a_bundle_of_a_real_sample_passes_and_names_what_was_changed(issued: Lab, tmp_path: Path) -> None:
    number = issued.station.ask(slips.slip, issued.accounts["slip"]).number
    seal = issued.station.ask(slips.slip, issued.accounts["slip"]).seal
    path = tmp_path / "one.zip"
    made = dossier.export(issued.laboratory, issued.as_("zheng"), [number], path)
    report = verify.check_bundle(path, [seal.text()])
    assert report.ok, report.text()
    assert report.samples == {number: (True, None, "")}
    assert report.heads == [f"LJ/LJ01/sha256 {seal.size}: 相符"]
    assert [missing.split()[0] for missing in made.missing] == ["raw", "raw"], (
        "no wire was there in this test"
    )
    for name in ("page.html", "verify.py", f"slips/{issued.accounts['slip']}.json"):
        assert name in verify.read_zip(path)
    issued.close()


def test_guesses_at_the_ceremony_have_an_end_that_a_restart_does_not_move(issued: Lab) -> None:
    folder = issued.laboratory.folder.root
    issued.laboratory.sealing.outside.path.write_text("no head at all", "utf-8")
    issued.close()
    for n in range(enrol.TRIES):
        again = open_laboratory(folder)
        assert again.barred is not None
        with pytest.raises(NotAllowed, match=r"sign_in\.wrong"):
            again.sealing.recover(("zheng", f"guess {n}"), PAIR[1], "x")
        again.close()
    again = open_laboratory(folder)
    with pytest.raises(NotAllowed, match=r"sign_in\.locked"):
        again.sealing.recover(*PAIR, "x")
    assert again.barred is not None
    again.close()
