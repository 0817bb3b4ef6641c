"""Calibrations, training, the room, checks: filed with what they need, refused with the reason."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lims.errors import Invalid, NotAllowed
from lims.queries import controls
from lims.services import quality
from lims.services.quality import Checked, Learning, Target
from tests.laboratory import Lab, calibrating, today

GBT = "GBT5009.199-2003"


def test_the_newest_calibration_of_each_kind_counts(lab: Lab) -> None:
    instrument = lab.instrument()
    manager = lab.as_("zheng")
    manager.do(quality.calibrate, instrument, calibrating(kind="wavelength", due_in=5))
    manager.do(quality.calibrate, instrument, replace(calibrating(due_in=60), done_on=today()))
    found = manager.ask(controls.calibrations)
    assert [(one.kind, one.days, one.passed) for one in found] == [
        ("wavelength", 5, True),
        ("calibration", 60, True),
    ]
    wrong = replace(calibrating(kind="?"), body="", done_on=today() + timedelta(days=1), due_on=today())
    with pytest.raises(Invalid) as refused:
        manager.do(quality.calibrate, instrument, wrong)
    assert {problem.where for problem in refused.value.problems} == {"done_on", "due_on", "kind", "body"}


def test_nobody_authorises_himself(lab: Lab) -> None:
    manager = lab.as_("zheng")
    step = Learning("authorisation", GBT, today(), today() + timedelta(days=1), True, "某人")
    with pytest.raises(NotAllowed, match=r"quality\.authorises_himself"):
        manager.do(quality.train, lab.accounts["zheng"], step)
    manager.do(quality.train, lab.accounts["zheng"], replace(step, kind="training"))
    mine = [one for one in manager.ask(controls.trainings) if one.account == lab.accounts["zheng"]]
    assert [(one.kind, one.days) for one in mine] == [("training", 1)]
    with pytest.raises(Invalid):
        manager.do(quality.train, lab.accounts["lin"], replace(step, kind="?", trainer=" "))


def test_the_room_is_noted_and_what_no_room_has_is_refused(lab: Lab) -> None:
    lin = lab.as_("lin")
    lin.do(quality.climate, room="前处理室", temperature="24.5")
    now = lin.ask(controls.climate_now)
    assert now is not None
    assert now[:3] == ("前处理室", Decimal("24.5"), None)
    for values in ({"temperature": "热"}, {"temperature": "80"}, {"temperature": "20", "humidity": "101"}):
        with pytest.raises(Invalid):
            lin.do(quality.climate, room="前处理室", **values)
    with pytest.raises(Invalid):
        lin.do(quality.climate, room=" ", temperature="20")


def test_checks_are_judged_and_agreement_is_counted(lab: Lab) -> None:
    lin, who = lab.as_("lin"), lab.accounts["lin"]
    assert lin.do(quality.check, Checked("spike", GBT, "10", "9", who)) == "passed"
    for found in ("positive", "negative", "positive"):
        lin.do(quality.check, Checked("comparison", GBT, "positive", found, who, lot="LOT-1"))
    assert len(lin.ask(controls.checks)) == 4
    (rate,) = lin.ask(controls.agreement, "lot")
    assert (rate.of, rate.passed, rate.count, rate.rate) == ("LOT-1", 2, 3, Decimal("0.667"))
    with pytest.raises(Invalid):
        lin.do(quality.check, Checked("?", GBT, "1", "1", who))


def test_a_target_needs_a_source_and_a_deviation(lab: Lab) -> None:
    instrument = lab.instrument()
    with pytest.raises(Invalid) as refused:
        lab.as_("zheng").do(quality.target, Target(GBT, instrument, "sample", Decimal(1), Decimal(0), ""))
    assert {problem.where for problem in refused.value.problems} == {"source", "role", "sd"}
    assert lab.as_("zheng").ask(controls.chart, GBT, instrument, "blank").points == ()
