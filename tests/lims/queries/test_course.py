"""The course of a year: what was counted month by month adds up to the quota, and the fan goes on from there."""

from datetime import datetime

from sqlalchemy.orm import Session

from lims import clock
from lims.queries import course, figures
from lims.services import plan
from lims.storage.unit import View
from tests.laboratory import Lab


def test_the_course_adds_up_to_the_quota_and_the_fan_begins_where_it_ends(lab: Lab) -> None:
    year = clock.local(clock.now()).year
    for _ in range(3):
        lab.draw()
    lab.as_("zheng").do(plan.population, township="350122100", year=year, people=2000, source="年鉴")
    found = lab.as_("lin").ask(course.course, year)
    town = lab.as_("lin").ask(course.course, year, township="350122100")
    assert found.done[-1][1] == lab.as_("lin").ask(figures.quota, year).total.counted == 3
    assert (found.target, town.target, town.done[-1][1]) == (None, 10, 3)
    assert [at for at, _ in found.done] == sorted(at for at, _ in found.done)
    for _, one in found.fan:
        assert 3 <= one.low <= one.expected <= one.high
    assert lab.as_("lin").ask(course.course, year + 1).fan == ()
    assert lab.as_("lin").ask(course.course, year - 1).fan == ()


def test_the_first_day_of_a_month_counts_though_months_are_not_of_one_length(lab: Lab) -> None:
    lab.draw(drawn_at="2026-03-01T09:00:00+08:00")
    noon = datetime(2026, 3, 1, 12, tzinfo=clock.ZONE)
    with Session(lab.station.store.engine) as session:
        view = View(session, lab.station.store.place, lab.as_("lin").actor, noon)
        found = course.course(view, 2026)
    assert [count for _, count in found.done] == [0, 0, 0, 1]
    assert [at for at, _ in found.done] == sorted(at for at, _ in found.done)
    assert [round(at) for at, _ in found.fan] == list(range(3, 13))
