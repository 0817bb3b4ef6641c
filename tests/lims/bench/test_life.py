"""A sample's whole life on paper: what happened, what is missing, bytes, signatures, place in the log."""

from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from lims.bench import life
from lims.errors import NotFound
from lims.evidence.signing import SoftwareKeys
from lims.queries import search, signatures, slips
from lims.queries.search import Wish
from lims.reports import timeline
from lims.reports.slip import render
from lims.services import certify, sign
from tests.custody import approve
from tests.laboratory import found_lab
from tests.positives import suspect

PIN = "correct horse battery"


def words(pdf: bytes) -> str:
    document = PdfDocument(pdf)
    found = "".join(document[at].get_textpage().get_text_range() for at in range(len(document)))
    document.close()
    return "".join(found.split())


def test_the_paper_tells_everything_that_is_known_of_a_sample(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    (number,) = lab.received()
    approve(lab, number)
    keys = SoftwareKeys(tmp_path / "keys")
    public = keys.create(lab.accounts["zhao"], PIN)
    lab.as_("zheng").do(sign.issue_key, account=lab.accounts["zhao"], public=public, algorithm="ed25519")
    sign.unlocked(lab.as_("zhao"), keys, PIN).do(certify.issue, number)
    wang = lab.as_("wang")
    told = words(life.page(lab.laboratory, wang, number))
    for part in ("样品全过程记录", number, "豇豆", "收样", "出具结果单", "12.5%", "LOT-1", "林检测", "王复核",
                 "批准赵签字", "签名有效", "控制这台计算机的人不能排除", "LJ/LJ01/sha256",
                 "快检试剂盒", "批次验收", "凭证书验收", "县计量所", "当日上岗授权"):  # fmt: skip
        assert "".join(part.split()) in told.replace(" ", ""), part
    assert "陈某" not in told
    (signed,) = wang.ask(signatures.of_sample, number)
    assert (signed.meaning, signed.name, signed.holds) == ("批准", "赵签字", True)
    slip = wang.ask(slips.slip, number)
    assert slip.signed == (signed,)
    paper = render(slip.content, slip.seal, signed=slip.signed)
    assert paper == render(slip.content, slip.seal, signed=slip.signed)
    for part in ("电子签名", "批准赵签字", signed.key, "控制这台计算机的人不能排除"):
        assert part in words(paper), part
    english = words(life.page(lab.laboratory, wang, number, "en"))
    assert "Lifeofasample" in english
    assert len(wang.ask(search.acts, Wish(kind="watch.noted", sample=number))) == 2
    with pytest.raises(NotFound, match=r"sample\.unknown"):
        life.page(lab.laboratory, wang, "LJ01")
    lab.close()


def test_the_same_life_gives_the_same_paper_and_a_gap_is_said(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    (number,) = lab.received()
    approve(lab, number)
    gathered = life.gather(lab.laboratory, lab.as_("wang"), number)
    assert timeline.render(gathered) == timeline.render(gathered)
    assert [gap.reason.code for gap in gathered.gaps] == ["gap.receipt_without_handover"]
    assert "保管链缺口" in words(timeline.render(gathered))
    lab.close()


def test_what_a_positive_led_to_stands_in_the_life(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    number = suspect(lab)
    told = words(life.page(lab.laboratory, lab.as_("wang"), number))
    for part in ("初检阳性，立案", "初检结论阳性", "复测确认为阳性"):
        assert part in told, part
    assert "Firstpositive,caseopened" in words(life.page(lab.laboratory, lab.as_("wang"), number, "en"))
    lab.close()
