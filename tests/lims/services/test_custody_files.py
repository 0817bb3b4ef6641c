"""Attachments of a sample, and everything of its custody in the trail, the slip and the log."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lims.errors import Conflict, Invalid, LimsError, NotAllowed, NotFound, RuleBroken, Tampered
from lims.queries import attachments, audit, slips, trace
from lims.queries import custody as asked
from lims.reports import words
from lims.rules.amount import Amount
from lims.services import (
    attach,
    certify,
    custody,
    portion,
    sample,
    sealing,
    store_room,
)
from lims.services.attach import Subject
from lims.services.portion import Part
from lims.services.sample import Seen
from lims.services.sealing import Bag
from lims.storage.rebuild import differences
from lims.text import sentence, tongue
from tests.custody import approve, between, ending, fridge, png, proof
from tests.laboratory import Lab

# Attachments ----------------------------------------------------------------------------------------------


def test_an_attachment_is_kept_once_and_read_back_by_its_hashes(lab: Lab, tmp_path: Path) -> None:
    number = lab.draw()
    chen, folder = lab.as_("chen"), lab.laboratory.folder
    source = tmp_path / "封条.png"
    source.write_bytes(png())
    subject = Subject("sample", number, "seal_photo")
    first = attach.file(chen, folder, source, subject)
    again = attach.file(chen, folder, source, replace(subject, role="other"))
    assert first == again
    assert len(list(folder.attachments.iterdir())) == 1
    assert attach.read(chen, folder, first) == png()
    shown = chen.ask(attachments.of_row, "sample", number)
    assert [(one.role, one.name, one.width) for one in shown] == [
        ("seal_photo", "封条.png", 40), ("other", "封条.png", 40),
    ]  # fmt: skip
    assert attach.check(chen, folder) == []


def test_what_may_not_be_attached_leaves_no_file(lab: Lab, tmp_path: Path) -> None:
    number = lab.draw()
    chen, folder = lab.as_("chen"), lab.laboratory.folder
    source = tmp_path / "a.png"
    source.write_bytes(png())
    for subject, code in (
        (Subject("sample", "nothing", "seal_photo"), "sample.unknown"),
        (Subject("account", lab.accounts["lin"], "seal_photo"), "attachment.subject"),
        (Subject("sample", number, "selfie"), "attachment.role"),
    ):
        with pytest.raises(LimsError) as refused:
            attach.file(chen, folder, source, subject)
        assert refused.value.code == code
    (tmp_path / "b.exe").write_bytes(b"MZ")
    with pytest.raises(Invalid, match=r"attachment\.extension"):
        attach.file(chen, folder, tmp_path / "b.exe", Subject("sample", number, "other"))
    assert list(folder.attachments.iterdir()) == []
    with pytest.raises(NotAllowed, match=r"door\.role"):
        attach.file(lab.as_("admin"), folder, source, Subject("sample", number, "other"))
    assert list(folder.attachments.iterdir()) == []


def test_a_flipped_bit_a_lost_file_and_a_strange_one_are_found_and_named(lab: Lab) -> None:
    number = lab.draw()
    chen, folder = lab.as_("chen"), lab.laboratory.folder
    kept = [
        attach.drawn(
            chen, folder, png((size, size)), f"{size}.png", Subject("sample", number, "other"), personal=False
        )
        for size in (10, 11, 12)
    ]
    names = {one.id: one.stored for one in chen.ask(attach.stored)}
    flipped, lost = folder.attachments / names[kept[0]], folder.attachments / names[kept[1]]
    flipped.chmod(0o600)
    data = bytearray(flipped.read_bytes())
    data[len(data) // 2] ^= 1
    flipped.write_bytes(data)
    lost.unlink()
    (folder.attachments / "strange.exe").write_bytes(b"MZ")
    found = {(one.id, one.stored): one.fault for one in attach.check(chen, folder)}
    assert {key: type(fault) for key, fault in found.items()} == {
        (kept[0], names[kept[0]]): Tampered,
        (kept[1], names[kept[1]]): NotFound,
        ("", "strange.exe"): NotFound,
    }
    assert names[kept[0]] in sentence(found[kept[0], names[kept[0]]])
    assert attach.read(chen, folder, kept[2]) == png((12, 12))
    again = attach.drawn(
        chen, folder, png((10, 10)), "10.png", Subject("sample", number, "other"), personal=False
    )
    assert again != kept[0]
    assert attach.read(chen, folder, again) == png((10, 10))


# Trail, slip, log -----------------------------------------------------------------------------------------


def test_everything_stands_in_the_trail_and_on_the_slip_in_words(lab: Lab) -> None:
    chen, lin, zheng = lab.as_("chen"), lab.as_("lin"), lab.as_("zheng")
    zheng.do(sealing.issue, "F0001", "F0003", to=lab.accounts["chen"])
    fridge(lab)
    number = lab.draw()
    chen.do(sealing.apply, "F0001", Bag(number, "市场"))
    attach.drawn(chen, lab.laboratory.folder, png(), "s.png", Subject("sample", number, "seal_photo"))
    chen.do(custody.hand_over, number, between(proof(lab, "chen"), proof(lab, "lin")))
    lin.do(sample.receive, number, Seen("good", "intact", "F0001", "5 ℃", "2 kg"))
    lin.do(sealing.cut, "F0001", place="快检室", reason="分样")
    _, retained = lin.do(
        portion.divide, number, [Part(role, Amount(Decimal(1), "kg")) for role in ("test", "retained")]
    )
    lin.do(store_room.move, number, "F1-2", portion=retained)
    zheng.do(portion.lock, retained, dispute="异议1", reason="申请复检")
    zheng.do(portion.release, retained, reason="撤回")
    approve(lab, number)
    slip = lab.as_("zhao").ask(slips.slip, lab.as_("zhao").do(certify.issue, number))
    lin.do(portion.dispose, retained, ending(lab, reason="other", remarks="委托方书面要求"))
    trail = zheng.ask(trace.sample, number)
    assert [fact.what for fact in trail.facts] == [
        "drawn", "seal_applied", "attached", "handed_over", "received", "seal_cut", "divided", "divided",
        "moved", "locked", "released", "run_started", "read", "run_closed", "verdict", "approved", "slip",
        "disposed",
    ]  # fmt: skip
    assert all(isinstance(value, str) for fact in trail.facts for value in fact.detail.values())
    assert [gap.kind for gap in trail.gaps if gap.kind != "temperature_unread"] == []
    frozen = slip.content["trail"]
    assert [line["what"] for line in frozen] == [fact.what for fact in trail.facts[:-2]]
    for language in ("zh_CN", "en"):
        said = words.Words(tongue(language))
        ids = {f"paper.fact.{fact.what}" for fact in trail.facts}
        ids |= {f"paper.name.{name}" for fact in trail.facts for name in fact.detail}
        assert [one for one in ids if said.tongue.t(one) == one] == []
    assert zheng.ask(audit.verify).ok
    with lab.station.store.engine.connect() as connection:
        assert list(differences(connection, "LJ")) == []


def test_two_desks_that_seal_with_one_number_leave_one_application(lab: Lab) -> None:
    lab.as_("zheng").do(sealing.issue, "F0007", "F0007", to=lab.accounts["chen"])
    numbers = [lab.draw() for _ in range(4)]
    outcomes = _at_once(lab, numbers)
    assert sorted(outcomes) == ["applied", "refused", "refused", "refused"]
    assert len(lab.as_("zheng").ask(asked.seal, "F0007").facts) == 1


def _at_once(lab: Lab, numbers: list[str]) -> list[str]:
    def one(number: str) -> str:
        try:
            lab.as_("chen").do(sealing.apply, "F0007", Bag(number, "市场"))
        except (RuleBroken, Conflict):
            return "refused"
        return "applied"

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, numbers))
