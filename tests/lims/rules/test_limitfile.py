"""A table of limits: good rows are proposed, bad ones set aside with every reason, bad sources refused whole."""

from datetime import date
from decimal import Decimal

import pytest

from lims.errors import Invalid
from lims.rules import limitfile, limits, sheet

HEAD = "检测项目,食品,除外,类型,限量,单位,检出限,标准,条款,来源,生效日期,失效日期,已核实\n"
GOOD = "毒死蜱,豇豆,,mrl,0.03,mg/kg,,GB 2763-2030,表1,第 3 页,2030-01-01,,是\n"


def read(rows: str, head: str = HEAD) -> limitfile.Read:
    return limitfile.read(sheet.read("a.csv", (head + rows).encode()))


def test_the_template_can_be_read_back() -> None:
    found = limitfile.read(sheet.read("a.csv", limitfile.template().encode()))
    assert (len(found.limits), found.aside) == (1, ())


def test_a_good_row_is_a_limit_as_it_was_written() -> None:
    ((line, found),) = read(GOOD).limits
    assert line == 2
    assert (found.analyte, found.food, found.value, found.unit) == (
        "chlorpyrifos",
        "cowpea",
        Decimal("0.03"),
        "mg/kg",
    )
    assert (found.effective_from, found.effective_to, found.verified, found.own) == (
        date(2030, 1, 1),
        None,
        True,
        True,
    )
    ((_, ban),) = read("氯霉素,水产品,,不得检出,,ug/kg,0.3,公告,,网页,2019/12/27,,否\n").limits
    assert (ban.kind, ban.value, ban.detection) == ("ban", None, Decimal("0.3"))
    ((_, bare),) = read("辛硫磷,叶菜类,芹菜除外、菠菜,,0.05,mg/kg,,GB,,x,2020-01-01,,\n").limits
    assert (bare.kind, bare.excepted) == ("mrl", ("celery", "spinach"))


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("神药,豇豆,,mrl,1,mg/kg,,S,,x,2020-01-01,,", {"limit.analyte"}),
        ("毒死蜱,全部,,mrl,1,mg/kg,,S,,x,2020-01-01,,", {"limit.every_food"}),
        ("毒死蜱,海里的草,,mrl,1,mg/kg,,S,,x,2020-01-01,,", {"limit.food"}),
        ("毒死蜱,豇豆,,mrl,0,mg/kg,,S,,x,2020-01-01,,", {"limit.zero"}),
        ("毒死蜱,豇豆,,mrl,≤0,mg/kg,,S,,x,2020-01-01,,", {"limit.figure"}),
        ("毒死蜱,豇豆,,ban,0,,,S,,x,2020-01-01,,", {"limit.ban_figure"}),
        ("毒死蜱,豇豆,,mrl,1,两,,S,,x,2020-01-01,,", {"limit.unit"}),
        ("毒死蜱,豇豆,,也许,1,mg/kg,,,,,2020-02-30,,", {"limit.kind", "limit.source", "limit.day"}),
        ("毒死蜱,豇豆,,mrl,1,mg/kg,,S,,x,2020-01-01,2019-01-01,", {"limit.ends_first"}),
    ],
)
def test_a_bad_row_is_set_aside_with_every_reason(row: str, codes: set[str]) -> None:
    found = read(f"{row}\n{GOOD}")
    assert [line for line, _ in found.limits] == [3]
    (aside,) = found.aside
    assert (aside.line, {reason.code for reason in aside.reasons}) == (2, codes)


def test_rows_that_overlap_are_both_set_aside() -> None:
    found = read(GOOD + GOOD.replace("0.03", "0.04"))
    assert found.limits == ()
    assert [(aside.line, aside.reasons[0].values["other"]) for aside in found.aside] == [(2, "3"), (3, "2")]


def test_one_limit_for_each_analyte_is_no_limit() -> None:
    with pytest.raises(Invalid, match=r"limit\.one_for_all"):
        read("毒死蜱,0.1\n", "检测项目,标准值\n")
    with pytest.raises(Invalid, match=r"limit\.columns"):
        read("毒死蜱,豇豆\n", "检测项目,食品\n")


def test_differences_are_told_against_what_is_in_force() -> None:
    same = "腐霉利,韭菜,,mrl,5,mg/kg,,GB 2763-2021,,x,2022-01-01,,\n"
    found = limitfile.differences(read(GOOD + same).limits, limits.shipped())
    assert [(one.line, one.how) for one in found] == [(2, "changed"), (3, "same")]
    assert [one.how for one in limitfile.differences(read(GOOD).limits, {})] == ["new"]
