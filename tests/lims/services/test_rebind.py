"""A swapped device is held, seen, bound by who may, and what waited is taken in; old calibrations count no more."""

import pytest

from lims.errors import Invalid, NotAllowed, RuleBroken
from lims.queries import bench, identities, weights
from lims.queries.readiness import Planned, check
from lims.services import equip, quality, rebind, retake, weigh
from lims.services.equip import Device
from tests.laboratory import Lab, calibrating
from tests.lims.services.test_weigh import weight

FTDI = {"vid": "0403", "pid": "6001", "serial": "A9"}
OTHER = {"vid": "0403", "pid": "6001", "serial": "B7"}


def waiting(lab: Lab) -> list[str]:
    return [one.reason for one in lab.as_("lin").ask(bench.strays)]


def blockers(lab: Lab, instrument: str, number: str) -> list[str]:
    planned = Planned(
        instrument, "GBT5009.199-2003", "LOT-1", lab.accounts["lin"], (number,), ("blank", "sample")
    )
    return [one.problem.code for one in lab.as_("lin").ask(check, planned).blockers]


def test_another_device_is_held_until_it_is_bound(lab: Lab) -> None:
    numbers = lab.received(2)
    instrument = lab.instrument()
    lab.run(instrument, numbers)
    lab.value(instrument, "2", "3.1", extra={"device_serial": "SN1"})
    assert waiting(lab) == []
    lab.value(instrument, "3", "4.2", extra={"device_serial": "SN2"})
    assert waiting(lab) == ["other_device"]
    found = lab.as_("lin").ask(identities.strangers)[instrument]
    assert (found.reason, found.bound, found.says, found.waiting) == ("other_device", "SN1", "SN2", 1)
    with pytest.raises(NotAllowed):
        lab.as_("lin").do(rebind.device, instrument, "SN2", reason="换机")
    with pytest.raises(RuleBroken, match=r"rebind_reason"):
        lab.as_("zheng").do(rebind.device, instrument, "SN2", reason=" ")
    with pytest.raises(Invalid):
        lab.as_("zheng").do(rebind.device, instrument, " ", reason="换机")
    assert retake.strays(lab.as_("lin"), instrument) == 0
    assert lab.as_("zheng").do(rebind.device, instrument, "SN2", reason="送修换回") == "SN2"
    assert retake.strays(lab.as_("lin"), instrument) == 1
    assert waiting(lab) == []
    run = lab.as_("lin").ask(bench.current, instrument)
    assert run is not None
    assert [place.said.value for place in run.places if place.said] == ["3.1", "4.2"]
    assert lab.as_("lin").ask(identities.strangers) == {}


def test_calibrations_of_the_device_before_count_no_more(lab: Lab) -> None:
    (number,) = lab.received()
    instrument = lab.instrument()
    assert blockers(lab, instrument, number) == []
    lab.as_("zheng").do(rebind.device, instrument, "SN1", reason="换了插口")
    assert blockers(lab, instrument, number) == []
    lab.as_("zheng").do(rebind.device, instrument, "SN2", reason="换机")
    assert [one for one in blockers(lab, instrument, number) if "calibration" in one]
    lab.as_("zheng").do(quality.calibrate, instrument, calibrating())
    assert blockers(lab, instrument, number) == []


def test_the_serial_number_does_not_change_by_the_way(lab: Lab) -> None:
    instrument = lab.instrument()
    with pytest.raises(RuleBroken, match=r"instrument\.rebind"):
        lab.station.do(equip.instrument, Device(instrument, "x", "dayuan_tl310", "SN9", "COM1", "CAPTURE"))
    lab.station.do(equip.instrument, Device(instrument, "x", "dayuan_tl310", "SN1", "COM7", "CAPTURE"))


def test_the_first_adapter_holds_and_another_one_is_noticed(lab: Lab) -> None:
    numbers = lab.received(1)
    instrument = lab.instrument()
    lab.run(instrument, numbers)
    for _ in range(2):
        lab.station.do(rebind.seen, instrument, FTDI)
    assert lab.as_("lin").ask(identities.strangers) == {}
    lab.station.do(rebind.seen, instrument, OTHER)
    assert lab.as_("lin").ask(identities.strangers)[instrument].reason == "other_line"
    lab.value(instrument, "2", "3.1")
    assert waiting(lab) == ["other_line"]
    lab.as_("zheng").do(rebind.device, instrument, "SN1", reason="换了转换器")
    assert lab.as_("lin").ask(identities.strangers)[instrument].waiting == 1
    assert retake.strays(lab.as_("zheng")) == 1
    assert waiting(lab) == []


def test_a_weight_of_another_balance_waits(lab: Lab) -> None:
    (sample,) = lab.received()
    balance = lab.instrument("B1", "mt_sics", "DOCUMENT")
    lab.station.do(rebind.seen, balance, FTDI)
    lab.station.do(rebind.seen, balance, OTHER)
    reading = weight(lab, "12.5")
    assert lab.as_("lin").ask(weights.recent) == []
    with pytest.raises(RuleBroken, match=r"weight\.stray"):
        lab.as_("lin").do(weigh.part, sample, "test", reading)
    lab.as_("zheng").do(rebind.device, balance, "SN1", reason="换了转换器")
    assert retake.strays(lab.as_("lin")) == 1
    assert lab.as_("lin").do(weigh.part, sample, "test", reading)
