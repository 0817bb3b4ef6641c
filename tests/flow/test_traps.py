"""What a toy gets wrong, in one laboratory: two laws, two vocabularies, odd readings, old codes, borrowed words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lims import clock
from lims.errors import Invalid
from lims.queries import figures, ledger, limits, reviews, uploads
from lims.rules import cases, clocks, form, methods, strips, template, workdays
from lims.rules.counting import Counts
from lims.rules.strips import Lines
from lims.rules.verdict import Facts, judge
from lims.services import plan, review
from lims.sync import uploading
from tests.laboratory import Lab, filled, found_lab, today
from tests.positives import positive

INHIBITION = methods.shipped().method("GBT5009.199-2003")
STRIP = methods.shipped().method("KIT-CAP-STRIP")
MAZU = "350122400"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A laboratory with an approved positive of leek."""
    made = found_lab(tmp_path_factory.mktemp("traps") / "lab")
    positive(made, food="韭菜")
    for waiting in made.as_("wang").ask(reviews.waiting):
        made.as_("wang").do(review.approve, waiting.finding.verdict)
    yield made
    made.close()


def test_two_laws_have_two_clocks_and_four_hours_run_to_the_minute() -> None:
    known = {one.id: one for one in clocks.read(clocks.shipped(), frozenset(cases.kinds()))}
    days = workdays.calendar(clock.ZONE, workdays.read(workdays.shipped()))
    received = datetime(2026, 3, 2, 2, 17, tzinfo=UTC)
    lengths = {(known[id_].amount, known[id_].unit, known[id_].regime) for id_ in ("retest", "retest_farm")}
    assert lengths == {(7, "working_day", "market"), (5, "working_day", "agriculture")}
    assert known["rapid_objection"].due(received, days) - received == timedelta(hours=4)


def test_a_screening_word_is_no_compliance_word_and_each_platform_has_its_codes(lab: Lab) -> None:
    words = {judge(INHIBITION, Facts(Decimal(n), "%", None)).word for n in (-5, 49, 50, 120)}
    assert words <= {"negative", "positive", "suspect", "invalid"}
    (sent,) = lab.station.ask(uploads.records, today() - timedelta(days=1), today())
    assert sent["word_zh"] == "阳性"
    codes = {id_: uploading.platform(id_).codes["positive"] for id_ in ("nantong", "guangdong")}
    assert codes == {"nantong": "0", "guangdong": "1"}


def test_a_limit_is_of_a_food_and_a_day_and_old_editions_stay(lab: Lab) -> None:
    def judging(food: str, day: date) -> str:
        found = lab.station.ask(limits.in_force, food, "腐霉利", day).limit
        return f"{found.value} {found.standard}" if found else ""

    old, new = judging("韭菜", date(2019, 6, 1)), judging("韭菜", date(2026, 6, 1))
    assert (old, new) == ("0.2 GB 2763-2014 至 -2019", "5 GB 2763-2021")
    assert judging("番茄", date(2026, 6, 1)) != new


def test_a_weak_line_is_positive_and_without_a_control_line_nothing_is() -> None:
    weak, clear = (
        Lines(Decimal(900), Decimal(90), Decimal("0.1")),
        Lines(Decimal(900), Decimal(900), Decimal(1)),
    )
    none = Lines(Decimal(3), Decimal(900), Decimal(300))
    assert [strips.meaning(STRIP, one)[0] for one in (weak, clear, none)] == [
        "positive",
        "negative",
        "invalid",
    ]


def test_odd_rates_are_kept_and_a_plant_that_inhibits_by_itself_warns(lab: Lab) -> None:
    assert judge(INHIBITION, Facts(None, "%", None)).word == "invalid"
    assert judge(INHIBITION, Facts(Decimal(-5), "%", None)).doubts == ("negative_value",)
    assert judge(INHIBITION, Facts(Decimal(130), "%", None)).value == 130
    positive(lab, food="韭菜", township="350122101")
    (waiting,) = lab.as_("wang").ask(reviews.waiting)
    assert "interfering_matrix" in waiting.finding.doubts


def test_what_was_sent_is_not_sent_twice_and_a_control_is_no_sample(lab: Lab) -> None:
    days = (today() - timedelta(days=1), today())
    assert [uploading.prepare(lab.station, "guangxi", *days) for _ in range(2)] == [1, 0]
    assert {one.number for one in lab.station.ask(uploads.listed, "guangxi")} == {
        one["number"] for one in lab.station.ask(uploads.records, *days)
    }  # the run's blank is not among them


def test_a_stroke_is_a_value_and_a_blank_is_a_defect() -> None:
    assert form.problems(form.tidy(filled(batch="/"))) == []
    assert [one.where for one in form.problems(form.tidy(filled(batch="")))] == ["batch"]


def test_an_uncounted_place_and_a_code_that_ended_never_enter_the_quota(lab: Lab) -> None:
    far = lab.draw(township=MAZU)
    assert lab.station.ask(ledger.why, far).why is Counts.OUTSIDE
    assert MAZU not in {one.code for one in lab.station.ask(figures.quota, today().year).towns}
    code, yesterday = "350122116", (today() - timedelta(days=1)).isoformat()
    with pytest.raises(Invalid, match=r"township\.source"):
        lab.as_("zheng").do(plan.end_township, code=code, last_day=yesterday, source=" ")
    lab.as_("zheng").do(plan.end_township, code=code, last_day=yesterday, source="闽民区〔2026〕1 号")
    with pytest.raises(Invalid) as refused:
        lab.draw(township=code)
    assert [one.code for one in refused.value.problems] == ["township.ended"]


def test_rapid_and_laboratory_are_counted_apart_on_the_people_that_were_entered(lab: Lab) -> None:
    town = "350122100"
    lab.as_("zheng").do(plan.population, township=town, year=today().year, people=92_136, source="公报")
    line = next(one.line for one in lab.station.ask(figures.quota, today().year).towns if one.code == town)
    assert (line.target, line.laboratory, line.rapid) == (461, 0, 1)


def test_no_paper_calls_a_screening_an_inspection_report() -> None:
    for name in template.papers():
        assert "检验报告" not in template.shipped(name).replace("不是检验报告", ""), name
