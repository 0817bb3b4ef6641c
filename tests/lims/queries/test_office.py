"""A department's account: it reads its own quota, samples and cases, and is refused everything else at the door."""

from collections.abc import Callable
from typing import Any

import pytest

from lims import clock
from lims.actor import OFFICE, OFFICES
from lims.door import QUESTIONS, VERBS
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import disputes, figures, office, plans, samples, trace
from lims.rules import regulation
from lims.services import enrol, plan, sample
from tests.laboratory import Lab, account
from tests.positives import positive

YEAR = clock.local(clock.now()).year


def test_a_department_sees_its_own_and_nothing_else(lab: Lab) -> None:
    number = positive(lab)
    fish = lab.draw(product_group="aquatic", food="大黄鱼")
    farm, sea, grain = (account(lab, f"office_{one}") for one in ("agriculture", "fisheries", "grain"))
    assert fish in {one.number for one in sea.ask(office.samples, YEAR)}
    assert number not in {one.number for one in sea.ask(office.samples, YEAR)}
    owners = {one.number: who for who in (farm, sea, grain) for one in who.ask(office.samples, YEAR)}
    assert fish in owners
    assert [one.number for one in farm.ask(office.cases, YEAR)] == [number]
    for who in (farm, sea, grain):
        mine = {one.number for one in who.ask(office.samples, YEAR)}
        assert {one.number for one in who.ask(office.cases, YEAR)} <= mine
        assert {one.product_group for one in who.ask(office.samples, YEAR)} <= {
            line.key[0] for line in who.ask(office.quota, YEAR)
        }


REFUSED: tuple[tuple[Callable[..., Any], tuple[Any, ...]], ...] = (
    (figures.quota, (YEAR,)), (samples.by_number, ("x",)), (trace.sample, ("x",)), (disputes.listed, ()),
    (plans.tasks, (clock.local(clock.now()).date(),)),
)  # fmt: skip


def test_whatever_is_not_made_for_departments_is_refused_at_the_door(lab: Lab) -> None:
    reader = account(lab, "office_health")
    for question, told in REFUSED:
        with pytest.raises(NotAllowed, match=r"door\.office"):
            reader.ask(question, *told)
    with pytest.raises(NotAllowed, match=r"door\.role"):
        reader.do(plan.population, township="350122100", year=YEAR, people=1, source="x")
    with pytest.raises(NotAllowed, match=r"door\.role"):
        reader.do(sample.draw, {})
    with pytest.raises(NotAllowed, match=r"office\.none"):
        lab.as_("zheng").ask(office.quota, YEAR)


def test_only_few_questions_and_the_own_password_are_open_to_departments() -> None:
    assert {rule.name for rule in QUESTIONS.values() if rule.offices} == {
        "office.quota", "office.samples", "office.cases", "passwords.policy",
    }  # fmt: skip
    assert {rule.name for rule in VERBS.values() if not rule.needs.isdisjoint(OFFICES)} == {
        "passwords.set_password"
    }
    assert {f"{OFFICE}{one}" for one in regulation.codes("department")} == set(OFFICES)


def test_a_department_holds_one_role_alone(lab: Lab) -> None:
    admin, who = lab.as_("admin"), account(lab, "office_market").actor.account
    with pytest.raises(RuleBroken, match=r"role\.office_alone"):
        admin.do(enrol.set_roles, who, "office_market technician")
    with pytest.raises(Invalid, match=r"role\.unknown"):
        admin.do(enrol.set_roles, who, "office_moon")
