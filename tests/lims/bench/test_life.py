"""A sample's whole life on paper: what happened, what is missing, bytes, signatures, place in the log."""

from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from gui.widgets import trail
from lims.bench import life
from lims.errors import NotFound
from lims.evidence.signing import SoftwareKeys
from lims.queries import papers, register, search, signatures, slips, trace
from lims.queries.search import Wish
from lims.reports import timeline
from lims.reports.slip import render
from lims.services import certify, edition, rules, sign
from tests.custody import approve
from tests.laboratory import found_lab, today
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


def test_a_method_is_called_by_the_laboratorys_own_title_on_every_paper_and_screen(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    own = {"title_zh": "本室抑制率法", "title_en": "Our own inhibition"}
    proposed = lab.as_("zheng").do(
        rules.method, "GBT5009.199-2003", own, effective_from=today(), reason="改名"
    )
    lab.as_("zhao").do(edition.publish, edition=proposed)
    (number,) = lab.received()
    approve(lab, number)
    lab.as_("zhao").do(certify.issue, number)
    wang = lab.as_("wang")
    slip = wang.ask(slips.slip, number)
    (line,) = wang.ask(register.lines, today().year)
    papers_ = wang.ask(papers.paper, "rapid_record", number)
    shown = list(trail.lines(wang.ask(trace.sample, number)))
    assert (line.title, line.method) == ("本室抑制率法", "GBT5009.199-2003")
    assert papers_.tables["results"][0]["method"] == "本室抑制率法"
    assert "本室抑制率法(GBT5009.199-2003)" in words(life.page(lab.laboratory, wang, number))
    assert "Ourowninhibition(GBT5009.199-2003)" in words(life.page(lab.laboratory, wang, number, "en"))
    for language, title in (("zh_CN", "本室抑制率法"), ("en", "Ourowninhibition")):
        paper = words(render(slip.content, slip.seal, language))
        assert title in paper
        assert "GBT5009.199-2003" not in paper
    at = next(one.key for one in shown if one.picture == "controls")
    assert "本室抑制率法" in dict(trail.evidence(wang.ask(trace.sample, number), at)).values()
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
