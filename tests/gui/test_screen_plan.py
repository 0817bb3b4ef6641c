"""The year's screen: the plan is made by keys, its tasks stand in the table, a draw leaves its list on disk."""

import pytest

from lims import clock
from lims.queries import draws, figures, plans
from lims.services import plan
from tests.gui import lab as own

YEAR = clock.local(clock.now()).year


@pytest.fixture
def lab(lab: own.Lab) -> own.Lab:
    for town in lab.as_("zheng").ask(figures.quota, YEAR).towns:
        lab.as_("zheng").do(plan.population, township=town.code, year=YEAR, people=1000, source="年鉴")
    return lab


def test_the_manager_makes_the_plan_by_keys(lab: own.Lab) -> None:
    with own.window(lab, "zheng", "plan") as shell:
        screen = shell.shown
        own.press(shell, "F2")
        screen.asking.fields["source"].setText("统计年鉴")
        own.press(shell, "Return")
        own.settle(shell, lambda: screen.head is not None)
        assert screen.head.samples == 110
        assert screen.table.model().rowCount() > 20
    with own.window(lab, "chen", "plan") as shell:
        assert shell.acts() == []
    head = lab.as_("chen").ask(plans.head, YEAR)
    assert head is not None
    assert head.source == "统计年鉴"


def test_a_draw_that_cannot_be_made_says_why_and_leaves_nothing(lab: own.Lab) -> None:
    own.drawn(lab, 1)
    with own.window(lab, "zheng", "plan") as shell:
        own.press(shell, "F6")
        fields = shell.shown.asking.fields
        for name, said in (("purpose", "节前"), ("count", "x"), ("witness", "纪检 王某")):
            fields[name].setText(said)
        own.press(shell, "Return")
        assert shell.shown.asking.active
        fields["count"].setText("1")
        own.press(shell, "Return")
        own.settle(shell, lambda: not shell.shown.asking.active)
        assert shell.banners.sentences()
    assert lab.as_("zheng").ask(draws.listed) == []
