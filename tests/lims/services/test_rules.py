"""Rules changed at the desk by two people: clocks, holidays, shares; and values confirmed by name."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.queries import plans, rules
from lims.rules import regulation
from lims.services import edition, plan, planning
from lims.services import rules as acts
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
