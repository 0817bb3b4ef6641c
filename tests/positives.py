"""Positives for tests: measured on the inhibition reader with a valid blank, repeated by a second person."""

from lims.actor import Actor
from lims.queries import disputes
from lims.services import dispute, enrol, measure
from tests.laboratory import Lab, hashed

INSTRUMENT = "TL310-1"


def _measured(lab: Lab, number: str, value: str, tester: str) -> None:
    door = lab.station.acting(Actor(lab.accounts[tester], tester, frozenset({"technician"})))
    run = door.do(
        measure.start_run,
        instrument=INSTRUMENT,
        method="GBT5009.199-2003",
        lot="LOT-1",
        bindings=[measure.Binding("1", "blank"), measure.Binding("2", "sample", number)],
    )
    lab.value(INSTRUMENT, "1", "2.0")
    lab.value(INSTRUMENT, "2", value)
    door.do(measure.close_run, run)


def positive(lab: Lab, value: str = "83.0", **form: str) -> str:
    """Draw, receive and measure one sample; return its number."""
    if not lab.accounts.get(INSTRUMENT):
        lab.instrument(INSTRUMENT)
        lab.accounts[INSTRUMENT] = INSTRUMENT
    (number,) = lab.received(1, **form)
    _measured(lab, number, value, "lin")
    return number


def again(lab: Lab, number: str, value: str, tester: str = "lin") -> None:
    """Measure a sample once more; a second person is enrolled when he is needed."""
    if tester not in lab.accounts:
        lab.accounts[tester] = lab.station.do(
            enrol.person, login=tester, name="李检测", roles="technician", password_hash=hashed()
        )
        lab.trained(tester)
    _measured(lab, number, value, tester)


def suspect(lab: Lab, **form: str) -> str:
    """Bring a positive through its repeats: suspect, to be told; return its number."""
    number = positive(lab, **form)
    again(lab, number, "80.0")
    again(lab, number, "85.0", tester="li")
    (line,) = lab.as_("wang").ask(disputes.listed)
    lab.as_("wang").do(dispute.tell, line.id, "suspect", {})
    return number
