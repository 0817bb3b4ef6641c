"""The laboratory's own limits: proposed by one, published by another, and confirmed by name and date."""

from datetime import date
from decimal import Decimal

import pytest

from lims.errors import Invalid, NotAllowed, NotFound, RuleBroken
from lims.queries import audit, limit_import, limits
from lims.services import limits as acts
from tests.laboratory import Lab

TABLE = (
    "检测项目,食品,单位,限量,标准,来源,生效日期\n"
    "毒死蜱,豇豆,mg/kg,0.03,GB 2763-2030,第 3 页,2030-01-01\n"
    "毒死蜱,天上的云,mg/kg,0.03,GB 2763-2030,第 3 页,2030-01-01\n"
).encode()
LATER, NOW = date(2030, 5, 1), date(2026, 5, 1)


def propose(lab: Lab, data: bytes = TABLE) -> str:
    return lab.as_("zheng").do(acts.propose, name="新版.csv", data=data, title="2030 版").edition


def test_an_edition_judges_once_another_person_published_it(lab: Lab) -> None:
    dry = lab.as_("lin").ask(limit_import.examine, "新版.csv", TABLE)
    assert ([one.how for one in dry.differences], [one.line for one in dry.aside]) == (["changed"], [3])
    edition = propose(lab)
    before = lab.as_("lin").ask(limits.in_force, "豆角", "毒死蜱", LATER)
    assert before.limit is not None
    assert before.limit.value == Decimal("0.02")
    with pytest.raises(NotAllowed, match=r"limit\.same_person"):
        lab.as_("zheng").do(acts.publish, edition)
    lab.as_("wang").do(acts.publish, edition)
    found = lab.as_("lin").ask(limits.in_force, "豆角", "2921-88-2", LATER)
    assert found.limit is not None
    assert (found.limit.value, found.limit.own, found.others[0].value) == (
        Decimal("0.03"),
        True,
        Decimal("0.02"),
    )
    earlier = lab.as_("lin").ask(limits.in_force, "豇豆", "毒死蜱", NOW)
    assert earlier.limit is not None
    assert earlier.limit.value == Decimal("0.02")
    with pytest.raises(RuleBroken, match=r"limit\.decided"):
        lab.as_("wang").do(acts.refuse, edition, reason="晚了")
    (listed,) = lab.as_("lin").ask(limits.editions)
    assert (listed.state, listed.decided_by, listed.rows, listed.aside) == ("published", "王复核", 1, 1)
    (aside,) = lab.as_("lin").ask(limits.quarantine, edition)
    assert (aside.line, aside.cells["食品"], [why.code for why in aside.reasons]) == (
        3,
        "天上的云",
        ["limit.food"],
    )
    assert lab.as_("zheng").ask(audit.verify).ok


def test_what_overlaps_with_a_published_edition_is_set_aside(lab: Lab) -> None:
    lab.as_("wang").do(acts.publish, propose(lab))
    with pytest.raises(RuleBroken, match=r"limit\.again"):
        propose(lab)
    with pytest.raises(Invalid, match=r"limit\.nothing"):
        propose(lab, TABLE.replace(b"0.03", b"0.04"))
    found = lab.as_("lin").ask(limit_import.examine, "x.csv", TABLE.replace(b"0.03", b"0.04"))
    assert {reason.code for one in found.aside for reason in one.reasons} == {
        "limit.food",
        "limit.overlaps_published",
    }


def test_a_refused_edition_never_judges_and_keeps_its_reason(lab: Lab) -> None:
    edition = propose(lab)
    with pytest.raises(RuleBroken, match=r"limit\.reason"):
        lab.as_("wang").do(acts.refuse, edition, reason=" ")
    lab.as_("wang").do(acts.refuse, edition, reason="页码不对")
    found = lab.as_("lin").ask(limits.in_force, "豇豆", "毒死蜱", LATER)
    assert found.limit is not None
    assert not found.limit.own
    propose(lab)


def test_a_shipped_limit_is_confirmed_by_name_and_date(lab: Lab) -> None:
    found = lab.as_("lin").ask(limits.in_force, "豇豆", "毒死蜱", NOW)
    assert found.limit is not None
    assert (found.limit.verified, found.limit.confirmed) == (False, "")
    with pytest.raises(Invalid, match=r"limit\.no_source"):
        lab.as_("zheng").do(acts.confirm, found.limit.id, source="")
    with pytest.raises(NotFound, match=r"limit\.unknown"):
        lab.as_("zheng").do(acts.confirm, "x", source="GB 2763-2021 表 1")
    lab.as_("zheng").do(acts.confirm, found.limit.id, source="GB 2763-2021 第 88 页")
    again = lab.as_("lin").ask(limits.in_force, "豇豆", "毒死蜱", NOW)
    assert again.limit is not None
    assert again.limit.verified
    assert again.limit.confirmed.startswith("郑质量 20")


def test_a_name_of_the_market_is_told_once(lab: Lab) -> None:
    with pytest.raises(NotFound, match=r"food\.unknown"):
        lab.as_("lin").ask(limits.in_force, "依伯豆", "毒死蜱", NOW)
    lab.as_("lin").do(acts.name_food, "依伯豆", food="豇豆")
    assert lab.as_("lin").ask(limits.in_force, "依伯豆", "毒死蜱", NOW).food.code == "cowpea"
    with pytest.raises(NotFound, match=r"food\.unknown"):
        lab.as_("lin").do(acts.name_food, "x", food="y")


def test_the_table_is_searched_by_food_analyte_and_day(lab: Lab) -> None:
    rows = lab.as_("lin").ask(limits.table, food="韭菜", analyte="腐霉利", on=date(2019, 1, 1))
    assert [row.value for row in rows] == [Decimal("0.2")]
    assert len(lab.as_("lin").ask(limits.table)) > 200
