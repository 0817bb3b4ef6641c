"""Preliminary papers: a van with one person gives out 初筛待复核 and no final positive."""

from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import oversight, samples, slips, trace
from lims.reports import slip as paper
from lims.services import certify, measure, review
from tests.laboratory import Lab, found_lab


def measured(lab: Lab, value: str) -> str:
    """Return a sample whose result awaits review."""
    (number,) = lab.received()
    run = lab.run(lab.instrument(), [number])
    lab.value("TL310-1", "1", "2.0")
    lab.value("TL310-1", "2", value)
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    return number


def words(pdf: bytes) -> str:
    document = PdfDocument(pdf)
    found = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return "".join(found.split())


def test_a_van_alone_gives_out_a_preliminary_paper_and_no_final_positive(tmp_path: Path) -> None:
    lab = found_lab(tmp_path / "lab")
    lin, zhao, number = lab.as_("lin"), lab.as_("zhao"), measured(lab, "80")
    lab.as_("zheng").do(certify.work_alone, "yes")
    with pytest.raises(RuleBroken, match=r"sample\.state"):
        zhao.do(certify.issue, number)
    early = lin.ask(slips.slip, lin.do(certify.preliminary, number))
    told = words(paper.render(early.content, early.seal))
    assert told.count("初筛待复核") == 2
    assert "不是最终结果" in told
    assert "PRELIMINARY" in words(paper.render(early.content, early.seal, "en"))
    found = lin.ask(samples.by_number, number)
    assert found is not None
    assert found.state == "tested"
    finding = lin.ask(trace.sample, number).findings[0]
    assert finding.word == "positive"
    with pytest.raises(NotAllowed):
        lab.as_("lin").do(review.approve, finding.verdict)
    lab.as_("wang").do(review.approve, finding.verdict)
    with pytest.raises(RuleBroken, match=r"slip\.alone"):
        zhao.do(certify.issue, number)
    lab.as_("zheng").do(certify.work_alone, "no")
    final = zhao.ask(slips.slip, zhao.do(certify.issue, number))
    assert final.version == 2
    told = words(paper.render(final.content, final.seal))
    assert "初筛待复核" not in told
    assert "尚未结案：本单只是筛查结果，不是最终结论" in told
    assert "is open" not in words(paper.render(early.content, early.seal, "en"))
    assert [one.preliminary for one in zhao.ask(slips.slips)] == [False, True]
    assert [one.kind for one in lab.as_("zheng").ask(oversight.queue)] == []
    lab.close()


def test_a_negative_leaves_a_van_as_final_once_reviewed_and_nothing_else_is_preliminary(
    tmp_path: Path,
) -> None:
    lab = found_lab(tmp_path / "lab")
    number = measured(lab, "12.5")
    lab.as_("zheng").do(certify.work_alone, "yes")
    lab.as_("wang").do(review.approve, lab.as_("lin").ask(trace.sample, number).findings[0].verdict)
    final = lab.as_("zhao").ask(slips.slip, lab.as_("zhao").do(certify.issue, number))
    assert "open_cases" not in final.content
    with pytest.raises(RuleBroken, match=r"slip\.not_tested"):
        lab.as_("lin").do(certify.preliminary, number)
    with pytest.raises(RuleBroken, match=r"slip\.not_tested"):
        lab.as_("lin").do(certify.preliminary, lab.draw())
    with pytest.raises(Invalid, match=r"slip\.alone_answer"):
        lab.as_("zheng").do(certify.work_alone, "maybe")
    lab.close()
