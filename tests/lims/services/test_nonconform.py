"""Nonconforming work from its report to its end: held results, cause and action, and another person's check."""

from datetime import timedelta

import pytest

from lims import clock
from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import nonconforming
from lims.services import measure, nonconform
from lims.services.nonconform import Trouble
from tests.laboratory import Lab, today


def reported(lab: Lab, **other: object) -> str:
    trouble = {"what": "other", "detail": "冰箱断电", "owner": lab.accounts["lin"], "due_on": today(),
               "since": clock.now() - timedelta(hours=1)}  # fmt: skip
    return lab.as_("lin").do(nonconform.report, Trouble(**{**trouble, **other}))  # type: ignore[arg-type] # as above


def test_work_is_closed_by_another_once_corrected_and_nothing_is_held(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    run = lab.run(instrument, [number])
    lab.value(instrument, "1", "1.0")
    lab.value(instrument, "2", "9.0")
    assert lab.as_("lin").do(measure.close_run, run) == "valid"
    work = reported(lab, instrument=instrument)
    manager = lab.as_("zheng")
    with pytest.raises(RuleBroken, match=r"nonconformity\.not_corrected"):
        manager.do(nonconform.close, work, effect="复测一致")
    with pytest.raises(Invalid):
        lab.as_("lin").do(nonconform.correct, work, cause=" ", action="换保险丝")
    lab.as_("lin").do(nonconform.correct, work, cause="保险丝老化", action="换保险丝")
    with pytest.raises(RuleBroken, match=r"nonconformity\.held"):
        manager.do(nonconform.close, work, effect="复测一致")
    (one,) = manager.ask(nonconforming.works)[0].held
    with pytest.raises(RuleBroken, match=r"hold\.reason"):
        manager.do(nonconform.settle, one.id, release=True, reason="")
    manager.do(nonconform.settle, one.id, release=False, reason="样品已变质")
    with pytest.raises(RuleBroken, match=r"hold\.settled"):
        manager.do(nonconform.settle, one.id, release=True, reason="x")
    manager.do(nonconform.close, work, effect="连续一周正常")
    assert manager.ask(nonconforming.works) == []
    (closed,) = manager.ask(nonconforming.works, closed=True)
    assert (closed.state, closed.closed_by, closed.held[0].state) == ("closed", "郑质量", "withdrawn")
    with pytest.raises(RuleBroken, match=r"nonconformity\.closed"):
        lab.as_("lin").do(nonconform.correct, work, cause="x", action="y")


def test_the_owner_does_not_close_his_own(lab: Lab) -> None:
    work = reported(lab, owner=lab.accounts["zheng"])
    lab.as_("lin").do(nonconform.correct, work, cause="x", action="y")
    with pytest.raises(NotAllowed, match=r"nonconformity\.same_person"):
        lab.as_("zheng").do(nonconform.close, work, effect="好")


def test_what_is_reported_must_make_sense(lab: Lab) -> None:
    with pytest.raises(Invalid) as refused:
        reported(lab, what="?", detail=" ", since=clock.now() + timedelta(hours=1))
    assert {problem.where for problem in refused.value.problems} == {"what", "detail", "since"}
