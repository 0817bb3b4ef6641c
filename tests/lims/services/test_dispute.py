"""A positive from its first verdict to its end, and every step that is refused on the way."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lims import clock
from lims.door import verb
from lims.errors import Conflict, Invalid, NotAllowed, RuleBroken
from lims.queries import disputes, editions, papers, worklist
from lims.records.cases import CaseFact
from lims.reports import templated
from lims.rules import clocks, template
from lims.rules.clocks import Standing
from lims.services import dispute, edition
from lims.storage.unit import Unit, new_id
from tests.laboratory import Lab, found_lab
from tests.positives import again, positive, suspect

TRACE = {
    "supplier": "莆田陈某", "batch": "2026-11", "bought": "20 kg", "sold": "2 kg", "left": "18 kg",
    "voucher": "进货单 17",
}  # fmt: skip
NOTICE = {"delivery": "signed", "recipient": "陈某", "place": "A12 摊位"}
SAMPLE = {
    "number": "XC26350122001",
    "test_seal": "F1",
    "retained_seal": "F2",
    "voucher": "收据 9",
    "amount": "3 kg",
}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = found_lab(tmp_path / "lab")
    yield made
    made.close()


def the_case(lab: Lab) -> disputes.Line:
    (line,) = lab.as_("wang").ask(disputes.listed)
    return line


def tells(lab: Lab, login: str, kind: str, **detail: str) -> str:
    return lab.as_(login).do(dispute.tell, the_case(lab).id, kind, detail, at=clock.now())


def test_a_first_positive_opens_one_case_and_stays_visible(lab: Lab) -> None:
    number = positive(lab)
    line = the_case(lab)
    assert (line.number, line.word, line.state, line.regime) == (number, "positive", "preliminary", "market")
    again(lab, number, "12.0")
    again(lab, number, "9.0", tester="li")
    assert the_case(lab).word == "positive"
    with pytest.raises(RuleBroken, match=r"case\.repeats"):
        tells(lab, "wang", "suspect")
    assert tells(lab, "wang", "not_repeated", reason="整株浸提后为阴性") == "cleared"
    (still,) = lab.as_("wang").ask(disputes.listed)
    assert (still.word, still.outcome) == ("positive", "not_repeated")


def test_from_the_positive_to_the_end(lab: Lab) -> None:
    suspect(lab)
    assert the_case(lab).state == "suspect"
    assert tells(lab, "chen", "notice", **NOTICE) == "notified"
    line = the_case(lab)
    assert line.clock is not None
    assert line.clock.clock.id == "rapid_objection"
    assert line.clock.due is not None
    assert timedelta(hours=3, minutes=59) < line.clock.due - clock.now() <= timedelta(hours=4)
    tells(lab, "chen", "measure", measure="seal", amount="18 kg", place="冷库 2")
    tells(lab, "chen", "trace", **TRACE)
    assert tells(lab, "chen", "objection", applicant="陈某", reason="不认可快检") == "objected"
    assert tells(lab, "chen", "confirmatory_sample", **SAMPLE) == "sampled"
    own = {"body": "连江县食品安全快速检测室", "qualification": "CMA 1", "method": "GB 23200.113"}
    with pytest.raises(RuleBroken, match=r"case\.same_body"):
        tells(lab, "chen", "sent", **own)
    assert tells(lab, "chen", "sent", **{**own, "body": "福州市食品药品检验所"}) == "sent"
    report = {"number": "R-1", "conclusion": "fails", "value": "0.21 mg/kg", "basis": "GB 2763-2021"}
    assert tells(lab, "wang", "lab_report", **report) == "confirmed"
    with pytest.raises(Invalid) as refused:
        tells(lab, "zheng", "closed", summary="结案")
    assert {one.where for one in refused.value.problems} == {"report_told", "authority_told", "measure"}
    tells(lab, "wang", "report_told", recipient="陈某")
    tells(lab, "wang", "authority_told", authority="连江县市场监督管理局", number="函 3")
    tells(lab, "wang", "disposed", method="destroyed", amount="18 kg", supervisor="李某")
    assert tells(lab, "zheng", "closed", summary="已销毁") == "closed"
    (closed,) = lab.as_("zheng").ask(disputes.listed, closed=True)
    assert (closed.word, closed.outcome, closed.state) == ("positive", "confirmed", "closed")
    filling = lab.as_("zheng").ask(papers.paper, "disposal_record", closed.number)
    assert filling.fields["notice_recipient"] == "陈某"  # a name kept apart from the log, readable to us
    assert [row["amount"] for row in filling.tables["disposals"]] == ["18 kg"]


def test_an_objection_comes_in_time_or_is_refused(lab: Lab) -> None:
    suspect(lab)
    case = the_case(lab).id
    told = clock.now()
    lab.as_("chen").do(dispute.tell, case, "notice", NOTICE, at=told)
    objection = {"applicant": "陈某", "reason": "不认可"}
    for moment, code in [
        (None, r"form\.problems"),
        (told.replace(tzinfo=None), r"form\.problems"),
        (told + timedelta(hours=1), r"form\.problems"),  # still to come
        (told - timedelta(days=1), r"case\.before"),
    ]:
        with pytest.raises(Invalid, match=code):
            lab.as_("chen").do(dispute.tell, case, "objection", objection, at=moment)
    assert lab.as_("chen").do(dispute.tell, case, "objection", objection, at=told) == "objected"


def test_who_may_not_and_what_was_changed_meanwhile(lab: Lab) -> None:
    positive(lab)
    line = the_case(lab)
    with pytest.raises(NotAllowed, match=r"case\.role"):
        lab.as_("chen").do(dispute.tell, line.id, "not_repeated", {"reason": "x"})
    with pytest.raises(RuleBroken, match=r"case\.state"):
        lab.as_("chen").do(dispute.tell, line.id, "notice", NOTICE, at=clock.now())
    with pytest.raises(Invalid, match=r"case\.kind"):
        lab.as_("chen").do(dispute.tell, line.id, "opened", {})
    lab.as_("chen").do(dispute.tell, line.id, "remark", {"text": "已电话告知"}, version=line.version)
    with pytest.raises(Conflict, match=r"case\.changed"):
        lab.as_("chen").do(dispute.tell, line.id, "remark", {"text": "again"}, version=line.version)


def test_an_unknown_law_must_be_settled_before_the_notice(lab: Lab) -> None:
    suspect(lab, task_source="市民送检")
    assert the_case(lab).regime == ""
    with pytest.raises(RuleBroken, match=r"case\.regime"):
        tells(lab, "chen", "notice", **NOTICE)
    tells(lab, "wang", "regime_set", regime="agriculture", reason="产地在本县农场")
    tells(lab, "chen", "notice", **NOTICE)
    assert [one.deadline.clock.id for one in lab.as_("wang").ask(disputes.deadlines)][:1] == [
        "rapid_objection_farm"
    ]


def test_an_edition_of_the_clocks_counts_when_a_second_person_published_it(lab: Lab) -> None:
    suspect(lab)
    tells(lab, "chen", "notice", **NOTICE)
    text = clocks.shipped().replace("amount = 4\n", "amount = 1\n", 1)
    one = lab.as_("zheng").do(edition.propose, "clocks", text, effective_from=date(2026, 1, 1), reason="试行")
    with pytest.raises(NotAllowed, match=r"edition\.same_person"):
        lab.as_("zheng").do(edition.publish, edition=one)
    lab.as_("zhao").do(edition.publish, edition=one)
    (running,) = [
        each for each in lab.as_("wang").ask(disputes.deadlines) if each.deadline.clock.unit == "hour"
    ]
    assert running.left is not None
    assert running.left <= timedelta(hours=1)
    assert lab.as_("wang").ask(editions.listed)[0].published_by == "赵签字"
    with pytest.raises(RuleBroken, match=r"edition\.published"):
        lab.as_("zhao").do(edition.publish, edition=one)


@verb(needs="reviewer")
def told_before(unit: Unit, case: str, at: datetime) -> None:
    """Stand for a notice that was delivered and told a day ago."""
    unit.put(
        CaseFact(
            id=new_id(),
            positive_case=case,
            kind="notice",
            at=at,
            detail={},
            by=unit.actor.account,
            entered_at=at,
        )
    )


def test_a_lapsed_clock_is_noted_once_and_moves_nothing(lab: Lab) -> None:
    positive(lab)
    case = the_case(lab)
    lab.as_("wang").do(told_before, case.id, clock.now() - timedelta(hours=5))
    assert [one.deadline.standing for one in lab.as_("wang").ask(disputes.deadlines)] == [Standing.LAPSED]
    waits = lab.as_("wang").ask(worklist.today)
    assert (waits.cases, waits.soon, waits.lapsed) == (1, 0, 1)
    assert (lab.as_("wang").do(dispute.note_lapses), lab.as_("wang").do(dispute.note_lapses)) == (1, 0)
    whole = lab.as_("wang").ask(disputes.case, case.id)
    assert [fact.detail["clock"] for fact in whole.facts if fact.kind == "lapse"] == ["rapid_objection"]
    assert whole.line.state == "preliminary"
    with pytest.raises(RuleBroken, match=r"case\.state"):
        tells(lab, "chen", "objection", applicant="陈某", reason="晚了")


def test_the_calendar_is_edited_with_its_source(lab: Lab) -> None:
    with pytest.raises(Invalid, match=r"calendar\.source"):
        lab.as_("zheng").do(dispute.calendar_day, day="2027-01-01", works=False, name="元旦", source=" ")
    with pytest.raises(Invalid, match=r"calendar\.day"):
        lab.as_("zheng").do(dispute.calendar_day, day="2027-02-30", works=False, name="x", source="y")
    lab.as_("zheng").do(dispute.calendar_day, day="2027-01-01", works=False, name="元旦", source="通知")


def test_every_paper_is_drawn_twice_to_the_same_bytes(lab: Lab) -> None:
    number = positive(lab)
    for name in template.papers():
        filling = lab.as_("wang").ask(papers.paper, name, number)
        first = templated.render(filling.template, filling.fields, filling.tables)
        assert first == templated.render(filling.template, filling.fields, filling.tables)
        assert first.startswith(b"%PDF")
        assert filling.fields["number"] == number


def test_a_notice_of_the_minute_in_which_the_case_was_opened_comes_after_what_led_to_it(lab: Lab) -> None:
    number = suspect(lab)
    case = the_case(lab).id
    minute = next(one.at for one in lab.as_("wang").ask(disputes.case, case).facts if one.kind == "opened")
    lab.as_("chen").do(dispute.tell, case, "notice", NOTICE, at=minute.replace(second=0, microsecond=0))
    kinds = [one.kind for one in lab.as_("wang").ask(disputes.case, case).facts]
    assert kinds.index("opened") < kinds.index("notice")
    drawn = lab.as_("wang").ask(papers.paper, "notice", number).fields["drawn_at"]
    assert datetime.strptime(drawn, "%Y-%m-%d %H:%M").year >= 2026  # noqa: DTZ007 - the paper's own clock
