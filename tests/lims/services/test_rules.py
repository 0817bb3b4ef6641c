"""Rules changed at the desk by two people: clocks, holidays, shares; and values confirmed by name."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lims import text
from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.queries import audit, methods, places, plans, register, reviews, rules, trace
from lims.queries.trace import Finding
from lims.rules import regulation
from lims.services import edition, measure, plan, planning, quality
from lims.services import rules as acts
from lims.services.quality import Learning
from tests.laboratory import Lab, found_lab, today


@pytest.fixture
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = found_lab(tmp_path_factory.mktemp("rules") / "lab")
    yield made
    made.close()


def lengths(lab: Lab, id_: str) -> list[tuple[int, bool]]:
    found = lab.as_("wang").ask(rules.clocks)
    return [(one.clock.amount, one.clock.verified) for one in found if one.clock.id == id_]


def test_a_clock_is_changed_by_two_people_and_keeps_its_past(lab: Lab) -> None:
    changes = {"amount": 3, "source": "新规", "clause": "第八条"}
    tomorrow = today() + timedelta(days=1)
    door = lab.as_("zheng")
    one = door.do(acts.clock, "send", changes, effective_from=tomorrow, reason="新规施行")
    assert len(lengths(lab, "send")) == 1
    (waiting,) = lab.as_("zhao").ask(rules.proposals)
    assert {"+amount = 3", '+clause = "第八条"'} <= set(waiting.changes)
    with pytest.raises(NotAllowed, match=r"edition\.same_person"):
        door.do(edition.publish, edition=one)
    late = door.do(acts.clock, "tell", {"amount": 2}, effective_from=tomorrow, reason="同时提出")
    lab.as_("zhao").do(edition.publish, edition=one)
    assert lengths(lab, "send")[1] == (3, True)
    with pytest.raises(RuleBroken, match=r"edition\.overtaken"):
        lab.as_("zhao").do(edition.publish, edition=late)
    with pytest.raises(Invalid, match=r"edition\.problems"):
        door.do(acts.clock, "send", {"amount": 0}, effective_from=tomorrow, reason="错")
    with pytest.raises(Invalid, match=r"edition\.reason"):
        door.do(acts.clock, "send", {"amount": 4}, effective_from=tomorrow, reason=" ")


def test_a_holiday_makes_its_year_known_once_it_is_published(lab: Lab) -> None:
    rests, worked = (date(2028, 10, 1), date(2028, 10, 7)), (date(2028, 10, 8),)
    with pytest.raises(Invalid):
        lab.as_("zheng").do(acts.holiday, " ", rests, worked, source="通知")
    with pytest.raises(Invalid, match=r"edition\.problems"):
        lab.as_("zheng").do(acts.holiday, "国庆节", rests[::-1], worked, source="通知")
    one = lab.as_("zheng").do(acts.holiday, "国庆节", rests, worked, source="国办发明电〔2027〕1 号")
    assert 2028 not in {each.day.day.year for each in lab.as_("wang").ask(rules.days)}
    lab.as_("zhao").do(edition.publish, edition=one)
    found = {each.day.day: each.day.works for each in lab.as_("wang").ask(rules.days)}
    assert (found[date(2028, 10, 1)], found[date(2028, 10, 8)]) == (False, True)


def test_weights_spread_the_plans_of_their_year_and_later(lab: Lab) -> None:
    weights = dict.fromkeys(regulation.codes("product_group"), 0) | {"aquatic": 1}
    year = today().year + 1
    with pytest.raises(Invalid):
        lab.as_("zheng").do(acts.shares, {"aquatic": 1}, (1,) * 12, year=year, source="文件")
    one = lab.as_("zheng").do(acts.shares, weights, (1,) * 12, year=year, source="文件")
    lab.as_("zhao").do(edition.publish, edition=one)
    for place in regulation.townships():
        if place.counted:
            lab.as_("zheng").do(
                plan.population, township=place.code, year=year - 1, people=9000, source="年鉴"
            )
    for wanted in (year - 1, year):
        lab.as_("zheng").do(planning.make, year=wanted, base_year=year - 1, source="年鉴")
    owed = {wanted: lab.as_("zheng").ask(plans.tasks, date(wanted, 12, 31)) for wanted in (year - 1, year)}
    assert {each.product_group for each in owed[year]} == {"aquatic"}
    assert len({each.product_group for each in owed[year - 1]}) > 1


def test_a_default_is_confirmed_once_by_name_and_day(lab: Lab) -> None:
    (clock,) = (one for one in lab.as_("wang").ask(rules.clocks) if one.clock.id == "send")
    assert not clock.clock.verified
    for mark in (clock.mark, lab.as_("wang").ask(rules.shares).mark, "workdays:2026"):
        lab.as_("zhao").do(acts.confirm, mark, source="公报第 3 页")
    assert lengths(lab, "send") == [(clock.clock.amount, True)]
    (now,) = (one for one in lab.as_("wang").ask(rules.clocks) if one.clock.id == "send")
    assert now.confirmed == f"赵签字 {today().isoformat()}"
    with pytest.raises(RuleBroken, match=r"rule\.confirmed"):
        lab.as_("zheng").do(acts.confirm, clock.mark, source="公报")
    with pytest.raises(NotFound, match=r"rule\.unknown"):
        lab.as_("zheng").do(acts.confirm, "clock:none@2026-01-01", source="公报")
    with pytest.raises(Invalid):
        lab.as_("zheng").do(acts.confirm, "workdays:2025", source=" ")
    assert [one.number for one in lab.as_("wang").ask(rules.papers)] == [0] * 8
    assert lab.as_("wang").ask(rules.proposals) == []


GB = "GBT5009.199-2003"


def judged(lab: Lab, instrument: str, value: str, between: Callable[[], object] = lambda: None) -> Finding:
    """Judge one sample with a figure; something may happen while its run is open."""
    (number,) = lab.received()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "0.0")
    lab.value(instrument, "2", value)
    between()
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    waiting = {one.number: one.finding for one in lab.as_("wang").ask(reviews.waiting)}
    return waiting[number]


def test_a_method_is_changed_by_two_people_and_old_results_keep_their_edition(lab: Lab) -> None:
    instrument, changes = (
        lab.instrument(),
        {"threshold": "40", "source": "县局通知", "clause": "抑制率 ≥ 40 %"},
    )
    before = judged(lab, instrument, "45.0")
    edition_ = lab.as_("zheng").do(acts.method, GB, changes, effective_from=today(), reason="从严")
    with pytest.raises(NotAllowed, match=r"edition\.same_person"):
        lab.as_("zheng").do(edition.publish, edition=edition_)
    during = judged(lab, instrument, "46.0", lambda: lab.as_("zhao").do(edition.publish, edition=edition_))
    after = judged(lab, instrument, "47.0")
    assert [one.word for one in (before, during, after)] == ["negative", "negative", "positive"]
    ruled = [one.rule.rule for one in (before, during, after) if one.rule]
    assert ruled == [f"{GB}@2004-01-01", f"{GB}@2004-01-01", f"{GB}@{today().isoformat()}#1"]
    assert (after.basis["threshold"], after.basis["source"], after.basis["clause"]) == (
        "40", "县局通知", "抑制率 ≥ 40 %",
    )  # fmt: skip
    with pytest.raises(Invalid, match=r"edition\.earlier"):
        lab.as_("zheng").do(
            acts.method, GB, {"threshold": "30"}, effective_from=today() - timedelta(days=1), reason="追溯"
        )
    with pytest.raises(NotFound, match=r"edition\.row"):
        lab.as_("zheng").do(acts.method, "GB 1", changes, effective_from=today(), reason="从严")
    assert lab.as_("zheng").ask(audit.verify).ok


OWN = {
    "standard": "LJ-01", "title_zh": "亚硝酸盐快检", "title_en": "Nitrite", "item_zh": "亚硝酸盐",
    "item_en": "Nitrite", "device_items": "nitrite 亚硝酸盐", "format": "quantitative", "unit": "mg/kg",
    "threshold": "20", "at_threshold": "negative", "source": "本室方法 LJ-01", "clause": "> 20 mg/kg 阳性",
    "controls": "blank", "control_source": "本室", "foods": "/", "interfering": "/", "blank_high": "1",
}  # fmt: skip


def test_a_method_of_the_laboratorys_own_judges_once_it_is_published(lab: Lab) -> None:
    edition_ = lab.as_("zheng").do(acts.new_method, "LJ-01", OWN, effective_from=today(), reason="新项目")
    assert "LJ-01" not in [one.id for one in lab.as_("lin").ask(methods.in_force)]
    lab.as_("zhao").do(edition.publish, edition=edition_)
    found = {one.id: one for one in lab.as_("lin").ask(methods.in_force)}
    assert lab.as_("lin").ask(methods.titles)["LJ-01"] == ("亚硝酸盐快检", "Nitrite")
    assert (found["LJ-01"].rule, found["LJ-01"].threshold) == (f"LJ-01@{today().isoformat()}#1", Decimal(20))
    with pytest.raises(Invalid) as again:
        lab.as_("zheng").do(acts.new_method, "LJ-01", OWN, effective_from=today(), reason="新项目")
    assert [one.code for one in again.value.problems] == ["methods.known"]
    with pytest.raises(Invalid) as lacking:
        lab.as_("zheng").do(
            acts.new_method, "LJ-02", {**OWN, "threshold": "/"}, effective_from=today(), reason="新项目"
        )
    assert [one.code for one in lacking.value.problems] == ["methods.needed"]
    assert "缺少“界限”" in text.tongue("zh_CN").sentence(lacking.value)
    for name, said, why in (
        ("threshold", "-1", "methods.beyond"),
        ("threshold", "1e99999", "methods.beyond"),
        ("threshold", "五十", "methods.figure"),
        ("device_items", "INH / CHE", "methods.word"),
    ):
        with pytest.raises(Invalid) as refused:
            lab.as_("zheng").do(
                acts.new_method, "LJ-02", {**OWN, name: said}, effective_from=today(), reason="新项目"
            )
        assert [one.code for one in refused.value.problems] == [why]
    learning = Learning("training", "LJ-01", today(), today() + timedelta(days=300), True, "郑质量")
    assert lab.as_("zheng").do(quality.train, lab.accounts["lin"], learning)
    assert lab.as_("zheng").ask(audit.verify).ok


def test_a_default_method_is_confirmed_and_then_judges_as_verified(lab: Lab) -> None:
    (known,) = (one for one in lab.as_("lin").ask(methods.listed) if one.method.id == "KIT-CAP-STRIP")
    assert (known.method.verified, known.confirmed) == (False, "")
    lab.as_("zhao").do(acts.confirm, known.mark, source="说明书第 2 页")
    (now,) = (one for one in lab.as_("lin").ask(methods.listed) if one.method.id == "KIT-CAP-STRIP")
    assert (now.method.verified, now.confirmed) == (True, f"赵签字 {today().isoformat()}")


def test_an_edition_is_refused_by_another_person_with_a_reason(lab: Lab) -> None:
    changes = {"threshold": "90", "source": "传闻", "clause": "≥ 90 %"}
    one = lab.as_("zheng").do(acts.method, GB, changes, effective_from=today(), reason="放宽")
    with pytest.raises(NotAllowed, match=r"edition\.same_person"):
        lab.as_("zheng").do(edition.refuse, edition=one, reason="自己撤回")
    with pytest.raises(Invalid, match=r"edition\.reason"):
        lab.as_("zhao").do(edition.refuse, edition=one, reason=" ")
    lab.as_("zhao").do(edition.refuse, edition=one, reason="没有依据")
    (listed,) = (each.line for each in lab.as_("zheng").ask(rules.proposals))
    assert (listed.refused_by, listed.refusal, listed.published_by) == ("赵签字", "没有依据", "")
    with pytest.raises(RuleBroken, match=r"edition\.refused"):
        lab.as_("zhao").do(edition.publish, edition=one)
    with pytest.raises(RuleBroken, match=r"edition\.refused"):
        lab.as_("zhao").do(edition.refuse, edition=one, reason="再议")
    assert {each.edition for each in lab.as_("lin").ask(methods.in_force)} == {0}
    assert lab.as_("zheng").ask(audit.verify).ok


def test_a_township_is_added_with_its_day_and_document(lab: Lab) -> None:
    first, manager = today().isoformat(), lab.as_("zheng")
    manager.do(
        plan.add_township, code="350122119", name="新区镇", first_day=first, source="闽民区〔2026〕2 号"
    )
    found = {one.code: one for one in manager.ask(places.reporting)}
    assert (found["350122119"].name, found["350122119"].since) == ("新区镇", today())
    number = lab.draw(township="350122119")
    assert "新区镇" in {said for *_, said in manager.ask(trace.sample, number).form}
    assert [line.township for line in manager.ask(register.lines, today().year)] == ["新区镇"]
    assert manager.do(plan.population, township="350122119", year=today().year, people=9000, source="年鉴")
    refused = (
        ("township.code", "350123001", "外县", first, "文"),
        ("township.code", "350122１１９", "新区镇", first, "文"),
        ("township.known", "350122100", "凤城镇", first, "文"),
        ("form.problems", "350122120", " ", first, "文"),
        ("township.source", "350122120", "新镇", first, " "),
        ("calendar.day", "350122120", "新镇", "明年", "文"),
    )
    for why, code, name, day, source in refused:
        with pytest.raises(Invalid, match=why.replace(".", r"\.")):
            manager.do(plan.add_township, code=code, name=name, first_day=day, source=source)
    later = (today() + timedelta(days=9)).isoformat()
    manager.do(plan.add_township, code="350122120", name="新镇", first_day=later, source="文")
    with pytest.raises(Invalid) as early:
        lab.draw(township="350122120")
    assert [one.code for one in early.value.problems] == ["township.early"]
    before = (today() - timedelta(days=1)).isoformat()
    for why, code in (("township.backwards", "350122120"), ("township.used", "350122100")):
        lab.draw(township="350122100")
        with pytest.raises(Invalid, match=why.replace(".", r"\.")):
            manager.do(plan.end_township, code=code, last_day=before, source="文")
    assert manager.ask(audit.verify).ok
