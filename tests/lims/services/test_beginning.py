"""First steps: done by what is on record, skipped by a person, taken up again."""

import pytest

from lims import clock
from lims.errors import Invalid, NotAllowed
from lims.queries import beginning
from lims.queries.beginning import STEPS
from lims.rules import regulation
from lims.services import enrol, labels, plan
from lims.services.beginning import skip
from lims.services.labels import Printing
from tests.laboratory import Lab


def steps(lab: Lab) -> dict[str, beginning.Step]:
    return {one.id: one for one in lab.as_("zheng").ask(beginning.steps)}


def test_a_step_is_done_by_what_is_on_record(lab: Lab) -> None:
    before = steps(lab)
    assert list(before) == list(STEPS)
    assert before["people"].done
    assert not before["sample"].done
    number = lab.draw()
    assert steps(lab)["sample"].done
    lab.as_("chen").do(labels.printed, [number], Printing("pdf", "labels.pdf"))
    assert steps(lab)["label"].done


def test_every_counted_township_needs_its_people(lab: Lab) -> None:
    towns = [one.code for one in regulation.townships() if one.counted]
    year = clock.local(clock.now()).year
    for town in towns[1:]:
        lab.as_("zheng").do(plan.population, township=town, year=year, people=1000, source="test")
    assert steps(lab)["populations"].missing <= 1
    lab.as_("zheng").do(plan.population, township=towns[0], year=year, people=1000, source="test")
    assert steps(lab)["populations"].done


def test_a_role_nobody_holds_any_more_is_missing(lab: Lab) -> None:
    lab.as_("admin").do(enrol.set_roles, lab.accounts["zhao"], "reviewer")
    assert steps(lab)["people"].missing == 1


def test_a_skipped_step_is_no_longer_open_and_can_be_taken_up(lab: Lab) -> None:
    before = lab.as_("zheng").ask(beginning.left)
    assert lab.as_("zheng").do(skip, step="label", answer="yes") == "label"
    assert steps(lab)["label"].skipped
    assert lab.as_("zheng").ask(beginning.left) == before - 1
    assert lab.as_("admin").do(skip, step="label", answer="no") == "/"
    assert lab.as_("zheng").ask(beginning.left) == before


def test_what_is_no_step_is_refused(lab: Lab) -> None:
    with pytest.raises(Invalid, match=r"beginning\.step"):
        lab.as_("zheng").do(skip, step="coffee", answer="yes")
    with pytest.raises(NotAllowed):
        lab.as_("lin").do(skip, step="label", answer="yes")
