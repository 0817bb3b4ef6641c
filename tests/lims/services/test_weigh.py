"""A part as heavy as a balance said: linked to the reading, used once, fresh, and compared where it was said once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from drivers.reading import Flag, Reading
from lims import clock
from lims.errors import Invalid, RuleBroken
from lims.queries import portions, weights
from lims.records.weighings import Weighing
from lims.services import measure, weigh
from lims.services.measure import Source
from tests.laboratory import Lab


def weight(lab: Lab, value: str, unit: str = "g", *flags: Flag, ago: timedelta = timedelta()) -> str:
    balance = lab.instrument("B1", "mt_sics", "DOCUMENT")
    source = Source(balance, next(lab.entries), 0, clock.now() - ago)
    return lab.station.do(
        measure.take_in, source, Reading(item="mass", value=Decimal(value), unit=unit, flags=flags)
    )


def test_a_part_takes_its_quantity_from_the_balance(lab: Lab) -> None:
    (sample,) = lab.received()
    lin, reading = lab.as_("lin"), weight(lab, "125.30")
    assert lin.ask(weights.balances) == ["B1"]
    (found,) = lin.ask(weights.recent)
    assert (found.reading, str(found.value), found.unit, found.verified) == (reading, "125.30", "g", True)
    made = lin.do(weigh.part, sample, "test", reading)
    held = lin.ask(portions.portion, made)
    assert str(held.quantity) == "125.30 g"
    with Session(lab.station.store.engine) as session:
        assert [(row.portion, row.reading) for row in session.scalars(select(Weighing))] == [(made, reading)]
    assert lin.ask(weights.recent) == []
    with pytest.raises(RuleBroken, match=r"weight\.used"):
        lin.do(weigh.part, sample, "test", reading)


def test_a_weight_that_may_not_be_used_says_why(lab: Lab) -> None:
    (sample,) = lab.received()
    lin = lab.as_("lin")
    old = weight(lab, "10.00", ago=timedelta(hours=2))
    assert lin.ask(weights.recent) == []
    with pytest.raises(RuleBroken, match=r"weight\.old"):
        lin.do(weigh.part, sample, "test", old)
    with pytest.raises(Invalid, match=r"amount\.unit"):
        lin.do(weigh.part, sample, "test", weight(lab, "10.01", "ct"))
    with pytest.raises(Invalid, match=r"amount\.value"):
        lin.do(weigh.part, sample, "test", weight(lab, "-0.01"))
    once = weight(lab, "10.02", "g", Flag.UNVERIFIABLE)
    with pytest.raises(RuleBroken, match=r"weight\.compare"):
        lin.do(weigh.part, sample, "test", once)
    assert lin.do(weigh.part, sample, "test", once, compared=True)
    temperature = lab.reads(
        lab.instrument("L1", "modbus_logger"), Reading(item="temperature", value=Decimal(4), unit="℃")
    )
    with pytest.raises(RuleBroken, match=r"weight\.none"):
        lin.do(weigh.part, sample, "test", temperature)
